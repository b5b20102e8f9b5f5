// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";

import {EscrowTest} from "../../../kit/EscrowTest.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";

/// @notice Payments that nobody earned, and credits.
contract EscrowPaymasterRefundTest is EscrowTest {
    /* ------------------------------------------------------ refunds ------------------------------------------------- */

    function test_refund_isExactToTheSecond() public {
        bytes32 id = keccak256(_lock());
        uint48[2] memory early = [START, UNTIL];
        for (uint256 i; i < early.length; ++i) {
            vm.warp(early[i]);
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowNotEnded.selector, id, UNTIL));
            _refund(id);
        }
        vm.warp(UNTIL + 1);
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.Refunded(id, refundee, QUOTE);
        vm.prank(attacker); // anyone
        _refund(id);
        assertEq(escrow.credit(refundee), QUOTE);
        assertEq(refundee.balance, 0);
        assertFalse(_isOpen(id));
        escrow.withdraw(refundee);
        assertEq(refundee.balance, QUOTE);
    }

    function test_refund_ofWhatWasDelivered_withoutReceipt() public {
        // What the deliverer risks: the receipt does not come back in time.
        bytes32 id = _delivered();
        vm.warp(UNTIL + 1);
        _refund(id);
        assertEq(escrow.credit(refundee), QUOTE);
    }

    function test_refund_afterPayment_givesNothing() public {
        bytes32 id = _delivered();
        _claim(id);
        vm.warp(UNTIL + 1);
        _refund(id);
        assertEq(escrow.credit(refundee), 0);
        assertEq(escrow.credit(relayer), QUOTE);
    }

    function test_refund_twice_givesOnce() public {
        bytes32 id = keccak256(_lock());
        vm.warp(UNTIL + 1);
        escrow.refund(_ids(id, id));
        _refund(id);
        assertEq(escrow.credit(refundee), QUOTE);
    }

    function test_refund_ofMany_passesOverWhatIsSettled() public {
        // Attempt: refund one of a batch first, so that the batch fails.
        bytes32 first = keccak256(_lock());
        bytes32 second = keccak256(_lock());
        vm.warp(UNTIL + 1);
        _refund(first);
        vm.recordLogs();
        escrow.refund(_ids(first, keccak256("never locked"), second));
        assertEq(vm.getRecordedLogs().length, 1); // nothing is said of them either
        assertEq(escrow.credit(refundee), 2 * QUOTE);
    }

    function test_refund_ofMany_ofWhichOneIsLocked_reverts() public {
        bytes32 first = keccak256(_lock());
        Terms memory terms = _terms();
        terms.escrowUntil = UNTIL + 1;
        bytes32 second = keccak256(_lock(terms, QUOTE));
        vm.warp(UNTIL + 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowNotEnded.selector, second, UNTIL + 1));
        escrow.refund(_ids(first, second));
    }

    function testFuzz_refund_onlyAfterItsEnd(uint48 until, uint48 time) public {
        Terms memory terms = _terms();
        terms.escrowUntil = uint48(bound(until, START + 1, START + 90 days));
        time = uint48(bound(time, START, START + 180 days));
        bytes32 id = keccak256(_lock(terms, QUOTE));
        vm.warp(time);
        if (time <= terms.escrowUntil) {
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowNotEnded.selector, id, terms.escrowUntil));
        }
        _refund(id);
        assertEq(_isOpen(id), time <= terms.escrowUntil);
    }

    /* ---------------------------------------------------- withdrawals ----------------------------------------------- */

    function test_withdraw_ofNothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoCredit.selector, bob));
        escrow.withdraw(bob);
        _claim(_delivered());
        escrow.withdraw(relayer);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoCredit.selector, relayer));
        escrow.withdraw(relayer);
    }

    function test_withdraw_byAnyone_goesToTheAccount() public {
        _claim(_delivered());
        uint256 before = relayer.balance;
        vm.prank(attacker);
        escrow.withdraw(relayer);
        assertEq(relayer.balance, before + QUOTE);
        assertEq(attacker.balance, 0);
    }

    function test_withdraw_byAReceiverThatRefuses_keepsItsCredit_andHarmsNobody() public {
        RawAnswer.Kind[3] memory kinds = [RawAnswer.Kind.Revert, RawAnswer.Kind.InvalidOpcode, RawAnswer.Kind.Loop];
        for (uint256 i; i < kinds.length; ++i) {
            address refusing = address(new RawAnswer(kinds[i], "", 100_000));
            vm.prank(relayer);
            receipts.setPayee(refusing);
            _claim(_delivered());
            vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.WithdrawalFailed.selector, refusing, QUOTE));
            escrow.withdraw{gas: 3_000_000}(refusing);
            assertEq(escrow.credit(refusing), QUOTE);
        }
        vm.prank(relayer);
        receipts.setPayee(address(0));
        _claim(_delivered());
        escrow.withdraw(relayer);
        assertEq(address(escrow).balance, 3 * QUOTE);
    }

    function test_withdraw_again_fromWithin_getsNothingMore() public {
        // Attempt: withdraw while withdrawing, or refund the same lock again.
        bytes32 locked = keccak256(_lock()); // somebody else's
        ReentrantCaller hostile = new ReentrantCaller();
        hostile.plan(address(escrow), abi.encodeCall(escrow.withdraw, (address(hostile))));
        vm.prank(relayer);
        receipts.setPayee(address(hostile));
        _claim(_delivered());
        escrow.withdraw(address(hostile));
        assertFalse(hostile.succeeded());
        assertEq(hostile.returned(), abi.encodeWithSelector(IEscrowPaymaster.NoCredit.selector, address(hostile)));
        assertEq(address(hostile).balance, QUOTE);
        assertEq(address(escrow).balance, QUOTE);
        assertTrue(_isOpen(locked));
    }
}
