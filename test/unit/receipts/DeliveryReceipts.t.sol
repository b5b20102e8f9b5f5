// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";

import {EscrowTest} from "../../kit/EscrowTest.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";
import {RecordingHook} from "../../mocks/RecordingHook.sol";
import {ReentrantCaller} from "../../mocks/ReentrantCaller.sol";
import {RefusingCaller} from "../../mocks/RefusingCaller.sol";
import {FeeHook} from "../../mocks/FeeHook.sol";

contract DeliveryReceiptsTest is EscrowTest {
    uint256 internal constant FEE = 1000;

    bytes32 internal to;
    IPostDispatchHook internal tree;

    function setUp() public override {
        super.setUp();
        to = Reference.addr32(address(escrow));
        tree = destinationMailbox.merkleTreeHook();
    }

    function _expectNotSent(bytes32[] memory ids, bytes memory hookMetadata, bytes memory reason) internal {
        vm.expectRevert(reason);
        receipts.sendReceipts(ORIGIN, to, address(receiptIsm), ids, hookMetadata, tree);
        vm.expectRevert(reason);
        receipts.quoteReceipts(ORIGIN, to, address(receiptIsm), ids, hookMetadata, tree);
    }

    function test_constructor() public {
        assertEq(address(MailboxClient(address(receipts)).mailbox()), address(destinationMailbox));
        assertEq(receipts.MAX_MESSAGES(), 256);
        vm.expectRevert(bytes(""));
        Shipped.deliveryReceipts(IMailbox(bob));
    }

    /* ------------------------------------------------------- payee -------------------------------------------------- */

    function test_payeeOf_isTheProcessor_untilItNamesOne() public {
        assertEq(receipts.payeeOf(relayer), relayer);
        vm.expectEmit(address(receipts));
        emit IDeliveryReceipts.PayeeSet(relayer, bob);
        vm.prank(relayer);
        receipts.setPayee(bob);
        assertEq(receipts.payeeOf(relayer), bob);
        assertEq(receipts.payeeOf(bob), bob);
        vm.prank(relayer);
        receipts.setPayee(address(0));
        assertEq(receipts.payeeOf(relayer), relayer);
    }

    function test_setPayee_byOthers_changesNothing() public {
        // Attempt: be paid for what somebody else delivered.
        bytes32 id = _delivered();
        vm.prank(attacker);
        receipts.setPayee(attacker);
        _claim(id);
        assertEq(escrow.credit(relayer), QUOTE);
        assertEq(escrow.credit(attacker), 0);
    }

    /* ------------------------------------------------------ sending ------------------------------------------------- */

    function test_sendReceipts_saysWhatTheMailboxKnows() public {
        bytes memory first = _lock();
        bytes memory second = _lock();
        _deliver(relayer, second);
        _deliver(bob, first);
        bytes32[] memory ids = _ids(keccak256(first), keccak256(second));
        bytes memory body = abi.encodePacked(uint8(1), receiptIsm, ids[0], bob, ids[1], relayer);
        bytes memory message = _fromDestination(destinationMailbox.nonce(), address(receipts), body);
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.Dispatch(address(receipts), ORIGIN, to, message);
        bytes32 id = receipts.sendReceipts(ORIGIN, to, address(receiptIsm), ids, "", tree);
        assertEq(id, keccak256(message));
    }

    function test_sendReceipts_ofNothing_reverts() public {
        _expectNotSent(new bytes32[](0), "", abi.encodeWithSelector(IDeliveryReceipts.NoMessages.selector));
    }

    function test_sendReceipts_upToTheLimit_andOneMore() public {
        bytes32 id = _delivered();
        bytes32[] memory ids = new bytes32[](256);
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = id;
        }
        bytes memory receipt = _sendReceipt(receiptIsm, ids);
        assertEq(receipt.length, 77 + 21 + 256 * 52);
        ids = new bytes32[](257);
        _expectNotSent(ids, "", abi.encodeWithSelector(IDeliveryReceipts.TooManyMessages.selector, 257));
    }

    function test_sendReceipts_ofWhatIsNotDelivered_reverts() public {
        // Attempt: a receipt for what was dispatched and not delivered, or never dispatched; alone, or behind one that was.
        bytes32 delivered = _delivered();
        bytes32 underway = keccak256(_lock());
        bytes memory reason = abi.encodeWithSelector(IDeliveryReceipts.NotDelivered.selector, underway);
        _expectNotSent(_ids(underway), "", reason);
        _expectNotSent(_ids(delivered, underway), "", reason);
        _expectNotSent(_ids(0), "", abi.encodeWithSelector(IDeliveryReceipts.NotDelivered.selector, bytes32(0)));
    }

    function test_sendReceipts_fromWithinADeliveryThatFails_isUndone() public {
        // Attempt: the message counts as delivered while its module is asked, so a module of the attacker's sends the
        // receipt from there, and then refuses.
        RefusingCaller hostile = new RefusingCaller();
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(address(hostile)));
        bytes memory message = _lock();
        bytes32[] memory ids = _ids(keccak256(message));
        hostile.plan(
            address(receipts), abi.encodeCall(receipts.sendReceipts, (ORIGIN, to, address(receiptIsm), ids, "", tree))
        );
        uint32 before = destinationMailbox.nonce();
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(RefusingCaller.Refused.selector, true));
        destinationMailbox.process("", message);
        assertEq(destinationMailbox.nonce(), before);
        _expectNotSent(ids, "", abi.encodeWithSelector(IDeliveryReceipts.NotDelivered.selector, ids[0]));
    }

    /* ------------------------------------------------------ payment ------------------------------------------------- */

    function test_sendReceipts_paysItsHook_andReturnsTheRest() public {
        address hook = address(new FeeHook(FEE));
        bytes32[] memory ids = _ids(_delivered());
        uint256 quote = receipts.quoteReceipts(ORIGIN, to, address(receiptIsm), ids, "", IPostDispatchHook(hook));
        assertEq(quote, FEE);
        vm.deal(bob, 3 * FEE);
        vm.startPrank(bob);
        receipts.sendReceipts{value: FEE}(ORIGIN, to, address(receiptIsm), ids, "", IPostDispatchHook(hook));
        assertEq(bob.balance, 2 * FEE);
        receipts.sendReceipts{value: FEE + 7}(ORIGIN, to, address(receiptIsm), ids, "", IPostDispatchHook(hook));
        assertEq(bob.balance, FEE);
        assertEq(hook.balance, 2 * FEE);
        assertEq(address(receipts).balance, 0);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, FEE - 1, FEE));
        receipts.sendReceipts{value: FEE - 1}(ORIGIN, to, address(receiptIsm), ids, "", IPostDispatchHook(hook));
    }

    function test_sendReceipts_byTheTree_returnsAll() public {
        vm.deal(bob, FEE);
        bytes32[] memory ids = _ids(_delivered());
        vm.prank(bob);
        receipts.sendReceipts{value: FEE}(ORIGIN, to, address(receiptIsm), ids, "", tree);
        assertEq(bob.balance, FEE);
    }

    function test_sendReceipts_returnsTheRestToWhomTheMetadataNames() public {
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(200_000), refundee);
        receipts.sendReceipts{value: FEE}(ORIGIN, to, address(receiptIsm), _ids(_delivered()), metadata, tree);
        assertEq(refundee.balance, FEE);
    }

    function test_sendReceipts_tellsTheHookWhatTheCallerSaid() public {
        RecordingHook hook = new RecordingHook(0);
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(200_000));
        bytes32[] memory ids = _ids(_delivered());
        vm.prank(bob);
        receipts.sendReceipts(ORIGIN, to, address(receiptIsm), ids, metadata, hook);
        assertEq(hook.metadata(), abi.encodePacked(metadata, bob, address(0), uint48(0)));
    }

    function test_sendReceipts_withoutHook_callsTheDefaultOne() public {
        RecordingHook hook = new RecordingHook(FEE);
        vm.prank(owner);
        destinationMailbox.setDefaultHook(hook);
        bytes32[] memory ids = _ids(_delivered());
        IPostDispatchHook none = IPostDispatchHook(address(0));
        assertEq(receipts.quoteReceipts(ORIGIN, to, address(receiptIsm), ids, "", none), FEE);
        receipts.sendReceipts{value: FEE}(ORIGIN, to, address(receiptIsm), ids, "", none);
        assertEq(hook.calls(), 1);
    }

    function test_sendReceipts_withADeadlineOrOfAnotherVariant_reverts() public {
        bytes32[] memory ids = _ids(_delivered());
        _expectNotSent(
            ids,
            abi.encodePacked(uint16(1), uint256(0), uint256(0), bob, address(0), uint48(5)),
            abi.encodeWithSelector(DeliveryTerms.DeadlineMismatch.selector, 5, 0)
        );
        _expectNotSent(ids, hex"0002", abi.encodeWithSelector(DeliveryTerms.NotStandardMetadata.selector, 2));
    }

    function test_sendReceipts_throughAHostileHook_touchesNothingOfOthers() public {
        // Attempt: the hook sends another receipt from within, for whatever value is there.
        bytes32[] memory ids = _ids(_delivered());
        ReentrantCaller hook = new ReentrantCaller();
        hook.plan(
            address(receipts), abi.encodeCall(receipts.sendReceipts, (ORIGIN, to, address(receiptIsm), ids, "", tree))
        );
        uint32 before = destinationMailbox.nonce();
        receipts.sendReceipts{value: FEE}(ORIGIN, to, address(receiptIsm), ids, "", IPostDispatchHook(address(hook)));
        assertTrue(hook.succeeded());
        assertEq(destinationMailbox.nonce(), before + 2);
        assertEq(address(hook).balance, FEE); // it is the caller's own hook
        assertEq(address(receipts).balance, 0);
    }

    function test_sendReceipts_forAModuleThatIsNotThere_isSentNevertheless() public {
        // Which modules there are on the origin is not known here. It just opens nothing.
        bytes32[] memory ids = _ids(_delivered());
        _sendReceipt(IInterchainSecurityModule(bob), ids);
    }
}
