// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {ExpiringClient} from "src/apps/ExpiringClient.sol";
import {IExpiringClient} from "src/interfaces/IExpiringClient.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";
import {ExpiringMessage} from "src/libraries/ExpiringMessage.sol";

import {Reference} from "../../kit/Reference.sol";
import {ExpiringVault} from "../../mocks/ExpiringVault.sol";
import {RawAnswer} from "../../mocks/RawAnswer.sol";
import {RecordingHook} from "../../mocks/RecordingHook.sol";
import {ReentrantCaller} from "../../mocks/ReentrantCaller.sol";
import {FeeHook} from "../../mocks/FeeHook.sol";
import {ExpiringClientTest} from "./ExpiringClientTest.sol";

/// @notice The side that sends, and is refunded.
contract ExpiringClientOriginTest is ExpiringClientTest {
    /* ------------------------------------------------------ sending ------------------------------------------------- */

    function test_send_locksAndCommits() public {
        assertEq(here.sentCount(), 0);
        bytes memory message = _transfer(DEADLINE); // which checks the bytes
        assertEq(address(here).balance, AMOUNT);
        assertEq(here.sentCount(), 1);
        assertEq(here.outstanding(0), _commitment(DESTINATION, address(there), _body(1, DEADLINE, 0)));
        assertEq(here.outstanding(1), 0);
        assertFalse(here.expired(here.outstanding(0)));
        bytes memory second = _transfer(DEADLINE);
        assertTrue(keccak256(message) != keccak256(second));
        assertEq(here.outstanding(1), _commitment(DESTINATION, address(there), _body(1, DEADLINE, 1)));
    }

    function test_send_withoutDeadline_commitsToNothing() public {
        _transfer(0);
        assertEq(here.sentCount(), 1);
        assertEq(here.outstanding(0), 0);
        // Attempt: a receipt for it. What stands for nothing matches nothing.
        bytes memory receipt = _nextReceipt(0, 0);
        bytes memory proof = _proof(receipt, _keys(0, 1));
        vm.expectRevert(abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 0));
        originMailbox.process(proof, receipt);
    }

    function _expectNotSent(ExpiringClient.Outgoing memory outgoing, bytes memory metadata, bytes memory reason)
        internal
    {
        vm.prank(alice);
        vm.expectRevert(reason);
        here.transfer{value: AMOUNT}(outgoing, bob, AMOUNT, metadata);
    }

    function test_send_whenTheDeadlineIsOver_reverts() public {
        uint48[3] memory over = [1, START - 1, START];
        for (uint256 i; i < over.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IExpiringClient.DeadlineOver.selector, over[i]);
            _expectNotSent(_outgoing(over[i], tree), "", reason);
        }
        _transfer(START + 1);
    }

    function test_send_toNoCounterpart_reverts() public {
        ExpiringClient.Outgoing memory outgoing = _outgoing(DEADLINE, tree);
        outgoing.recipient = Reference.addr32(bob);
        bytes memory reason =
            abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, DESTINATION, outgoing.recipient);
        _expectNotSent(outgoing, "", reason);
        outgoing = _outgoing(DEADLINE, tree);
        outgoing.destination = 3000;
        reason = abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, 3000, outgoing.recipient);
        _expectNotSent(outgoing, "", reason);
    }

    function test_send_tellsTheHooksTheDeadline() public {
        RecordingHook hook = new RecordingHook(5);
        _transfer(DEADLINE, AMOUNT + 5, abi.encodePacked(uint16(1), uint256(0), uint256(77_000)), hook);
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), uint256(77_000), alice, address(0), DEADLINE));
        assertEq(hook.value(), 5);
        assertEq(address(here).balance, AMOUNT);
    }

    function test_send_namingAnotherDeadlineInTheMetadata_reverts() public {
        // Attempt: an escrow that ends before the message can expire.
        Terms memory terms = _terms();
        terms.deadline = DEADLINE - 1;
        bytes memory reason = abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, DEADLINE - 1, DEADLINE);
        _expectNotSent(_outgoing(DEADLINE, escrow), _metadataOf(terms), reason);
        reason = abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, DEADLINE - 1, 0);
        _expectNotSent(_outgoing(0, escrow), _metadataOf(terms), reason);
        reason = abi.encodeWithSelector(DeliveryTerms.NotStandardMetadata.selector, 0);
        _expectNotSent(_outgoing(DEADLINE, tree), hex"00", reason);
    }

    function test_send_returnsWhatTheHookDoesNotTake_toTheCaller() public {
        FeeHook hook = new FeeHook(5);
        vm.prank(alice);
        uint256 quote = here.quoteTransfer(_outgoing(DEADLINE, hook), bob, AMOUNT, "");
        assertEq(quote, AMOUNT + 5);
        _transfer(DEADLINE, quote + 3, "", hook);
        assertEq(alice.balance, 100 ether - quote);
        assertEq(address(here).balance, AMOUNT);
        _transfer(DEADLINE, quote + 3, abi.encodePacked(uint16(1), uint256(0), uint256(0), refundee), hook);
        assertEq(refundee.balance, 3);
    }

    /* ----------------------------------------------------- refunding ------------------------------------------------ */

    function test_handle_ofAReceipt_refunds_once() public {
        (bytes memory message, bytes memory receipt) = _expired();
        uint256 before = alice.balance;
        vm.expectEmit(address(here));
        emit IExpiringClient.Refunded(DESTINATION, Reference.addr32(address(there)), 0);
        vm.expectEmit(address(here));
        emit ExpiringVault.GivenBack(alice, AMOUNT);
        _bringBack(receipt);
        assertEq(alice.balance, before + AMOUNT);
        assertEq(address(here).balance, 0);
        assertEq(here.outstanding(0), 0);
        assertEq(bob.balance, 0);
        assertTrue(destinationMailbox.delivered(keccak256(message)));
    }

    function test_handle_ofASecondReceipt_reverts() public {
        // Attempt: anyone has the receipt sent again.
        _transfer(DEADLINE); // more to take
        (, bytes memory receipt) = _expired();
        bytes memory again = _nextReceipt(DEADLINE, 1);
        there.resendReceipt(ORIGIN, Reference.addr32(address(here)), _body(1, DEADLINE, 1), "", returnTree);
        _bringBack(receipt);
        bytes memory proof = _proof(again, _keys(0, 1));
        vm.expectRevert(abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 1));
        originMailbox.process(proof, again);
        assertEq(address(here).balance, AMOUNT);
    }

    function _expectNotRefunded(bytes memory receipt, bytes memory reason) internal {
        bytes memory proof = _proof(receipt, _keys(0, 1));
        uint256 balance = address(here).balance;
        vm.expectRevert(reason);
        originMailbox.process(proof, receipt);
        assertEq(address(here).balance, balance);
    }

    function test_handle_ofAReceiptThatDiffers_reverts() public {
        // Attempt: a counterpart, or what passes for it, changes the amount, the deadline or the counter.
        _transfer(DEADLINE);
        _transfer(DEADLINE + 1);
        bytes memory reason = abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 0);
        _expectNotRefunded(_nextReceipt(DEADLINE - 1, 0), reason);
        _expectNotRefunded(
            _receiptBy(
                address(there), abi.encodePacked(uint8(2), DEADLINE, uint64(0), abi.encode(alice, bob, 2 ether))
            ),
            reason
        );
        _expectNotRefunded(_receiptBy(address(there), abi.encodePacked(_body(2, DEADLINE, 0), hex"00")), reason);
        _expectNotRefunded(
            _nextReceipt(DEADLINE, 1), abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 1)
        );
        _expectNotRefunded(
            _nextReceipt(DEADLINE, 2), abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 2)
        );
    }

    function test_handle_ofAReceiptFromNoCounterpart_reverts() public {
        // Attempt: the attacker sends the receipt, from the destination or from a chain of its own.
        _transfer(DEADLINE);
        bytes memory receipt = _receiptBy(attacker, _body(2, DEADLINE, 0));
        bytes32 sender = Reference.addr32(attacker);
        _expectNotRefunded(
            receipt, abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, DESTINATION, sender)
        );
        sender = Reference.addr32(address(there));
        receipt =
            Reference.message(0, 3000, address(there), ORIGIN, Reference.addr32(address(here)), _body(2, DEADLINE, 0));
        _expectNotRefunded(receipt, abi.encodeWithSelector(IExpiringClient.NotACounterpart.selector, 3000, sender));
    }

    function test_handle_ofAReceiptFromACounterpartThatTheMessageWasNotFor_reverts() public {
        // Attempt: another counterpart, on another chain, or one that took the place of the first.
        _transfer(DEADLINE);
        here.enroll(3000, Reference.addr32(bob));
        bytes memory receipt =
            Reference.message(0, 3000, bob, ORIGIN, Reference.addr32(address(here)), _body(2, DEADLINE, 0));
        bytes memory reason = abi.encodeWithSelector(IExpiringClient.NotOutstanding.selector, 0);
        _expectNotRefunded(receipt, reason);
        here.enroll(DESTINATION, Reference.addr32(bob));
        _expectNotRefunded(_receiptBy(bob, _body(2, DEADLINE, 0)), reason);
        // And the first, now that it is none any more.
        _expectNotRefunded(
            _nextReceipt(DEADLINE, 0),
            abi.encodeWithSelector(
                IExpiringClient.NotACounterpart.selector, DESTINATION, Reference.addr32(address(there))
            )
        );
    }

    function test_handle_ofAReceiptWithValue_reverts() public {
        (, bytes memory receipt) = _expired();
        bytes memory proof = _proof(receipt, _keys(0, 1));
        vm.expectRevert(abi.encodeWithSelector(IExpiringClient.UnexpectedValue.selector, 1));
        originMailbox.process{value: 1}(proof, receipt);
        originMailbox.process(proof, receipt);
    }

    function test_handle_whenTheRefundIsRefused_canBeTriedAgain() public {
        (, bytes memory receipt) = _expired();
        vm.etch(alice, address(new RawAnswer(RawAnswer.Kind.InvalidOpcode, "", 0)).code);
        _expectNotRefunded(receipt, abi.encodeWithSelector(ExpiringVault.NotGivenBack.selector, alice));
        assertTrue(here.outstanding(0) != 0);
        vm.etch(alice, "");
        _bringBack(receipt);
        assertEq(here.outstanding(0), 0);
    }

    function test_handle_refundTo_aReceiverThatCallsBack_refundsOnce() public {
        // Attempt: while it is refunded, the sender brings a second receipt for the same message.
        _transfer(DEADLINE); // more to take
        (, bytes memory receipt) = _expired();
        bytes memory again = _nextReceipt(DEADLINE, 1);
        there.resendReceipt(ORIGIN, Reference.addr32(address(here)), _body(1, DEADLINE, 1), "", returnTree);
        vm.etch(alice, address(new ReentrantCaller()).code);
        vm.deal(alice, 0);
        ReentrantCaller(payable(alice))
            .plan(address(originMailbox), abi.encodeCall(IMailbox.process, (_proof(again, _keys(0, 1)), again)));
        _bringBack(receipt);
        assertEq(ReentrantCaller(payable(alice)).entries(), 1);
        assertFalse(ReentrantCaller(payable(alice)).succeeded());
        assertEq(alice.balance, AMOUNT);
        assertEq(address(here).balance, AMOUNT); // the other transfer's
    }

    /* ------------------------------------------------------- entry -------------------------------------------------- */

    function test_handle_byOthersThanTheMailbox_reverts() public {
        _transfer(DEADLINE);
        bytes memory body = _body(2, DEADLINE, 0);
        bytes32 sender = Reference.addr32(address(there));
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
        here.handle(DESTINATION, sender, body);
    }

    function test_handle_ofAnUnknownKindOrTooShort_reverts() public {
        _transfer(DEADLINE);
        uint8[3] memory kinds = [0, 3, 255];
        for (uint256 i; i < kinds.length; ++i) {
            _expectNotRefunded(
                _receiptBy(address(there), _body(kinds[i], DEADLINE, 0)),
                abi.encodeWithSelector(IExpiringClient.UnknownKind.selector, kinds[i])
            );
        }
        for (uint256 length; length < 15; ++length) {
            _expectNotRefunded(
                _receiptBy(address(there), new bytes(length)),
                abi.encodeWithSelector(ExpiringMessage.NotAnExpiringMessage.selector, length)
            );
        }
    }
}
