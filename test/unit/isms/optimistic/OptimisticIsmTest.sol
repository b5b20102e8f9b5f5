// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {IOwnedOptimisticIsm, Shipped} from "../../../kit/Shipped.sol";

/// @notice An optimistic module over the real 2-of-3 multisig: 2 of 3 watchers refuse. One message has been dispatched to a
///         recipient that trusts the module, and a quorum has signed it.
abstract contract OptimisticIsmTest is BaseTest {
    uint48 internal constant WINDOW = 1 hours;
    uint8 internal constant FLAGS = 2;
    uint256 internal constant START = 1_800_000_000;

    address[] internal watchers;
    IOwnedOptimisticIsm internal module;
    bytes internal message;
    bytes internal metadata;
    bytes32 internal id;

    function setUp() public virtual override {
        super.setUp();
        vm.warp(START);
        for (uint256 i; i < 3; ++i) {
            watchers.push(makeAddr(string.concat("watcher ", vm.toString(i))));
        }
        module = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, FLAGS);
        recipient.setInterchainSecurityModule(module);
        message = _dispatch(address(recipient), "body");
        metadata = _metadata(message);
        id = keccak256(message);
    }

    /* ---------------------------------------------------- actions --------------------------------------------------- */

    function _preVerify() internal {
        vm.prank(relayer);
        module.preVerify(metadata, message);
    }

    function _flagMessage(uint256 watcher) internal {
        vm.prank(watchers[watcher]);
        module.flagMessage(id);
    }

    function _flagSubmodule(uint256 watcher) internal {
        vm.prank(watchers[watcher]);
        module.flagSubmodule();
    }

    function _setWatchers(address[] memory set, uint8 threshold) internal {
        vm.prank(owner);
        module.setWatchers(set, threshold);
    }

    function _setSubmodule(IInterchainSecurityModule submodule) internal {
        vm.prank(owner);
        module.setSubmodule(submodule);
    }

    function _one(address account) internal pure returns (address[] memory set) {
        set = new address[](1);
        set[0] = account;
    }

    /* --------------------------------------------------- assertions ------------------------------------------------- */

    /// @dev The module refuses, and with it the Mailbox.
    function _assertRefused(bytes memory reason) internal {
        vm.expectRevert(reason);
        module.verify("", message);
        vm.expectRevert(reason);
        destinationMailbox.process("", message);
    }

    function _assertDelivers() internal {
        assertTrue(module.verify("", message));
        vm.prank(relayer);
        destinationMailbox.process("", message);
        assertEq(recipient.received(), 1);
        assertEq(recipient.lastData(), "body");
    }

    function _assertStatus(IOptimisticIsm.Status expected, uint256 expectedDeliverableAt) internal view {
        (IOptimisticIsm.Status status, uint256 at) = module.messageStatus(id);
        assertEq(uint8(status), uint8(expected));
        assertEq(at, expectedDeliverableAt);
        assertEq(module.deliverableAt(id), expectedDeliverableAt);
    }

    function _assertPreVerification(uint32 round, uint256 at, uint8 flags) internal view {
        (uint32 knownRound, uint48 knownAt, uint8 knownFlags) = module.preVerification(id);
        assertEq(knownRound, round);
        assertEq(knownAt, at);
        assertEq(knownFlags, flags);
    }

    /* ----------------------------------------------------- errors --------------------------------------------------- */

    function _notPreVerified() internal view returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.NotPreVerified.selector, id);
    }

    function _windowOpen(uint256 until) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.WindowOpen.selector, until);
    }

    function _windowClosed(uint256 since) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.WindowClosed.selector, since);
    }

    function _flaggedMessage(uint256 flags) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.FlaggedMessage.selector, id, flags);
    }

    function _flaggedSubmodule(uint256 flags) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.FlaggedSubmodule.selector, address(ism), flags);
    }

    function _notAWatcher(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.NotAWatcher.selector, account);
    }

    function _alreadyFlagged(uint256 watcher) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.AlreadyFlagged.selector, watchers[watcher]);
    }

    function _alreadyPreVerified(uint256 at) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IOptimisticIsm.AlreadyPreVerified.selector, id, at);
    }
}
