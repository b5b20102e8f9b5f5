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
import {ReentrantCaller} from "../../mocks/ReentrantCaller.sol";

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

    function testFuzz_postDispatch_refundsAll(uint256 value) public {
        value = bound(value, 0, 100 ether);
        _send(hook, DESTINATION, "", value);
        assertEq(refundee.balance, value);
        assertEq(address(hook).balance, 0);
    }

    function test_metadataOfAnotherLayout_reverts() public {
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", "");
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

    /// @dev The whole test is one transaction, and each counts; afterwards the attacker can have neither counted again.
    function test_postDispatch_twoDispatchesInOneTransaction_countEach() public {
        bytes memory first = _transfer(300);
        bytes memory second = _transfer(200);
        assertEq(hook.calculateCurrentLevel(), 500);
        vm.startPrank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotDispatching.selector, keccak256(first)));
        hook.postDispatch("", first);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.AlreadyValidated.selector, keccak256(second)));
        hook.postDispatch("", second);
    }

    /// @dev Whoever gets the refund is called in the middle of it: what it has counted again must already count as counted.
    function test_postDispatch_reenteredByTheRefund_countsOnce() public {
        ReentrantCaller caller = new ReentrantCaller();
        bytes memory message = _nextMessage(address(recipient), abi.encode(bob, 300));
        caller.plan(address(hook), abi.encodeCall(hook.postDispatch, ("", message)));
        refundee = address(caller);
        _send(hook, DESTINATION, abi.encode(bob, 300), 1);
        assertEq(caller.entries(), 1);
        assertFalse(caller.succeeded());
        bytes memory refusal = abi.encodeWithSelector(IRateLimitedHook.AlreadyValidated.selector, keccak256(message));
        assertEq(caller.returned(), refusal);
        assertEq(hook.calculateCurrentLevel(), 700);
    }

    /// @dev Who dispatches something else before it is called, from a refund to its sender for instance, has it refuse.
    function test_postDispatch_afterANestedDispatch_reverts() public {
        bytes memory message = _send(feeHook, DESTINATION, abi.encode(bob, 300), FEE);
        originMailbox.dispatch(DESTINATION, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotDispatching.selector, keccak256(message)));
        hook.postDispatch("", message);
        assertEq(hook.calculateCurrentLevel(), CAPACITY);
    }

    /// @dev A Mailbox that the attacker made says what the attacker likes.
    function test_postDispatch_ofAnotherMailbox_reverts() public {
        bytes32 to = Reference.addr32(address(recipient));
        bytes memory body = abi.encode(bob, 1000);
        bytes32 id = keccak256(Reference.message(0, DESTINATION, alice, ORIGIN, to, body));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.NotDispatching.selector, id));
        destinationMailbox.dispatch(ORIGIN, to, body, "", hook);
    }

    /// @dev It counts what the sender dispatches, whoever calls it for that: as much as was really sent, no more.
    function test_postDispatch_ofAMessageThatWentPastIt_countsOnce() public {
        bytes memory message = _send(feeHook, DESTINATION, abi.encode(bob, 300), FEE);
        vm.startPrank(attacker);
        hook.postDispatch("", message);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedHook.AlreadyValidated.selector, keccak256(message)));
        hook.postDispatch("", message);
        assertEq(hook.calculateCurrentLevel(), 700);
    }

    function testFuzz_postDispatch_refundsAll(uint256 value) public {
        value = bound(value, 0, 100 ether);
        _send(hook, DESTINATION, abi.encode(bob, 1), value);
        assertEq(refundee.balance, value);
        assertEq(address(hook).balance, 0);
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
