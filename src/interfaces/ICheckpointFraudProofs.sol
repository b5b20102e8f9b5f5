// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ICheckpointFraudProofs
/// @notice Says of a checkpoint whether it contradicts the tree that it claims to be of. Whoever signed it is no concern here.
/// @dev A tree moves on with each dispatch, so nothing can be proven against its latest root by somebody who has to read it
///      first. Therefore a root is stored here once (`storeLatestCheckpoint`), by anyone, and a proof may be against any root
///      ever stored: dispatches between the reading and the proof change nothing.
/// @dev Warning: a tree is asked what it is, and can lie: whoever deploys a contract that looks like a tree and its Mailbox can
///      have anything stored and proven about it. What is said here holds for `checkpoint.merkleTree` alone, and is worth
///      what that contract is. Who acts on a fraud must know the tree, as the Slasher does.
interface ICheckpointFraudProofs {
    /// @notice What validators sign (see the Checkpoint library).
    /// @param origin Domain of the tree.
    /// @param merkleTree The tree, left-padded.
    /// @param root Its root after leaf `index` was inserted.
    /// @param index Index of the last leaf under `root`.
    /// @param messageId That leaf.
    // solhint-disable-next-line gas-struct-packing
    struct Checkpoint {
        uint32 origin;
        bytes32 merkleTree;
        bytes32 root;
        uint32 index;
        bytes32 messageId;
    }

    /// @notice The root of a tree is stored, so that proofs may be against it. `index` is its last leaf.
    event CheckpointStored(address indexed merkleTree, bytes32 indexed root, uint32 index);

    /// @notice The checkpoint is of another domain than its tree.
    error NotLocal(uint32 origin, bytes32 merkleTree);

    /// @notice Under no stored root of the tree is the message at that index by this proof.
    error MessageNotInTree(address merkleTree, uint32 index, bytes32 messageId);

    /// @notice Stores the tree's root as it is now. Anyone may call; storing a root again changes nothing.
    /// @return root The root.
    /// @return index The index of its last leaf.
    function storeLatestCheckpoint(address merkleTree) external returns (bytes32 root, uint32 index);

    /// @notice The index of the last leaf under a stored root; `exists` is false if it was not stored.
    function storedCheckpoints(address merkleTree, bytes32 root) external view returns (uint32 index, bool exists);

    /// @notice When the root was first stored, in seconds since 1970; zero if it was not.
    function storedAt(address merkleTree, bytes32 root) external view returns (uint48);

    /// @notice Whether the message is leaf `index` under a stored root of the tree.
    /// @param proof The leaf's siblings under that root, lowest level first.
    function storedCheckpointContainsMessage(
        address merkleTree,
        uint32 index,
        bytes32 messageId,
        bytes32[32] calldata proof
    ) external view returns (bool);

    /// @notice Whether the checkpoint is of a tree on this chain, and names the domain that the tree's Mailbox has. Reverts if
    ///         the tree is a contract that has no Mailbox.
    function isLocal(Checkpoint calldata checkpoint) external view returns (bool);

    /// @notice Whether the tree has no such leaf yet. Reverts with NotLocal.
    function isPremature(Checkpoint calldata checkpoint) external view returns (bool);

    /// @notice Whether the leaf at the checkpoint's index is another message than the checkpoint says.
    /// @dev Reverts with NotLocal, and with MessageNotInTree unless `actualMessageId` is that leaf.
    /// @param proof As of `storedCheckpointContainsMessage`, for `actualMessageId`.
    function isFraudulentMessageId(Checkpoint calldata checkpoint, bytes32[32] calldata proof, bytes32 actualMessageId)
        external
        view
        returns (bool);

    /// @notice Whether the tree had another root than the checkpoint says when its message was inserted.
    /// @dev That root follows from the proof: what stood left of the leaf is unchanged, and right of it there was nothing.
    ///      Reverts with NotLocal, and with MessageNotInTree unless the checkpoint's message is the leaf at its index: for
    ///      one that is not, there is `isFraudulentMessageId`.
    /// @param proof As of `storedCheckpointContainsMessage`, for the checkpoint's message.
    function isFraudulentRoot(Checkpoint calldata checkpoint, bytes32[32] calldata proof) external view returns (bool);
}
