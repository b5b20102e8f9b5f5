// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../PackageVersioned.sol";
import {ICheckpointFraudProofs} from "../interfaces/ICheckpointFraudProofs.sol";
import {IMerkleTreeHook} from "../interfaces/IMerkleTreeHook.sol";
import {MerkleTree} from "../libraries/MerkleTree.sol";
import {TypeCasts} from "../libraries/TypeCasts.sol";

/// @title CheckpointFraudProofs
/// @notice Says of a checkpoint whether it contradicts the tree that it claims to be of. See ICheckpointFraudProofs.
contract CheckpointFraudProofs is ICheckpointFraudProofs, PackageVersioned {
    using MerkleTree for bytes32;
    using TypeCasts for bytes32;

    struct StoredCheckpoint {
        uint32 index;
        bool exists;
        uint48 storedAt;
    }

    mapping(address merkleTree => mapping(bytes32 root => StoredCheckpoint)) internal _stored;

    /// @inheritdoc ICheckpointFraudProofs
    function storeLatestCheckpoint(address merkleTree) external returns (bytes32 root, uint32 index) {
        (root, index) = IMerkleTreeHook(merkleTree).latestCheckpoint();
        StoredCheckpoint storage stored = _stored[merkleTree][root];
        if (stored.exists) return (root, stored.index);

        // forge-lint: disable-next-line(unsafe-typecast) it lasts 8.9 million years
        uint48 timestamp = uint48(block.timestamp); // solhint-disable-line not-rely-on-time
        _stored[merkleTree][root] = StoredCheckpoint({index: index, exists: true, storedAt: timestamp});
        emit CheckpointStored(merkleTree, root, index);
    }

    /// @inheritdoc ICheckpointFraudProofs
    function isPremature(Checkpoint calldata checkpoint) external view returns (bool) {
        return checkpoint.index >= IMerkleTreeHook(_localTree(checkpoint)).count();
    }

    /// @inheritdoc ICheckpointFraudProofs
    function isFraudulentMessageId(Checkpoint calldata checkpoint, bytes32[32] calldata proof, bytes32 actualMessageId)
        external
        view
        returns (bool)
    {
        _requireContained(_localTree(checkpoint), checkpoint.index, actualMessageId, proof);
        return actualMessageId != checkpoint.messageId;
    }

    /// @inheritdoc ICheckpointFraudProofs
    function isFraudulentRoot(Checkpoint calldata checkpoint, bytes32[32] calldata proof) external view returns (bool) {
        _requireContained(_localTree(checkpoint), checkpoint.index, checkpoint.messageId, proof);
        return checkpoint.messageId.lastLeafRoot(proof, checkpoint.index) != checkpoint.root;
    }

    /// @inheritdoc ICheckpointFraudProofs
    function storedCheckpoints(address merkleTree, bytes32 root) external view returns (uint32, bool) {
        StoredCheckpoint memory stored = _stored[merkleTree][root];
        return (stored.index, stored.exists);
    }

    /// @inheritdoc ICheckpointFraudProofs
    function storedAt(address merkleTree, bytes32 root) external view returns (uint48) {
        return _stored[merkleTree][root].storedAt;
    }

    /// @inheritdoc ICheckpointFraudProofs
    function storedCheckpointContainsMessage(
        address merkleTree,
        uint32 index,
        bytes32 messageId,
        bytes32[32] calldata proof
    ) public view returns (bool) {
        StoredCheckpoint memory stored = _stored[merkleTree][messageId.branchRoot(proof, index)];
        // Right of the last leaf are empty ones, which are no messages although they have proofs.
        return stored.exists && index <= stored.index;
    }

    /// @inheritdoc ICheckpointFraudProofs
    function isLocal(Checkpoint calldata checkpoint) public view returns (bool) {
        if (uint256(checkpoint.merkleTree) >> 160 != 0) return false;
        address tree = checkpoint.merkleTree.toAddress();
        return tree.code.length != 0 && IMerkleTreeHook(tree).mailbox().localDomain() == checkpoint.origin;
    }

    function _localTree(Checkpoint calldata checkpoint) internal view returns (address) {
        if (!isLocal(checkpoint)) revert NotLocal(checkpoint.origin, checkpoint.merkleTree);
        return checkpoint.merkleTree.toAddress();
    }

    function _requireContained(address tree, uint32 index, bytes32 messageId, bytes32[32] calldata proof)
        internal
        view
    {
        if (!storedCheckpointContainsMessage(tree, index, messageId, proof)) {
            revert MessageNotInTree(tree, index, messageId);
        }
    }
}
