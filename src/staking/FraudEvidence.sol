// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable not-rely-on-time
// Whoever builds blocks can be off by seconds, which is nothing to the windows.

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {MailboxClient} from "../MailboxClient.sol";
import {ICheckpointFraudProofs} from "../interfaces/ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "../interfaces/IFraudEvidence.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "../interfaces/IMerkleTreeHook.sol";
import {ISlasher} from "../interfaces/ISlasher.sol";
import {IValidatorStake} from "../interfaces/IValidatorStake.sol";
import {Checkpoint} from "../libraries/Checkpoint.sol";
import {SlashingTerms} from "../libraries/SlashingTerms.sol";
import {TypeCasts} from "../libraries/TypeCasts.sol";

/// @title FraudEvidence
/// @notice Takes proofs that a validator signed what it must not, and has it slashed. See IFraudEvidence.
abstract contract FraudEvidence is ISlasher, MailboxClient {
    using TypeCasts for address;

    struct PrematureChallenge {
        address reporter;
        uint48 deadline;
        /// Names to the stake what is held back.
        uint48 frozenSince;
    }

    /// @inheritdoc IFraudEvidence
    IMerkleTreeHook public immutable merkleTreeHook;

    /// @inheritdoc ISlasher
    IValidatorStake public immutable stake;

    /// @inheritdoc IFraudEvidence
    ICheckpointFraudProofs public immutable proofs;

    mapping(bytes32 offenceId => uint256 share) internal _slashedFor;
    mapping(bytes32 challengeId => PrematureChallenge) internal _premature;

    constructor(IMailbox mailbox_, IValidatorStake stake_, ICheckpointFraudProofs proofs_) MailboxClient(mailbox_) {
        merkleTreeHook = mailbox_.merkleTreeHook();
        stake = stake_;
        proofs = proofs_;
    }

    /* ---------------------------------------------------- proofs ---------------------------------------------------- */

    /// @inheritdoc IFraudEvidence
    function proveEquivocation(
        ICheckpointFraudProofs.Checkpoint calldata first,
        bytes calldata firstSignature,
        ICheckpointFraudProofs.Checkpoint calldata second,
        bytes calldata secondSignature
    ) external returns (uint256) {
        bool oneLeaf = first.origin == second.origin && first.merkleTree == second.merkleTree
            && first.index == second.index;
        if (!oneLeaf) revert NotOneLeaf();
        if (first.root == second.root && first.messageId == second.messageId) revert SameCheckpoint();
        address validator = _validatorWhoSigned(first, firstSignature);
        address other = _validatorWhoSigned(second, secondSignature);
        if (validator != other) revert NotOneValidator(validator, other);

        return _slash(validator, Kind.Equivocation, first, msg.sender);
    }

    /// @inheritdoc IFraudEvidence
    function proveMessageId(
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes calldata signature,
        bytes32[32] calldata proof,
        bytes32 actualMessageId
    ) external returns (uint256) {
        _requireMailboxTree(checkpoint);
        address validator = _validatorWhoSigned(checkpoint, signature);
        if (!proofs.isFraudulentMessageId(checkpoint, proof, actualMessageId)) revert NotFraudulent(checkpoint.index);

        return _slash(validator, Kind.MessageId, checkpoint, msg.sender);
    }

    /// @inheritdoc IFraudEvidence
    function proveRoot(
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes calldata signature,
        bytes32[32] calldata proof
    ) external returns (uint256) {
        _requireMailboxTree(checkpoint);
        address validator = _validatorWhoSigned(checkpoint, signature);
        if (!proofs.isFraudulentRoot(checkpoint, proof)) revert NotFraudulent(checkpoint.index);

        return _slash(validator, Kind.Root, checkpoint, msg.sender);
    }

    /// @inheritdoc IFraudEvidence
    function proveForeignTree(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature)
        external
        returns (uint256)
    {
        if (checkpoint.origin != localDomain || _isMailboxTree(checkpoint)) {
            revert NotAForeignTree(checkpoint.origin, checkpoint.merkleTree);
        }
        return _slash(_validatorWhoSigned(checkpoint, signature), Kind.ForeignTree, checkpoint, msg.sender);
    }

    /* --------------------------------------------------- premature -------------------------------------------------- */

    /// @inheritdoc IFraudEvidence
    function challengePremature(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature)
        external
        returns (bytes32 challengeId)
    {
        _requireMailboxTree(checkpoint);
        uint32 count = merkleTreeHook.count();
        if (checkpoint.index < count) revert NotPremature(checkpoint.index, count);
        address validator = _validatorWhoSigned(checkpoint, signature);
        challengeId = prematureChallengeId(validator, checkpoint);
        if (_premature[challengeId].reporter != address(0)) revert AlreadyChallenged(challengeId);
        if (_slashedFor[_offenceId(validator, checkpoint)] >= shareOf(Kind.Premature)) {
            revert AlreadySlashed(validator, checkpoint.origin, checkpoint.merkleTree, checkpoint.index);
        }

        uint48 deadline = _now() + _prematureWindow();
        _premature[challengeId] =
            PrematureChallenge({reporter: msg.sender, deadline: deadline, frozenSince: stake.freeze(validator)});
        emit PrematureChallenged(challengeId, validator, msg.sender, checkpoint, deadline);
    }

    /// @inheritdoc IFraudEvidence
    function closePremature(
        address validator,
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        bytes32[32] calldata proof
    ) external {
        bytes32 challengeId = prematureChallengeId(validator, checkpoint);
        uint48 frozenSince = _openChallenge(challengeId).frozenSince;
        // Reverts unless the tree has the leaf. As the rest of this, it is about the Mailbox's tree: no other is challenged.
        if (proofs.isFraudulentRoot(checkpoint, proof)) revert NotTheRoot(checkpoint.index, checkpoint.root);

        _close(challengeId, validator, frozenSince, true);
    }

    /// @inheritdoc IFraudEvidence
    function resolvePremature(address validator, ICheckpointFraudProofs.Checkpoint calldata checkpoint)
        external
        returns (uint256 slashed)
    {
        bytes32 challengeId = prematureChallengeId(validator, checkpoint);
        PrematureChallenge memory challenge = _openChallenge(challengeId);
        uint256 punished = _slashedFor[_offenceId(validator, checkpoint)];
        uint32 count = merkleTreeHook.count();
        bool grown = checkpoint.index < count;
        if (grown && punished == 0) revert TreeHasGrown(checkpoint.index, count);
        bool isOver = grown || punished >= shareOf(Kind.Premature);
        if (!isOver && _now() < challenge.deadline) revert WindowOpen(challenge.deadline);

        // What is held back is slashed before it is let go.
        // slither-disable-next-line reentrancy-no-eth
        if (!isOver) slashed = _slash(validator, Kind.Premature, checkpoint, challenge.reporter);
        _close(challengeId, validator, challenge.frozenSince, false);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IFraudEvidence
    function prematureChallenge(bytes32 challengeId) external view returns (address, uint48) {
        PrematureChallenge memory challenge = _premature[challengeId];
        return (challenge.reporter, challenge.deadline);
    }

    /// @inheritdoc IFraudEvidence
    function slashedFor(address validator, uint32 origin, bytes32 merkleTree, uint32 index)
        external
        view
        returns (uint256)
    {
        return _slashedFor[keccak256(abi.encode(validator, origin, merkleTree, index))];
    }

    /// @inheritdoc IFraudEvidence
    function shareOf(Kind kind) public view virtual returns (uint256);

    /// @inheritdoc IFraudEvidence
    function prematureChallengeId(address validator, ICheckpointFraudProofs.Checkpoint calldata checkpoint)
        public
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(validator, _digest(checkpoint)));
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _slash(
        address validator,
        Kind kind,
        ICheckpointFraudProofs.Checkpoint calldata checkpoint,
        address reporter
    ) internal returns (uint256) {
        bytes32 offenceId = _offenceId(validator, checkpoint);
        uint256 share = shareOf(kind);
        uint256 before = _slashedFor[offenceId];
        if (before >= share) {
            revert AlreadySlashed(validator, checkpoint.origin, checkpoint.merkleTree, checkpoint.index);
        }

        _slashedFor[offenceId] = share;
        emit FraudProven(validator, kind, reporter, checkpoint.origin, checkpoint.merkleTree, checkpoint.index, share);

        // Of what is left, so much that both together are `share` of what there was.
        uint256 rest = Math.mulDiv(share - before, SlashingTerms.WHOLE, SlashingTerms.WHOLE - before);
        return stake.slash(validator, rest, reporter, true);
    }

    function _close(bytes32 challengeId, address validator, uint48 frozenSince, bool cameTrue) internal {
        delete _premature[challengeId];
        emit PrematureClosed(challengeId, validator, cameTrue);

        stake.unfreeze(validator, frozenSince);
    }

    function _prematureWindow() internal view virtual returns (uint32);

    function _openChallenge(bytes32 challengeId) internal view returns (PrematureChallenge memory challenge) {
        challenge = _premature[challengeId];
        if (challenge.reporter == address(0)) revert NoChallenge(challengeId);
    }

    /// @dev The validator that answers for the key that signed.
    function _validatorWhoSigned(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature)
        internal
        view
        returns (address validator)
    {
        address key = ECDSA.recoverCalldata(_digest(checkpoint), signature);
        validator = stake.validatorOf(key);
        if (validator == address(0)) revert NotAValidator(key);
    }

    function _requireMailboxTree(ICheckpointFraudProofs.Checkpoint calldata checkpoint) internal view {
        if (checkpoint.origin != localDomain || !_isMailboxTree(checkpoint)) {
            revert NotTheMailboxTree(checkpoint.origin, checkpoint.merkleTree);
        }
    }

    function _isMailboxTree(ICheckpointFraudProofs.Checkpoint calldata checkpoint) internal view returns (bool) {
        return checkpoint.merkleTree == address(merkleTreeHook).toBytes32();
    }

    /// @dev Seconds since 1970.
    function _now() internal view returns (uint48) {
        // forge-lint: disable-next-line(unsafe-typecast) it lasts 8.9 million years
        return uint48(block.timestamp);
    }

    function _offenceId(address validator, ICheckpointFraudProofs.Checkpoint calldata checkpoint)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(validator, checkpoint.origin, checkpoint.merkleTree, checkpoint.index));
    }

    function _digest(ICheckpointFraudProofs.Checkpoint calldata checkpoint) internal pure returns (bytes32) {
        return Checkpoint.digest(
            checkpoint.origin, checkpoint.merkleTree, checkpoint.root, checkpoint.index, checkpoint.messageId
        );
    }
}
