// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IOptimisticIsm} from "../../interfaces/IOptimisticIsm.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {Message} from "../../libraries/Message.sol";

/// @title OptimisticIsm
/// @notice Verifies what a submodule verified, after a fraud window in which watchers may object. See IOptimisticIsm.
contract OptimisticIsm is IOptimisticIsm, Ownable2Step, PackageVersioned {
    using Message for bytes;

    /// @dev What is the same for all messages, in one slot.
    struct Round {
        IInterchainSecurityModule submodule;
        uint32 number;
        /// The round that the watchers were enrolled in.
        uint32 watchersSince;
        uint8 threshold;
        uint8 flags;
    }

    struct PreVerification {
        uint32 round;
        uint48 deliverableAt;
        uint8 flags;
    }

    /// @inheritdoc IOptimisticIsm
    uint48 public constant MAX_FRAUD_WINDOW = 30 days;

    /// @inheritdoc IOptimisticIsm
    uint48 public immutable fraudWindow;

    Round internal _round;
    address[] internal _watchers;

    /// @dev The round that an account was last enrolled in; it is a watcher if that is `_round.watchersSince`.
    mapping(address watcher => uint32) internal _enrolledIn;

    /// @dev The last one of each message; one of a former round counts no more.
    mapping(bytes32 messageId => PreVerification) internal _preVerifications;

    mapping(uint32 round => mapping(bytes32 messageId => mapping(address watcher => bool))) internal _messageFlaggedBy;
    mapping(uint32 round => mapping(address watcher => bool)) internal _submoduleFlaggedBy;

    /// @param owner_ May replace the submodule and the watchers.
    /// @param submodule_ Verifies first.
    /// @param fraudWindow_ In seconds, 1 to MAX_FRAUD_WINDOW.
    /// @param watchers As of `setWatchers`.
    /// @param threshold As of `setWatchers`.
    constructor(
        address owner_,
        IInterchainSecurityModule submodule_,
        uint48 fraudWindow_,
        address[] memory watchers,
        uint8 threshold
    ) Ownable(owner_) {
        if (fraudWindow_ == 0 || fraudWindow_ > MAX_FRAUD_WINDOW) {
            revert FraudWindowOutOfBounds(fraudWindow_, MAX_FRAUD_WINDOW);
        }
        fraudWindow = fraudWindow_;
        _round.number = 1;
        _setSubmodule(submodule_);
        _setWatchers(watchers, threshold);
    }

    /* --------------------------------------------------- messages --------------------------------------------------- */

    /// @inheritdoc IOptimisticIsm
    function preVerify(bytes calldata metadata, bytes calldata message) external {
        Round memory current = _round;
        bytes32 messageId = message.id();
        if (_isRefused(current, current.flags)) revert FlaggedSubmodule(address(current.submodule), current.flags);
        PreVerification memory known = _preVerifications[messageId];
        if (known.round == current.number) revert AlreadyPreVerified(messageId, known.deliverableAt);

        uint48 until = _now() + fraudWindow;
        _preVerifications[messageId] = PreVerification({round: current.number, deliverableAt: until, flags: 0});
        emit PreVerified(messageId, current.number, address(current.submodule), until);

        if (!current.submodule.verify(metadata, message)) {
            revert NotVerifiedBySubmodule(messageId, address(current.submodule));
        }
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata, bytes calldata message) external view returns (bool) {
        bytes32 messageId = message.id();
        (Status status, uint256 until) = messageStatus(messageId);
        if (status == Status.FlaggedSubmodule) revert FlaggedSubmodule(address(_round.submodule), _round.flags);
        if (status == Status.NotPreVerified) revert NotPreVerified(messageId);
        if (status == Status.FlaggedMessage) revert FlaggedMessage(messageId, messageFlags(messageId));
        if (status == Status.WindowOpen) revert WindowOpen(until);
        return true;
    }

    /* --------------------------------------------------- watchers --------------------------------------------------- */

    /// @inheritdoc IOptimisticIsm
    function flagMessage(bytes32 messageId) external {
        Round memory current = _round;
        PreVerification memory known = _preVerifications[messageId];
        mapping(address watcher => bool) storage flaggedBy = _messageFlaggedBy[current.number][messageId];
        if (!isEnrolled(msg.sender)) revert NotAWatcher(msg.sender);
        if (known.round != current.number) revert NotPreVerified(messageId);
        if (_now() >= known.deliverableAt) revert WindowClosed(known.deliverableAt);
        if (flaggedBy[msg.sender]) revert AlreadyFlagged(msg.sender);

        flaggedBy[msg.sender] = true;
        uint8 flags = known.flags + 1;
        _preVerifications[messageId].flags = flags;
        emit MessageFlagged(messageId, current.number, msg.sender, flags);
        if (flags == current.threshold) emit MessageRefused(messageId, current.number);
    }

    /// @inheritdoc IOptimisticIsm
    function flagSubmodule() external {
        Round memory current = _round;
        mapping(address watcher => bool) storage flaggedBy = _submoduleFlaggedBy[current.number];
        if (!isEnrolled(msg.sender)) revert NotAWatcher(msg.sender);
        if (flaggedBy[msg.sender]) revert AlreadyFlagged(msg.sender);

        flaggedBy[msg.sender] = true;
        uint8 flags = current.flags + 1;
        _round.flags = flags;
        emit SubmoduleFlagged(address(current.submodule), current.number, msg.sender, flags);
        if (flags == current.threshold) emit SubmoduleRefused(address(current.submodule), current.number);
    }

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @inheritdoc IOptimisticIsm
    function setWatchers(address[] calldata watchers, uint8 threshold) external onlyOwner {
        _startRound();
        _setWatchers(watchers, threshold);
    }

    /// @inheritdoc IOptimisticIsm
    function setSubmodule(IInterchainSecurityModule submodule_) external onlyOwner {
        _startRound();
        _setSubmodule(submodule_);
    }

    /// @notice Always reverts: see OwnerRequired.
    function renounceOwnership() public pure override {
        revert OwnerRequired();
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 128;
    }

    /// @inheritdoc IOptimisticIsm
    function deliverableAt(bytes32 messageId) external view returns (uint256) {
        return _inThisRound(_round.number, messageId).deliverableAt;
    }

    /// @inheritdoc IOptimisticIsm
    function preVerification(bytes32 messageId) external view returns (uint32, uint48, uint8) {
        PreVerification memory known = _preVerifications[messageId];
        return (known.round, known.deliverableAt, known.flags);
    }

    /// @inheritdoc IOptimisticIsm
    function submoduleFlags() external view returns (uint256) {
        return _round.flags;
    }

    /// @inheritdoc IOptimisticIsm
    function hasFlaggedMessage(bytes32 messageId, address watcher) external view returns (bool) {
        return _messageFlaggedBy[_round.number][messageId][watcher];
    }

    /// @inheritdoc IOptimisticIsm
    function hasFlaggedSubmodule(address watcher) external view returns (bool) {
        return _submoduleFlaggedBy[_round.number][watcher];
    }

    /// @inheritdoc IOptimisticIsm
    function round() external view returns (uint32) {
        return _round.number;
    }

    /// @inheritdoc IOptimisticIsm
    function submodule() external view returns (IInterchainSecurityModule) {
        return _round.submodule;
    }

    /// @inheritdoc IOptimisticIsm
    function watchersAndThreshold() external view returns (address[] memory, uint8) {
        return (_watchers, _round.threshold);
    }

    /// @inheritdoc IOptimisticIsm
    function messageStatus(bytes32 messageId) public view returns (Status status, uint256 until) {
        Round memory current = _round;
        PreVerification memory known = _inThisRound(current.number, messageId);
        until = known.deliverableAt;
        if (_isRefused(current, current.flags)) return (Status.FlaggedSubmodule, until);
        if (known.round == 0) return (Status.NotPreVerified, until);
        if (_isRefused(current, known.flags)) return (Status.FlaggedMessage, until);
        if (_now() < until) return (Status.WindowOpen, until);
        return (Status.Deliverable, until);
    }

    /// @inheritdoc IOptimisticIsm
    function messageFlags(bytes32 messageId) public view returns (uint256) {
        return _inThisRound(_round.number, messageId).flags;
    }

    /// @inheritdoc IOptimisticIsm
    function isEnrolled(address account) public view returns (bool) {
        return _enrolledIn[account] == _round.watchersSince;
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _startRound() internal {
        ++_round.number;
        _round.flags = 0;
    }

    function _setSubmodule(IInterchainSecurityModule submodule_) internal {
        if (address(submodule_).code.length == 0) revert NotAContract(address(submodule_));

        _round.submodule = submodule_;
        emit SubmoduleSet(_round.number, address(submodule_));
    }

    function _setWatchers(address[] memory watchers, uint8 threshold) internal {
        AddressSet.requireValid(watchers, threshold);

        uint32 number = _round.number;
        _watchers = watchers;
        _round.watchersSince = number;
        _round.threshold = threshold;
        for (uint256 i; i < watchers.length; ++i) {
            _enrolledIn[watchers[i]] = number;
        }
        emit WatchersSet(number, watchers, threshold);
    }

    /// @dev The message's pre-verification if it is one of the present round, `number`, else zeros.
    function _inThisRound(uint32 number, bytes32 messageId) internal view returns (PreVerification memory known) {
        known = _preVerifications[messageId];
        if (known.round != number) delete known;
    }

    /// @dev Seconds since 1970. Whoever builds blocks can be off by seconds, which is what a window must be long enough for.
    function _now() internal view returns (uint48) {
        // forge-lint: disable-next-line(unsafe-typecast) it lasts 8.9 million years
        return uint48(block.timestamp); // solhint-disable-line not-rely-on-time
    }

    function _isRefused(Round memory current, uint256 flags) internal pure returns (bool) {
        return flags >= current.threshold;
    }
}
