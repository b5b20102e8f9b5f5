// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "./ICheckpointFraudProofs.sol";
import {IMerkleTreeHook} from "./IMerkleTreeHook.sol";

/// @title IFraudEvidence
/// @notice Takes proofs that a validator signed what it must not, and has it slashed.
/// @dev Evidence is a checkpoint and a signature of it, r ‖ s ‖ v (65 bytes, low s, v 27 or 28), by a key that answers now:
///      `validatorOf` of the stake. Anyone may bring it; who does is the reporter. Whoever sees it under way may bring it
///      first: the validator is slashed all the same. Nobody can refuse a proof, or slash without one.
///
///      An offence is what a validator signed for one leaf of one tree of one origin. It costs what the gravest kind that is
///      proven of it costs, once, however often and by how many signatures it is proven: who proves a graver kind later takes
///      the rest. So a validator gains nothing by reporting itself for less.
///
///      What is of this chain and of the Mailbox's tree is judged by that tree, as it was at any checkpoint stored in `proofs`
///      (see ICheckpointFraudProofs): dispatches between the reading and the proof change nothing.
interface IFraudEvidence {
    /// @notice What a validator can be slashed for, for ever.
    /// @dev Equivocation: two checkpoints for one leaf. MessageId: another message than the tree has there. Root: another
    ///      root than the tree had. Premature: a leaf that the tree has not got. ForeignTree: a tree of this domain that is
    ///      not the Mailbox's.
    enum Kind {
        Equivocation,
        MessageId,
        Root,
        Premature,
        ForeignTree
    }

    /// @notice A validator is slashed for what it signed for leaf `index` of that tree: `share` of its stake, in 1e18ths of
    ///         what stood behind it before it was first slashed for this leaf.
    event FraudProven(
        address indexed validator,
        Kind indexed kind,
        address indexed reporter,
        uint32 origin,
        bytes32 merkleTree,
        uint32 index,
        uint256 share
    );

    /// @notice A validator signed for a leaf that the tree has not got. Unless the tree grows to have exactly that, it is
    ///         slashed from `deadline` on, in seconds since 1970.
    event PrematureChallenged(
        bytes32 indexed challengeId,
        address indexed validator,
        address indexed reporter,
        ICheckpointFraudProofs.Checkpoint checkpoint,
        uint256 deadline
    );

    /// @notice The challenge is over. Either what was signed came true, or the validator is punished for it.
    event PrematureClosed(bytes32 indexed challengeId, address indexed validator, bool cameTrue);

    /// @notice No validator answers for signatures of that key now.
    error NotAValidator(address key);

    /// @notice The checkpoint is not of the Mailbox's tree.
    error NotTheMailboxTree(uint32 origin, bytes32 merkleTree);

    /// @notice The checkpoint is of another domain, or of the Mailbox's tree: it is no foreign tree of this domain.
    error NotAForeignTree(uint32 origin, bytes32 merkleTree);

    /// @notice The checkpoints are not for one leaf of one tree of one origin.
    error NotOneLeaf();

    /// @notice The checkpoints are the same.
    error SameCheckpoint();

    /// @notice The checkpoints were signed by two validators.
    error NotOneValidator(address first, address second);

    /// @notice The tree has what the checkpoint says.
    error NotFraudulent(uint32 index);

    /// @notice The tree has got the message at that leaf, but never had that root: what was signed did not come true.
    error NotTheRoot(uint32 index, bytes32 root);

    /// @notice The tree has that leaf: it has so many.
    error NotPremature(uint32 index, uint32 count);

    /// @notice The validator was slashed for that leaf before, by this share or more.
    error AlreadySlashed(address validator, uint32 origin, bytes32 merkleTree, uint32 index);

    /// @notice There is such a challenge.
    error AlreadyChallenged(bytes32 challengeId);

    /// @notice There is no such challenge, or it is over.
    error NoChallenge(bytes32 challengeId);

