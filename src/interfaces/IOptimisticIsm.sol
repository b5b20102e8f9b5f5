// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IOptimisticIsm
/// @notice Verifies a message that a submodule has verified before, once a fraud window has passed in which not enough of the
///         watchers objected.
/// @dev The way of a message: anyone calls `preVerify`, which asks the submodule and opens the window; watchers may call
///      `flagMessage` or `flagSubmodule`; when the window has closed, `verify` returns true for it, for ever or until the
///      owner acts. The metadata of `verify` is empty.
///
///      A round is what the owner's last action began: new watchers, or a new submodule. Flags and pre-verifications count in
///      their own round alone. So a flag that is discarded never makes a message deliverable at once, and each submodule
///      vouches for every message itself.
///
///      Trust: a message is forged by whoever satisfies the submodule while at least n - m + 1 of the n watchers stay silent
///      for the whole window. m watchers stop messages, one by one or all, until the owner acts. It takes a chain that
///      includes the watchers' transactions within the window.
/// @dev Warning: the owner names the submodule and the watchers, at once. An owner that is hostile forges by a submodule and
///      watchers of its own after one window, and stops the route for as long as it acts once a window.
/// @dev Warning: the submodule is asked outside of a delivery, by anyone and perhaps several times a message. One that
///      verifies only within a delivery (trusted relayer), or counts its calls (rate limit), can not be a submodule.
interface IOptimisticIsm is IInterchainSecurityModule {
    /// @notice What holds for a message now. Where several do: FlaggedSubmodule, else NotPreVerified, else FlaggedMessage.
    enum Status {
        NotPreVerified,
        WindowOpen,
        Deliverable,
        FlaggedMessage,
        FlaggedSubmodule
    }

    /// @notice The submodule has verified a message, and its window is open.
    event PreVerified(
        bytes32 indexed messageId, uint32 indexed round, address indexed submodule, uint256 deliverableAt
    );

    /// @notice A watcher objects to a message; `flags` have, this one included.
    event MessageFlagged(bytes32 indexed messageId, uint32 indexed round, address indexed watcher, uint256 flags);

    /// @notice So many watchers have flagged the message that it is refused for the rest of the round.
    event MessageRefused(bytes32 indexed messageId, uint32 indexed round);

    /// @notice A watcher objects to whatever the submodule verified; `flags` have, this one included.
    event SubmoduleFlagged(address indexed submodule, uint32 indexed round, address indexed watcher, uint256 flags);

    /// @notice So many watchers have flagged the submodule that nothing is delivered for the rest of the round.
    event SubmoduleRefused(address indexed submodule, uint32 indexed round);

    /// @notice `round` has begun, with this submodule. Before it all must be pre-verified, again if need be.
    event SubmoduleSet(uint32 indexed round, address indexed submodule);

    /// @notice `round` has begun, with these watchers.
    event WatchersSet(uint32 indexed round, address[] watchers, uint8 threshold);

    /// @notice The message was not pre-verified in this round.
    error NotPreVerified(bytes32 messageId);

    /// @notice The fraud window is open until `deliverableAt`, exclusively.
    error WindowOpen(uint256 deliverableAt);

    /// @notice Too many watchers have flagged the message in this round.
    error FlaggedMessage(bytes32 messageId, uint256 flags);

    /// @notice Too many watchers have flagged the submodule in this round.
    error FlaggedSubmodule(address submodule, uint256 flags);

    /// @notice The message was pre-verified in this round before.
    error AlreadyPreVerified(bytes32 messageId, uint256 deliverableAt);

    /// @notice The submodule returned false.
    error NotVerifiedBySubmodule(bytes32 messageId, address submodule);

    /// @notice The account is not a watcher of this round.
    error NotAWatcher(address account);

    /// @notice The watcher has flagged this in this round before.
    error AlreadyFlagged(address watcher);

