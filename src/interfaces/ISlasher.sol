// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "./ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "./IFraudEvidence.sol";
import {ISlashingTerms} from "./ISlashingTerms.sol";
import {IValidatorStake} from "./IValidatorStake.sol";

/// @title ISlasher
/// @notice Judges the validators of one ValidatorStake: by what they signed (IFraudEvidence), and by whether they sign at all.
/// @dev Whoever is not served by a validator can challenge it to sign: that a leaf is not signed can not be proven otherwise,
///      and what a validator signs on chain serves everyone. A challenge costs a bond, in the native token, which goes to the
///      validator for its answer. So honest validators are paid for answering; each challenge that is not answered in time
///      means a slash of `silenceShare` and jail, but one only for all that were open together: one outage is one offence.
///
///      There is no owner. It holds the bonds of open challenges, and what accounts were credited of bonds and did not
///      withdraw; what it is sent otherwise it refuses.
/// @dev Warning: a validator must watch for challenges for as long as it is in the set, and for a `livenessWindow` more. Its
///      transactions must get through within that time.
interface ISlasher is IFraudEvidence, ISlashingTerms {
    /// @dev Of a challenge to sign one leaf.
    enum LivenessStatus {
        None,
        Open,
        Answered,
        Failed
    }

    /// @notice A validator must show that it signed leaf `index` before `deadline`, in seconds since 1970.
    event LivenessChallenged(
        address indexed validator, uint32 indexed index, address indexed challenger, uint256 deadline
    );

    /// @notice The validator did: this is its signature. It was credited the bond.
    event LivenessAnswered(
        address indexed validator, uint32 indexed index, bytes32 root, bytes32 messageId, bytes signature
    );

    /// @notice The validator did not. The challenger was credited its bond; `slashed` is zero if the validator was slashed for
    ///         this silence before.
    event LivenessFailed(address indexed validator, uint32 indexed index, address indexed challenger, uint256 slashed);

    /// @notice `account` was paid what it had been credited.
    event CreditWithdrawn(address indexed account, uint256 amount);

    /// @notice The value sent is not the bond.
    error WrongBond(uint256 value, uint256 bond);

    /// @notice The validator is not in the set now.
    error NotActive(address validator);

    /// @notice The leaf is older than the validator's place in the set.
    error BeforeActivation(uint32 index, uint32 fromIndex);

    /// @notice The leaf is not under that root, or the root was not stored; or not `finalAfter` ago, but at `storedAt`.
    error NotFinal(uint32 index, bytes32 root, uint256 storedAt);

    /// @notice The validator was challenged to sign that leaf before. If it answered, its signature is on chain.
    error AlreadyChallengedToSign(address validator, uint32 index);

    /// @notice There is no such challenge, or it is over.
    error NoLivenessChallenge(address validator, uint32 index);

    /// @notice The window has closed at `deadline`: it is too late for an answer.
    error WindowClosed(uint256 deadline);

    /// @notice The account has no credit.
    error NothingToWithdraw(address account);

    /// @notice The native token could not be paid to the account.
    error PaymentFailed(address account, uint256 amount);

    /// @notice Challenges a validator to sign a leaf. Anyone may, whose value is the bond; once for each leaf.
    /// @param validator One that is in the set now.
    /// @param index A leaf that was dispatched after the validator entered the set.
    /// @param root Of the Mailbox's tree, stored at least `finalAfter` ago, with at least that leaf.
    function challengeLiveness(address validator, uint32 index, bytes32 root) external payable;

    /// @notice Answers a challenge with what the validator signed. Anyone may call; the validator is credited the bond.
    /// @dev The checkpoint is not compared with the tree. Who answers with a false one gives the proof of a fraud, which costs
    ///      more than silence.
    /// @param checkpoint Of the leaf that was challenged.
    /// @param signature By a key that answers for the validator now: any, since it may have been replaced meanwhile.
    function answerLiveness(ICheckpointFraudProofs.Checkpoint calldata checkpoint, bytes calldata signature) external;

    /// @notice Has a validator that did not answer in time slashed, jailed but not for ever, and the challenger's bond credited
    ///         to it. Anyone may.
    function resolveLiveness(address validator, uint32 index) external returns (uint256 slashed);

    /// @notice Pays an account all its credit. Anyone may call, the account is paid.
    function withdrawCredit(address account) external returns (uint256 amount);

    /// @notice What an account can have paid, in wei.
    function creditOf(address account) external view returns (uint256);

    /// @notice A challenge to sign.
    /// @return status Whether there is one, and how it ended.
    /// @return challenger Who began it.
    /// @return deadline End of its window, in seconds since 1970.
    function livenessChallenge(address validator, uint32 index)
        external
        view
        returns (LivenessStatus status, address challenger, uint48 deadline);

    /// @notice Where keys belong to validators, and validators are slashed.
    function stake() external view returns (IValidatorStake);
}