    /// @notice Nobody can be punished before the end of the window, in seconds since 1970.
    error WindowOpen(uint256 deadline);

    /// @notice The tree has come to have the leaf. Whether it is the one that was signed must be shown: by `closePremature`, or
    ///         by `proveMessageId` or `proveRoot`.
    error TreeHasGrown(uint32 index, uint32 count);

    /* ---------------------------------------------------- proofs ---------------------------------------------------- */

    /// @notice Proves that a validator signed two different checkpoints for one leaf. Of any origin: no chain is asked.
    /// @return slashed What was taken, in units of the staked asset; so below.
    function proveEquivocation(
        ICheckpointFraudProofs.Checkpoint calldata first,
        bytes calldata firstSignature,
        ICheckpointFraudProofs.Checkpoint calldata second,
        bytes calldata secondSignature
    ) external returns (uint256 slashed);

    /// @notice Proves that the leaf is another message than the validator signed.
    /// @param proof The siblings of the leaf under a stored root, lowest level first.
    /// @param actualMessageId The leaf.
    function proveMessageId(
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes calldata signature,
        bytes32[32] calldata proof,
        bytes32 actualMessageId
    ) external returns (uint256 slashed);

    /// @notice Proves that the tree had another root when the leaf, which is the message signed, was inserted.
    /// @param proof The siblings of the leaf under a stored root, lowest level first.
    function proveRoot(
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes calldata signature,
        bytes32[32] calldata proof
    ) external returns (uint256 slashed);

    /// @notice Proves that a validator signed for a tree of this domain that is not the Mailbox's.
    function proveForeignTree(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature)
        external
        returns (uint256 slashed);

    /* --------------------------------------------------- premature -------------------------------------------------- */

    /// @notice Shows that a validator signed for a leaf that the tree has not got. What stands behind it is held back until
    ///         that is decided.
    /// @dev It is no proof yet: a block that the validator saw may have been replaced, and its messages may be dispatched
    ///      again. But one who signed what never was dispatched has until the end of the window to have it dispatched.
    function challengePremature(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature)
        external
        returns (bytes32 challengeId);

    /// @notice Ends the challenge by showing that the tree has come to be what was signed. Anyone may, at any time.
    /// @param proof The siblings of the leaf under a stored root, lowest level first.
    function closePremature(
        address validator,
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes32[32] calldata proof
    ) external;

    /// @notice Ends the challenge when its window is over, by slashing the validator; or, without that, when it has been
    ///         punished for that leaf otherwise.
    /// @dev If the tree has got the leaf since, it is shown by a proof and not by the time whether the validator was right:
    ///      nobody is slashed because nobody closed a challenge. Reverts with TreeHasGrown then.
    function resolvePremature(address validator, ICheckpointFraudProofs.Checkpoint calldata checkpoint)
        external
        returns (uint256 slashed);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice Names the challenge of what a validator signed.
    function prematureChallengeId(address validator, ICheckpointFraudProofs.Checkpoint calldata checkpoint)
        external
        pure
        returns (bytes32);

    /// @notice An open challenge.
    /// @return reporter Who began it; zero if there is none.
    /// @return deadline End of its window, in seconds since 1970.
    function prematureChallenge(bytes32 challengeId) external view returns (address reporter, uint48 deadline);

    /// @notice The share of its stake that a validator was slashed by for what it signed for that leaf, in 1e18ths.
    function slashedFor(address validator, uint32 origin, bytes32 merkleTree, uint32 index)
        external
        view
        returns (uint256 share);

    /// @notice What a kind of fraud costs, in 1e18ths of all that stands behind the validator.
    function shareOf(Kind kind) external view returns (uint256);

    /// @notice The tree that validators sign checkpoints of: the Mailbox's.
    function merkleTreeHook() external view returns (IMerkleTreeHook);

    /// @notice Where roots are stored, and proofs against them are judged.
    function proofs() external view returns (ICheckpointFraudProofs);
}
