// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "./IMessageRecipient.sol";
import {ISpecifiesInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IWeightedMultisigIsm} from "./IWeightedMultisigIsm.sol";

/// @title IStakedMultisigIsm
/// @notice Verifies a message by signatures of validators who stake on its origin. Who they are it learns from the origin's
///         ValidatorStake, by messages that the validators that it knows have signed.
/// @dev Each origin has a set: validators with weights, as the ecosystem's weighted message-id multisig (module type 10), of
///      whom more than two thirds of the weight must sign. A set is trusted until `setLifetime` after it was issued on its
///      origin, which must be shorter than stake takes to leave there: so what a set signs while it is trusted can be slashed
///      for. After that it verifies nothing, not even its successor.
///
///      Messages of the stake contract are messages as others: anyone has one sent (`pushSet` there), any relayer delivers it,
///      and this module verifies it by the set that it knows. A set's number grows with each change, so an old message changes
///      nothing; the same set issued later lives longer.
///
///      Trust: validators who weigh more than two thirds together can forge any message of their origin, their successors
///      among them, and are slashed for it there. Who weighs a third can stop delivery.
/// @dev Warning: the owner names the first set of an origin and its stake contract, and again when a set has expired, after
///      `delay`, in which everyone can see what was proposed. Whatever it names can forge. It can do nothing to a set that is
///      alive. Without an owner, an expired set stays so for ever.
interface IStakedMultisigIsm is IWeightedMultisigIsm, IMessageRecipient, ISpecifiesInterchainSecurityModule {
    /// @notice What is known of an origin, or proposed for it.
    /// @param stake The origin's ValidatorStake, left-padded; zero if there is nothing.
    /// @param members Validators and weights, in the order in which signatures must come.
    /// @param threshold What those who sign must weigh.
    /// @param setId The set's number, as of its origin.
    /// @param issuedAt In seconds since 1970, by the origin's clock; or when the owner proposed it.
    /// @param expiresAt First second in which it verifies nothing.
    struct SetInfo {
        bytes32 stake;
        ValidatorInfo[] members;
        uint96 threshold;
        uint64 setId;
        uint48 issuedAt;
        uint48 expiresAt;
    }

    /// @notice The origin's set is another one, or was issued again.
    event SetAccepted(uint32 indexed origin, uint64 indexed setId, uint256 issuedAt, uint256 size, uint256 threshold);

    /// @notice The owner proposes a set and a stake contract for an origin that has no set that is alive. Anyone can put it in
    ///         force from `appliesAt` on.
    event SetProposed(uint32 indexed origin, bytes32 indexed stake, uint64 indexed setId, uint256 appliesAt);

    /// @notice The owner took its proposal back.
    event ProposalCancelled(uint32 indexed origin);

    /// @notice The owner's proposal is in force: a `SetAccepted` follows.
    event ProposalApplied(uint32 indexed origin, bytes32 indexed stake);

    /// @notice The origin's set expired at `expiredAt`, in seconds since 1970, or would have been before it was accepted.
    error SetExpired(uint32 origin, uint256 expiredAt);

    /// @notice The sender is not the stake contract of that origin.
    error NotTheStake(uint32 origin, bytes32 sender);

    /// @notice The set is not newer than the one that is known.
    error SetNotNewer(uint64 setId, uint256 issuedAt);

    /// @notice By this chain's clock the set will only be issued. A delivery later helps if the clocks differ.
    error SetFromTheFuture(uint256 issuedAt, uint256 timestamp);

    /// @notice A member weighs nothing.
    error ZeroWeight(address member);

    /// @notice All together weigh more than 2^96 - 1.
    error TooMuchWeight(uint256 weight);

    /// @notice The origin's set is alive until `expiresAt`, in seconds since 1970: the owner can do nothing to it.
    error SetAlive(uint32 origin, uint256 expiresAt);

    /// @notice The stake contract is zero.
    error NoStake();

    /// @notice There is no proposal for that origin.
    error NoProposal(uint32 origin);

    /// @notice The proposal can be put in force from `appliesAt` on, in seconds since 1970.
    error TooEarly(uint256 appliesAt);

    /// @notice The delay must be 1 second at least, and shorter than the lifetime; the lifetime at most `maximum`.
    error TimesOutOfBounds(uint256 setLifetime, uint256 delay, uint256 maximum);

    /// @notice Nothing here takes value.
    error ValueNotAccepted(uint256 value);

    /// @notice For how long after it was issued a set is trusted, in seconds. At most the `setLifetime` of each origin's
    ///         stake.
    function setLifetime() external view returns (uint48);

    /// @notice How long what the owner proposes is seen before it can be put in force, in seconds.
    function delay() external view returns (uint48);

    /// @notice Longest `setLifetime`.
    function MAX_SET_LIFETIME() external view returns (uint48);

    /// @notice What is known of an origin. Also of a set that has expired; all zero if there is none.
    function setOf(uint32 origin) external view returns (SetInfo memory);

    /// @notice What the owner proposes for an origin; all zero if nothing.
    function proposalOf(uint32 origin) external view returns (SetInfo memory);

    /// @notice The domains that have a set, alive or not, in the order of their first sets.
    function domains() external view returns (uint256[] memory);

    /// @notice Proposes a set and its stake contract for an origin that has none, or whose set has expired. Only the owner.
    ///         Replaces what was proposed before, and begins the delay again.
    /// @dev The set counts as issued now, so it must be the origin's present one; and be applied before it expires. It is best
    ///      pushed again from the origin at once.
    ///      Reverts with SetAlive, NoStake, and as sets are refused: ZeroWeight, TooMuchWeight, and the errors of AddressSet.
    /// @param stake The origin's ValidatorStake, left-padded.
    /// @param setId The number of its set.
    /// @param members As of its `validatorSet`, 1 to 255.
    function proposeSet(uint32 origin, bytes32 stake, uint64 setId, ValidatorInfo[] calldata members) external;

    /// @notice Takes the proposal for an origin back. Only the owner.
    function cancelProposal(uint32 origin) external;

    /// @notice Puts the proposal for an origin in force, `delay` after it was made. Anyone may.
    /// @dev Reverts with NoProposal, TooEarly, or SetExpired if that was too long ago.
    function applyProposal(uint32 origin) external;
}
