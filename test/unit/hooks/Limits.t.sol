// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {IPausableHook} from "src/interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRateLimited} from "src/interfaces/IRateLimited.sol";
import {IRateLimitedHook} from "src/interfaces/IRateLimitedHook.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";

import {HookTest} from "../../kit/HookTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";

contract PausableHookTest is HookTest {
    IPausableHook internal hook;
    address internal guardian = makeAddr("guardian");

    function setUp() public override {
        super.setUp();
        hook = Shipped.pausableHook(owner, guardian);
    }

    function _expectPaused() internal {
        bytes32 to = Reference.addr32(address(recipient));
        vm.expectRevert(Pausable.EnforcedPause.selector);
        originMailbox.dispatch(DESTINATION, to, "", "", hook);
    }

    function test_postDispatch_takesNothing() public {
        assertEq(hook.hookType(), 7);
        assertEq(hook.quoteDispatch("", ""), 0);
        _send(hook, DESTINATION, "", 1);
        assertEq(refundee.balance, 1);
    }

    function test_pause_byTheGuardian_untilTheOwnerLiftsIt() public {
        assertEq(hook.guardian(), guardian);
        vm.prank(guardian);
        hook.pause();
        assertTrue(hook.paused());
        _expectPaused();
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, guardian));
        hook.unpause();
        vm.prank(owner);
        hook.unpause();
        assertFalse(hook.paused());
        _send(hook, DESTINATION, "", 0);
    }

    function test_pause_byTheOwner() public {
        vm.prank(owner);
        hook.pause();
        _expectPaused();
    }

    function testFuzz_pause_byAnyoneElse_reverts(address caller) public {
        vm.assume(caller != owner && caller != guardian);
        vm.startPrank(caller);
        vm.expectRevert(abi.encodeWithSelector(IPausableHook.NotGuardian.selector, caller));
        hook.pause();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller));
        hook.setGuardian(caller);
    }

    function test_setGuardian_replaces() public {
        vm.expectEmit(address(hook));
        emit IPausableHook.GuardianSet(bob);
        vm.prank(owner);
        hook.setGuardian(bob);
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IPausableHook.NotGuardian.selector, guardian));
        hook.pause();
        vm.prank(bob);
        hook.pause();
    }
}

/// @notice Ten units per second of what Alice sends.
contract RateLimitedHookTest is HookTest {
    uint256 internal constant CAPACITY = 1000;
    uint256 internal constant DURATION = 100;

    IRateLimitedHook internal hook;

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        hook = Shipped.rateLimitedHook(originMailbox, owner, CAPACITY, DURATION, alice);
    }

    function _transfer(uint256 amount) internal returns (bytes memory) {
        return _send(hook, DESTINATION, abi.encode(bob, amount), 0);
    }

    function _expectExceeded(uint256 amount, uint256 level) internal {
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRateLimited.RateLimitExceeded.selector, amount, level));
        originMailbox.dispatch(DESTINATION, to, abi.encode(bob, amount), "", hook);
    }

    function test_postDispatch_takesNothingButFromTheBucket() public {
        assertEq(hook.hookType(), 10);
        assertEq(hook.sender(), alice);
        assertEq(hook.quoteDispatch("", ""), 0);
        bytes memory message = _send(hook, DESTINATION, abi.encode(bob, 400), 1);
        assertEq(refundee.balance, 1);
        assertEq(hook.calculateCurrentLevel(), 600);
        assertTrue(hook.messageValidated(keccak256(message)));
    }

    function test_postDispatch_aboveTheLevel_reverts_untilItIsRefilled() public {
        _transfer(1000);
        _expectExceeded(1, 0);
        skip(10);
        _expectExceeded(101, 100);
        _transfer(100);
    }

    function testFuzz_postDispatch_neverMoreThanTheBucketHolds(uint256 first, uint256 wait, uint256 second) public {
        first = bound(first, 0, CAPACITY);
        wait = bound(wait, 0, 2 * DURATION);
        second = bound(second, 0, 2 * CAPACITY);
        _transfer(first);
        skip(wait);
        uint256 level = CAPACITY - first + (wait * CAPACITY) / DURATION;
        if (level > CAPACITY) level = CAPACITY;
        if (second > level) _expectExceeded(second, level);
        else _transfer(second);
    }

    /// @dev Somebody else's messages would empty the bucket at no cost.
    function test_postDispatch_ofAnotherSender_reverts() public {
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotFromSender.selector, Reference.addr32(attacker)));
        originMailbox.dispatch(DESTINATION, to, abi.encode(bob, 1000), "", hook);
    }

    /// @dev A message that the attacker made up, one from the past, and one that was counted, again, in its own transaction.
    function test_postDispatch_byTheAttacker_takesNothing() public {
        bytes memory invented = _nextMessage(address(recipient), abi.encode(bob, 1000));
        bytes memory old = _send(feeHook, DESTINATION, abi.encode(bob, 1000), FEE);
        bytes memory counted = _transfer(300);
        vm.startPrank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotDispatching.selector, keccak256(invented)));
        hook.postDispatch("", invented);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotDispatching.selector, keccak256(old)));
        hook.postDispatch("", old);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.AlreadyValidated.selector, keccak256(counted)));
        hook.postDispatch("", counted);
        assertEq(hook.calculateCurrentLevel(), 700);
    }

    function test_postDispatch_bodyOfNoToken_reverts() public {
        bytes32 to = Reference.addr32(address(recipient));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, 63));
        originMailbox.dispatch(DESTINATION, to, new bytes(63), "", hook);
    }

    function test_setRefillRate_byTheOwnerOnly() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, alice));
        hook.setRefillRate(5000);
        vm.prank(owner);
        hook.setRefillRate(0);
        _expectExceeded(1, 0);
    }

    function test_metadataOfAnotherLayout_reverts() public {
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", "");
    }
}
