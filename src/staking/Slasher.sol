// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "../interfaces/ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "../interfaces/IFraudEvidence.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {ISlasher} from "../interfaces/ISlasher.sol";
import {ISlashingTerms} from "../interfaces/ISlashingTerms.sol";
import {IValidatorStake} from "../interfaces/IValidatorStake.sol";
import {SlashingTerms} from "../libraries/SlashingTerms.sol";
import {FraudEvidence} from "./FraudEvidence.sol";

/// @title Slasher
/// @notice Judges the validators of one ValidatorStake. See ISlasher.
contract Slasher is FraudEvidence {
    using SlashingTerms for ISlashingTerms.Terms;

    struct LivenessChallenge {
        address challenger;
        uint48 deadline;
        LivenessStatus status;
    }

    /// @dev Never changes.
    ISlashingTerms.Terms internal _terms;

    mapping(address validator => mapping(uint32 index => LivenessChallenge)) internal _liveness;

    /// @dev When it was last slashed for its silence, in seconds since 1970.
    mapping(address validator => uint48) internal _silencedAt;

    mapping(address account => uint256) internal _credits;

    /// @param mailbox_ Whose checkpoints are judged.
    /// @param stake_ Whose validators are; it creates this contract.
    /// @param proofs_ Where roots are stored. It must be a CheckpointFraudProofs: it decides who is a fraud.
    constructor(
        IMailbox mailbox_,
        IValidatorStake stake_,
        ICheckpointFraudProofs proofs_,
        ISlashingTerms.Terms memory terms_
    ) FraudEvidence(mailbox_, stake_, proofs_) {
        terms_.requireValid();
        _terms = terms_;
    }

    /* --------------------------------------------------- liveness --------------------------------------------------- */

    /// @inheritdoc ISlasher
    function challengeLiveness(address validator, uint32 index, bytes32 root) external payable {
        if (msg.value != _terms.livenessBond) revert WrongBond(msg.value, _terms.livenessBond);
        (bool active, uint32 fromIndex) = stake.activation(validator);
        if (!active) revert NotActive(validator);
        if (index < fromIndex) revert BeforeActivation(index, fromIndex);
        _requireFinal(index, root);
        LivenessChallenge storage challenge = _liveness[validator][index];
        if (challenge.status != LivenessStatus.None) revert AlreadyChallengedToSign(validator, index);

        uint48 deadline = _now() + _terms.livenessWindow;
        (challenge.challenger, challenge.deadline, challenge.status) = (msg.sender, deadline, LivenessStatus.Open);
        emit LivenessChallenged(validator, index, msg.sender, deadline);
    }

    /// @inheritdoc ISlasher
    function answerLiveness(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature) external {
        _requireMailboxTree(checkpoint);
        address validator = _validatorWhoSigned(checkpoint, signature);
        LivenessChallenge storage challenge = _openLivenessChallenge(validator, checkpoint.index);
        if (_now() >= challenge.deadline) revert WindowClosed(challenge.deadline);

        challenge.status = LivenessStatus.Answered;
        _credits[validator] += _terms.livenessBond;
        emit LivenessAnswered(validator, checkpoint.index, checkpoint.root, checkpoint.messageId, signature);
    }

    /// @inheritdoc ISlasher
    function resolveLiveness(address validator, uint32 index) external returns (uint256 slashed) {
        LivenessChallenge storage challenge = _openLivenessChallenge(validator, index);
        if (_now() < challenge.deadline) revert WindowOpen(challenge.deadline);
        // All that were open when it was slashed are of the same silence: since then it was not in the set.
        bool punished = _silencedAt[validator] + _terms.livenessWindow >= challenge.deadline;
        address challenger = challenge.challenger;

        challenge.status = LivenessStatus.Failed;
        _credits[challenger] += _terms.livenessBond;
        if (!punished) {
            _silencedAt[validator] = _now();
            slashed = stake.slash(validator, _terms.silenceShare, challenger, false);
        }
        emit LivenessFailed(validator, index, challenger, slashed);
    }

    /// @inheritdoc ISlasher
    function withdrawCredit(address account) external returns (uint256 amount) {
        amount = _credits[account];
        if (amount == 0) revert NothingToWithdraw(account);

        delete _credits[account];
        emit CreditWithdrawn(account, amount);

        // slither-disable-next-line arbitrary-send-eth,missing-zero-check
        (bool paid,) = account.call{value: amount}("");
        if (!paid) revert PaymentFailed(account, amount);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc ISlasher
    function creditOf(address account) external view returns (uint256) {
        return _credits[account];
    }

    /// @inheritdoc ISlasher
    function livenessChallenge(address validator, uint32 index)
        external
        view
        returns (LivenessStatus, address, uint48)
    {
        LivenessChallenge memory challenge = _liveness[validator][index];
        return (challenge.status, challenge.challenger, challenge.deadline);
    }

    /// @inheritdoc ISlashingTerms
    function terms() external view returns (ISlashingTerms.Terms memory) {
        return _terms;
    }

    /// @inheritdoc ISlashingTerms
    function challengeWindow() external view returns (uint32) {
        return _terms.prematureWindow > _terms.livenessWindow ? _terms.prematureWindow : _terms.livenessWindow;
    }

    /// @inheritdoc IFraudEvidence
    function shareOf(Kind kind) public view override returns (uint256) {
        return _terms.shareOf(kind);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _prematureWindow() internal view override returns (uint32) {
        return _terms.prematureWindow;
    }

    function _requireFinal(uint32 index, bytes32 root) internal view {
        (uint32 last, bool exists) = proofs.storedCheckpoints(address(merkleTreeHook), root);
        uint256 storedAt = proofs.storedAt(address(merkleTreeHook), root);
        if (!exists || index > last || _now() < storedAt + _terms.finalAfter) revert NotFinal(index, root, storedAt);
    }

    function _openLivenessChallenge(address validator, uint32 index)
        internal
        view
        returns (LivenessChallenge storage challenge)
    {
        challenge = _liveness[validator][index];
        if (challenge.status != LivenessStatus.Open) revert NoLivenessChallenge(validator, index);
    }
}
