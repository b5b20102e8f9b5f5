// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Vm} from "forge-std/Vm.sol";

import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IProtocolFee} from "src/interfaces/IProtocolFee.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";

/// @notice The required hook of the origin's Mailbox.
contract ProtocolFeeTest is BaseTest {
    uint256 internal constant CAP = 1 ether;
    uint256 internal constant FEE = 0.01 ether;

    address internal beneficiary = makeAddr("beneficiary");
    IProtocolFee internal hook;

    function setUp() public override {
        super.setUp();
        hook = Shipped.protocolFee(CAP, FEE, beneficiary, owner);
        vm.prank(owner);
        originMailbox.setRequiredHook(hook);
    }

    function _setFee(uint256 fee) internal {
        vm.prank(owner);
        hook.setProtocolFee(fee);
    }

    /// @dev Alice dispatches; what was paid too much goes to Bob.
    function _dispatchWith(uint256 value) internal {
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(50_000), bob);
        vm.prank(alice);
        originMailbox.dispatch{value: value}(DESTINATION, 0, "", metadata, IPostDispatchHook(address(0)));
    }

    /// @dev The hook called as anyone can, with value as the Mailbox would not give it.
    function _post(uint256 value, address refundAddress) internal {
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(50_000), refundAddress);
        bytes memory message = _nextMessage(bob, "");
        vm.prank(alice);
        hook.postDispatch{value: value}(metadata, message);
    }

    function test_constructor() public {
        vm.expectEmit();
        emit IProtocolFee.ProtocolFeeSet(FEE);
        vm.expectEmit();
        emit IProtocolFee.BeneficiarySet(beneficiary);
        hook = Shipped.protocolFee(CAP, FEE, beneficiary, owner);
        assertEq(hook.MAX_PROTOCOL_FEE(), CAP);
        assertEq(hook.protocolFee(), FEE);
        assertEq(hook.beneficiary(), beneficiary);
        assertEq(hook.hookType(), 8);
        assertEq(Ownable2Step(address(hook)).owner(), owner);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFee.FeeAboveCap.selector, CAP + 1, CAP));
        Shipped.protocolFee(CAP, CAP + 1, beneficiary, owner);
        vm.expectRevert(IProtocolFee.ZeroBeneficiary.selector);
        Shipped.protocolFee(CAP, FEE, address(0), owner);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.protocolFee(CAP, FEE, beneficiary, address(0));
    }

    /* ---------------------------------------------------- dispatch -------------------------------------------------- */

    function test_dispatch_takesTheFee() public {
        vm.expectEmit(address(hook));
        emit IProtocolFee.ProtocolFeePaid(alice, FEE);
        _dispatchWith(FEE);
        assertEq(address(hook).balance, FEE);
        assertEq(originMailbox.quoteDispatch(DESTINATION, 0, ""), FEE);
    }

    function test_dispatch_tooLittle_reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, FEE - 1, FEE));
        originMailbox.dispatch{value: FEE - 1}(DESTINATION, 0, "");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, FEE));
        originMailbox.dispatch(DESTINATION, 0, "");
    }

    function testFuzz_dispatch_conservesValue(uint256 fee, uint256 extra) public {
        fee = bound(fee, 0, CAP);
        extra = bound(extra, 0, 10 ether);
        _setFee(fee);
        _dispatchWith(fee + extra);
        assertEq(address(hook).balance, fee);
        assertEq(bob.balance, extra);
    }

    function testFuzz_postDispatch_conservesValue(uint256 fee, uint256 extra) public {
        fee = bound(fee, 0, CAP);
        extra = bound(extra, 0, 10 ether);
        _setFee(fee);
        _post(fee + extra, bob);
        assertEq(address(hook).balance, fee);
        assertEq(bob.balance, extra);
    }

    /// @dev 1 wei too much made a dispatch revert elsewhere, where nothing was due.
    function test_dispatch_valueWhereNothingIsDue_isRefunded() public {
        _setFee(0);
        _dispatchWith(1);
        assertEq(bob.balance, 1);
        _post(1, bob);
        assertEq(bob.balance, 2);
        assertEq(address(hook).balance, 0);
    }

    function test_dispatch_atZero_saysNothing() public {
        _setFee(0);
        vm.recordLogs();
        _dispatchWith(0);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertGt(logs.length, 0);
        for (uint256 i; i < logs.length; ++i) {
            assertNotEq(logs[i].emitter, address(hook));
        }
    }

    function test_postDispatch_refundRefused_reverts() public {
        address refuses = address(new RawAnswer(RawAnswer.Kind.Revert, "no", 0));
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(50_000), refuses);
        bytes memory message = _nextMessage(bob, "");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.RefundFailed.selector, refuses, 1));
        hook.postDispatch{value: FEE + 1}(metadata, message);
    }

    function test_postDispatch_refundReentered_takesNothingMore() public {
        ReentrantCaller caller = new ReentrantCaller();
        _post(FEE, bob);
        caller.plan(address(hook), abi.encodeCall(hook.collectProtocolFees, ()));
        _post(FEE + 7, address(caller));
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, 7);
        assertEq(beneficiary.balance, 2 * FEE);
    }

    function test_metadataOfAnotherVariant_reverts() public {
        bytes memory message = _nextMessage(bob, "");
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        hook.postDispatch(hex"0002", message);
    }

    /* ------------------------------------------------------ payout -------------------------------------------------- */

    function test_collectProtocolFees_byAnyone_toTheBeneficiary() public {
        _dispatchWith(FEE);
        vm.prank(attacker);
        hook.collectProtocolFees();
        assertEq(beneficiary.balance, FEE);
        assertEq(address(hook).balance, 0);
    }

    function test_collectProtocolFees_refused_reverts() public {
        _dispatchWith(FEE);
        address refuses = address(new RawAnswer(RawAnswer.Kind.Revert, "no", 0));
        vm.prank(owner);
        hook.setBeneficiary(refuses);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFee.CollectFailed.selector, refuses, FEE));
        hook.collectProtocolFees();
    }

    function test_collectProtocolFees_reentered_paysOnce() public {
        ReentrantCaller caller = new ReentrantCaller();
        _dispatchWith(FEE);
        vm.prank(owner);
        hook.setBeneficiary(address(caller));
        caller.plan(address(hook), abi.encodeCall(hook.collectProtocolFees, ()));
        hook.collectProtocolFees();
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, FEE);
    }

    /* ------------------------------------------------------ powers -------------------------------------------------- */

    function test_setProtocolFee_upToTheCap() public {
        vm.expectEmit(address(hook));
        emit IProtocolFee.ProtocolFeeSet(CAP);
        _setFee(CAP);
        assertEq(hook.protocolFee(), CAP);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IProtocolFee.FeeAboveCap.selector, CAP + 1, CAP));
        hook.setProtocolFee(CAP + 1);
    }

    function test_setBeneficiary() public {
        vm.expectEmit(address(hook));
        emit IProtocolFee.BeneficiarySet(bob);
        vm.prank(owner);
        hook.setBeneficiary(bob);
        assertEq(hook.beneficiary(), bob);
        vm.prank(owner);
        vm.expectRevert(IProtocolFee.ZeroBeneficiary.selector);
        hook.setBeneficiary(address(0));
    }

    function test_ownersFunctions_byOthers_revert() public {
        address[2] memory others = [attacker, beneficiary];
        for (uint256 i; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, others[i]));
            hook.setProtocolFee(0);
            vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, others[i]));
            hook.setBeneficiary(others[i]);
            vm.stopPrank();
        }
    }
}