    /// @notice The fraud window has closed at `deliverableAt`: it is too late for a flag on the message.
    error WindowClosed(uint256 deliverableAt);

    /// @notice The fraud window is zero or longer than `maximum`.
    error FraudWindowOutOfBounds(uint256 fraudWindow, uint256 maximum);

    /// @notice The submodule has no code.
    error NotAContract(address account);

    /// @notice Ownership can be transferred, not given up: without an owner, m watchers could stop the route for ever.
    error OwnerRequired();

    /// @notice Longest fraud window, in seconds.
    function MAX_FRAUD_WINDOW() external view returns (uint48);

    /// @notice Seconds between a pre-verification and the first moment of delivery. Never changes.
    function fraudWindow() external view returns (uint48);

    /// @notice Has the submodule verify a message, and opens its window. Anyone may call, once a message and round.
    /// @dev Reverts with what the submodule reverts with, else NotVerifiedBySubmodule, AlreadyPreVerified, FlaggedSubmodule.
    /// @param metadata As the submodule wants it.
    /// @param message The message (see the Message library), untrusted.
    function preVerify(bytes calldata metadata, bytes calldata message) external;

    /// @notice Objects to a message. Watchers of this round alone, once each, while the message's window is open.
    /// @dev Reverts with NotAWatcher, NotPreVerified, WindowClosed or AlreadyFlagged.
    function flagMessage(bytes32 messageId) external;

    /// @notice Objects to all that the submodule verified or will. Watchers of this round alone, once each, at any time.
    /// @dev Reverts with NotAWatcher or AlreadyFlagged.
    function flagSubmodule() external;

    /// @notice Replaces all watchers and begins a round. The owner alone.
    /// @dev Warning: all messages must be pre-verified again and wait for another window, also those that were deliverable.
    ///      Flags are discarded: watchers must look at what is pre-verified in the new round, and flag it again.
    /// @param watchers 1 to 255. Sets that are not valid are refused with the errors of the AddressSet library.
    /// @param threshold How many flags refuse a message or the submodule, at least 1 and at most all.
    function setWatchers(address[] calldata watchers, uint8 threshold) external;

    /// @notice Replaces the submodule, perhaps by itself, and begins a round. The owner alone.
    /// @dev Warning: as of `setWatchers`.
    function setSubmodule(IInterchainSecurityModule submodule) external;

    /// @notice What `verify` says of a message, and why.
    /// @return status What holds now.
    /// @return deliverableAt End of the window in seconds since 1970; 0 if the message was not pre-verified in this round.
    function messageStatus(bytes32 messageId) external view returns (Status status, uint256 deliverableAt);

    /// @notice First second at which the message may be delivered; 0 if it was not pre-verified in this round.
    function deliverableAt(bytes32 messageId) external view returns (uint256);

    /// @notice The last pre-verification of a message, in whatever round; `round` 0 if there was none.
    function preVerification(bytes32 messageId) external view returns (uint32 round, uint48 deliverableAt, uint8 flags);

    /// @notice Number of watchers that flagged the message in this round.
    function messageFlags(bytes32 messageId) external view returns (uint256);

    /// @notice Number of watchers that flagged the submodule in this round.
    function submoduleFlags() external view returns (uint256);

    /// @notice Whether the watcher flagged the message in this round.
    function hasFlaggedMessage(bytes32 messageId, address watcher) external view returns (bool);

    /// @notice Whether the watcher flagged the submodule in this round.
    function hasFlaggedSubmodule(address watcher) external view returns (bool);

    /// @notice Number of the present round; the first is 1.
    function round() external view returns (uint32);

    /// @notice The module that pre-verifies.
    function submodule() external view returns (IInterchainSecurityModule);

    /// @notice The watchers, and how many flags of theirs refuse a message or the submodule.
    function watchersAndThreshold() external view returns (address[] memory, uint8);

    /// @notice Whether the account is a watcher of this round.
    function isEnrolled(address account) external view returns (bool);
}
