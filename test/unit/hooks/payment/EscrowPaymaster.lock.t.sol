// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {MailboxClient} from "src/MailboxClient.sol";
import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {DeliveryTerms} from "src/libraries/DeliveryTerms.sol";

import {EscrowTest} from "../../../kit/EscrowTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";
import {TwiceHook} from "../../../mocks/TwiceHook.sol";

/// @notice What is locked, for whom and for how long.
contract EscrowPaymasterLockTest is EscrowTest {
    uint256 internal constant MAX_DURATION = 90 days;

    function _expectRefused(Terms memory terms, uint256 value, bytes memory reason) internal {
        bytes memory metadata = _metadataOf(terms);
        vm.prank(alice);
        vm.expectRevert(reason);
        originMailbox.dispatch{value: value}(DESTINATION, Reference.addr32(address(recipient)), "", metadata, escrow);
    }

    function _expectBadTerms(Terms memory terms, bytes memory reason) internal {
        _expectRefused(terms, QUOTE, reason);
        bytes memory metadata = _metadataOf(terms);
        vm.expectRevert(reason);
        originMailbox.quoteDispatch(DESTINATION, Reference.addr32(address(recipient)), "", metadata, escrow);
    }

    function _assertEmpty(bytes32 id) internal view {
        IEscrowPaymaster.Lock memory none;
        assertEq(abi.encode(escrow.lock(id)), abi.encode(none));
    }

    /* --------------------------------------------------- construction ----------------------------------------------- */

    function test_constructor() public view {
        assertEq(address(MailboxClient(address(escrow)).mailbox()), address(originMailbox));
        assertEq(MailboxClient(address(escrow)).localDomain(), ORIGIN);
        assertEq(address(escrow.gasPaymaster()), address(paymaster));
        assertEq(escrow.MAX_DURATION(), MAX_DURATION);
        assertEq(escrow.hookType(), 129);
        assertEq(escrow.moduleType(), 1);
        assertEq(address(escrow.interchainSecurityModule()), address(escrow));
        assertTrue(escrow.supportsMetadata(""));
        assertFalse(escrow.supportsMetadata(hex"0002"));
    }

    function test_constructor_withoutPaymasterOrMailbox_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bob));
        Shipped.escrowPaymaster(originMailbox, IPostDispatchHook(bob));
        vm.expectRevert(bytes(""));
        Shipped.escrowPaymaster(IMailbox(bob), paymaster);
    }

    /* ------------------------------------------------------ locking ------------------------------------------------- */

    function test_dispatch_locksTheQuote() public {
        Terms memory terms = _terms();
        terms.deadline = START + 1 hours;
        bytes32 id = keccak256(_nextMessage(address(recipient), abi.encode(originMailbox.nonce())));
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.Locked(
            id,
            DESTINATION,
            address(receiptIsm),
            terms.receiptSender,
            terms.deadline,
            terms.escrowUntil,
            refundee,
            QUOTE
        );
        _lock(terms, QUOTE);

        IEscrowPaymaster.Lock memory held = escrow.lock(id);
        assertEq(held.receiptIsm, address(receiptIsm));
        assertEq(held.escrowUntil, UNTIL);
        assertEq(held.destination, DESTINATION);
        assertEq(held.refundAddress, refundee);
        assertEq(held.amount, QUOTE);
        assertEq(held.receiptSender, Reference.addr32(address(receipts)));
        assertEq(address(escrow).balance, QUOTE);
        assertEq(alice.balance, 100 ether - QUOTE);
        assertEq(refundee.balance, 0);
        assertEq(address(paymaster).balance, 0);
    }

    function test_dispatch_asksForWhatItTakes() public view {
        bytes memory metadata = _metadataOf(_terms());
        bytes32 to = Reference.addr32(address(recipient));
        assertEq(originMailbox.quoteDispatch(DESTINATION, to, "", metadata, escrow), QUOTE);
    }

    function test_dispatch_returnsTheExcessToTheRefundAddress() public {
        bytes32 id = keccak256(_lock(_terms(), QUOTE + 5));
        assertEq(_amount(id), QUOTE);
        assertEq(refundee.balance, 5);
    }

    function test_dispatch_namingNoRefundAddress_countsOnTheSender() public {
        Terms memory terms = _terms();
        terms.refundAddress = address(0);
        bytes32 id = keccak256(_lock(terms, QUOTE + 5));
        assertEq(escrow.lock(id).refundAddress, alice);
        assertEq(alice.balance, 100 ether - QUOTE);
    }

    function test_dispatch_refundNotTaken_reverts() public {
        Terms memory terms = _terms();
        terms.refundAddress = address(escrow);
        _expectRefused(
            terms, QUOTE + 1, abi.encodeWithSelector(IPostDispatchHook.RefundFailed.selector, address(escrow), 1)
        );
    }

    function test_dispatch_underpaid_reverts() public {
        bytes memory reason = abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, QUOTE - 1, QUOTE);
        _expectRefused(_terms(), QUOTE - 1, reason);
        _expectRefused(_terms(), 0, abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 0, QUOTE));
    }

    function test_dispatch_pricedAtNothing_locksNothing_andCanBeToppedUp() public {
        paymaster.setPrice(0);
        bytes32 id = keccak256(_lock(_terms(), 0));
        assertTrue(_isOpen(id));
        escrow.topUp{value: 7}(id);
        assertEq(_amount(id), 7);
    }

    function test_dispatch_aQuoteThatDoesNotFit_reverts() public {
        uint256 tooMuch = uint256(type(uint96).max) / GAS_LIMIT + 1;
        paymaster.setPrice(tooMuch);
        vm.deal(alice, tooMuch * GAS_LIMIT);
        bytes memory reason =
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, tooMuch * GAS_LIMIT);
        _expectRefused(_terms(), tooMuch * GAS_LIMIT, reason);
        paymaster.setPrice(tooMuch - 1);
        assertEq(_amount(keccak256(_lock(_terms(), tooMuch * GAS_LIMIT))), (tooMuch - 1) * GAS_LIMIT);
    }

    function testFuzz_dispatch_takesTheQuoteAndReturnsTheRest(uint64 price, uint256 value) public {
        paymaster.setPrice(price);
        uint256 quote = price * GAS_LIMIT;
        vm.deal(alice, type(uint96).max);
        value = bound(value, 0, type(uint96).max);
        if (value < quote) {
            _expectRefused(_terms(), value, abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, value, quote));
            return;
        }
        bytes32 id = keccak256(_lock(_terms(), value));
        assertEq(_amount(id), quote);
        assertEq(address(escrow).balance, quote);
        assertEq(refundee.balance, value - quote);
    }

    function test_receive_reverts() public {
        (bool sent, bytes memory data) = address(escrow).call{value: 1}("");
        assertFalse(sent);
        assertEq(data.length, 0);
    }

    /* ----------------------------------------------- once, and only now --------------------------------------------- */

    function test_postDispatch_ofWhatIsNotDispatched_reverts() public {
        // Attempt: a lock for a made-up message, which nobody else could then lock, or which a hostile module would release.
        bytes memory message = _nextMessage(address(recipient), "made up");
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NotDispatching.selector, keccak256(message)));
        escrow.postDispatch{value: QUOTE}(_metadataOf(_terms()), message);
    }

    function test_postDispatch_ofAnEarlierMessage_reverts() public {
        bytes memory first = _lock();
        _lock();
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NotDispatching.selector, keccak256(first)));
        escrow.postDispatch{value: QUOTE}(_metadataOf(_terms()), first);
    }

    function test_postDispatch_ofAnotherMailbox_reverts() public {
        IOwnedMailbox elsewhere = Shipped.mailbox(ORIGIN, owner, ism);
        bytes memory message = _nextMessage(address(recipient), "");
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NotDispatching.selector, keccak256(message)));
        elsewhere.dispatch{value: QUOTE}(
            DESTINATION, Reference.addr32(address(recipient)), "", _metadataOf(_terms()), escrow
        );
    }

    function test_postDispatch_twiceInOneTree_reverts() public {
        // Neither doubled nor lost: the dispatch as a whole fails.
        TwiceHook tree = new TwiceHook(escrow);
        bytes32 id = keccak256(_nextMessage(address(recipient), ""));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.AlreadyLocked.selector, id));
        originMailbox.dispatch{value: 2 * QUOTE}(
            DESTINATION,
            Reference.addr32(address(recipient)),
            "",
            _metadataOf(_terms()),
            IPostDispatchHook(address(tree))
        );
    }

    function test_postDispatch_laterInTheTransaction_reverts() public {
        // Attempt: who is called after the dispatch puts the attacker's module in place of the payer's.
        bytes memory message = _lock();
        Terms memory terms = _terms();
        terms.receiptIsm = address(hostileIsm);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.AlreadyLocked.selector, keccak256(message)));
        escrow.postDispatch{value: QUOTE}(_metadataOf(terms), message);
        assertEq(escrow.lock(keccak256(message)).receiptIsm, address(receiptIsm));
    }

    function test_postDispatch_afterItWasPaidInTheSameTransaction_reverts() public {
        // Attempt: one message, locked a second time after its first lock is gone.
        bytes memory message = _lock();
        _deliver(relayer, message);
        _claim(keccak256(message));
        assertFalse(_isOpen(keccak256(message)));
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.AlreadyLocked.selector, keccak256(message)));
        escrow.postDispatch{value: QUOTE}(_metadataOf(_terms()), message);
    }

    function test_postDispatch_byAnyone_locksADispatchThatHasNoLock() public {
        // As the interface says, it is the payment that counts, not who pays.
        bytes memory message = _dispatch(address(recipient), "unpaid");
        vm.deal(bob, QUOTE);
        vm.prank(bob);
        escrow.postDispatch{value: QUOTE}(_metadataOf(_terms()), message);
        assertEq(_amount(keccak256(message)), QUOTE);
    }

    function test_dispatch_nestedInTheRefund_locksBoth() public {
        // Attempt: the refund address dispatches with the escrow while the outer dispatch is still under way.
        ReentrantCaller nested = new ReentrantCaller();
        Terms memory terms = _terms();
        bytes memory call = abi.encodeWithSignature(
            "dispatch(uint32,bytes32,bytes,bytes,address)", DESTINATION, bytes32(0), "", _metadataOf(terms), escrow
        );
        nested.plan(address(originMailbox), call);
        paymaster.setPrice(0); // it has nothing to pay with
        terms.refundAddress = address(nested);
        bytes32 outer = keccak256(_lock(terms, 1));
        assertTrue(nested.succeeded());
        bytes32 inner = abi.decode(nested.returned(), (bytes32));
        assertTrue(_isOpen(outer) && _isOpen(inner) && outer != inner);
        assertEq(escrow.lock(outer).refundAddress, address(nested));
        assertEq(escrow.lock(inner).refundAddress, refundee);
    }

    function test_dispatch_nestedInTheRefund_canNotLockTheOuterAgain() public {
        // Attempt: after the nested dispatch, the outer message is locked once more.
        bytes memory outer = _lock();
        originMailbox.dispatch(DESTINATION, 0, "");
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NotDispatching.selector, keccak256(outer)));
        escrow.postDispatch{value: QUOTE}(_metadataOf(_terms()), outer);
    }

    /* ------------------------------------------------------- terms -------------------------------------------------- */

    function test_dispatch_withoutAllTerms_reverts() public {
        bytes memory whole = _metadataOf(_terms());
        assertEq(whole.length, 170);
        for (uint256 length; length < whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) {
                cut[i] = whole[i];
            }
            bytes memory reason = abi.encodeWithSelector(DeliveryTerms.TermsMissing.selector, length);
            if (length == 1) reason = abi.encodeWithSelector(IPostDispatchHook.MetadataNotSupported.selector);
            vm.expectRevert(reason);
            originMailbox.dispatch{value: QUOTE}(DESTINATION, 0, "", cut, escrow);
        }
    }

    function test_dispatch_moreBehindTheTerms_isFine() public {
        bytes memory metadata = bytes.concat(_metadataOf(_terms()), "for another hook");
        assertTrue(_isOpen(keccak256(_lockBy(escrow, metadata, QUOTE))));
    }

    function test_dispatch_anotherVariant_reverts() public {
        bytes memory metadata = _metadataOf(_terms());
        metadata[1] = 0x02;
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        originMailbox.dispatch{value: QUOTE}(DESTINATION, 0, "", metadata, escrow);
    }

    function test_dispatch_paidInAToken_reverts() public {
        bytes memory metadata = _metadataOf(_terms());
        metadata[105] = 0x01;
        bytes memory reason = abi.encodeWithSelector(IEscrowPaymaster.FeeTokenNotSupported.selector, address(1));
        vm.expectRevert(reason);
        originMailbox.dispatch{value: QUOTE}(DESTINATION, 0, "", metadata, escrow);
        vm.expectRevert(reason);
        originMailbox.quoteDispatch(DESTINATION, 0, "", metadata, escrow);
    }

    function _outOfRange(Terms memory terms, uint256 earliest) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IEscrowPaymaster.EscrowUntilOutOfRange.selector, terms.escrowUntil, earliest, START + MAX_DURATION
        );
    }

    function test_dispatch_lockedUntilNowOrTooLong_reverts() public {
        Terms memory terms = _terms();
        uint48[5] memory bad = [0, 1, START, uint48(START + MAX_DURATION + 1), type(uint48).max];
        for (uint256 i; i < bad.length; ++i) {
            terms.escrowUntil = bad[i];
            _expectBadTerms(terms, _outOfRange(terms, START + 1));
        }
        terms.escrowUntil = START + 1;
        assertTrue(_isOpen(keccak256(_lock(terms, QUOTE))));
        terms.escrowUntil = uint48(START + MAX_DURATION);
        assertTrue(_isOpen(keccak256(_lock(terms, QUOTE))));
    }

    function test_dispatch_lockedUntilTheDeadlineOrBefore_reverts() public {
        Terms memory terms = _terms();
        terms.deadline = UNTIL;
        _expectBadTerms(terms, _outOfRange(terms, UNTIL + 1));
        terms.deadline = type(uint48).max;
        _expectBadTerms(terms, _outOfRange(terms, uint256(type(uint48).max) + 1));
        terms.deadline = UNTIL - 1;
        assertTrue(_isOpen(keccak256(_lock(terms, QUOTE))));
    }

    function test_dispatch_aDeadlineThatIsOver_changesNothing() public {
        // It is the destination's clock; whether the deadline makes sense is the application's business.
        Terms memory terms = _terms();
        terms.deadline = 1;
        assertTrue(_isOpen(keccak256(_lock(terms, QUOTE))));
    }

    function test_dispatch_aReceiptIsmWithoutCode_reverts() public {
        Terms memory terms = _terms();
        address[2] memory bad = [address(0), bob];
        for (uint256 i; i < bad.length; ++i) {
            terms.receiptIsm = bad[i];
            _expectBadTerms(terms, abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bad[i]));
        }
    }

    function test_dispatch_theEscrowAsReceiptIsm_reverts() public {
        Terms memory terms = _terms();
        terms.receiptIsm = address(escrow);
        _expectBadTerms(terms, abi.encodeWithSelector(IEscrowPaymaster.OwnReceiptIsm.selector));
    }

    function test_dispatch_withoutReceiptSender_reverts() public {
        Terms memory terms = _terms();
        terms.receiptSender = 0;
        _expectBadTerms(terms, abi.encodeWithSelector(IEscrowPaymaster.ZeroReceiptSender.selector));
    }

    function test_dispatch_aReceiptSenderThatIsNoEvmAccount_isFine() public {
        Terms memory terms = _terms();
        terms.receiptSender = bytes32(type(uint256).max);
        assertEq(escrow.lock(keccak256(_lock(terms, QUOTE))).receiptSender, terms.receiptSender);
    }

    /* ------------------------------------------------------ topping up ---------------------------------------------- */

    function test_topUp_addsToTheLock_whoeverPays() public {
        bytes32 id = keccak256(_lock());
        vm.deal(bob, 9);
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.ToppedUp(id, bob, 9);
        vm.prank(bob);
        escrow.topUp{value: 9}(id);
        assertEq(_amount(id), QUOTE + 9);
        assertEq(address(escrow).balance, QUOTE + 9);
        _assertEmpty(keccak256("another"));
        // It follows the rules of the lock: it goes back to the payer, not to who added it.
        vm.warp(UNTIL + 1);
        _refund(id);
        assertEq(escrow.credit(refundee), QUOTE + 9);
        assertEq(escrow.credit(bob), 0);
    }

    function test_topUp_withoutLock_reverts() public {
        bytes32 id = keccak256("nothing");
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoLock.selector, id));
        escrow.topUp{value: 1}(id);
        id = _delivered();
        _claim(id);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoLock.selector, id));
        escrow.topUp{value: 1}(id);
        id = keccak256(_lock());
        vm.warp(UNTIL + 1);
        _refund(id);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.NoLock.selector, id));
        escrow.topUp{value: 1}(id);
    }

    function test_topUp_inTheLastSecond_andAfterIt() public {
        bytes32 id = keccak256(_lock());
        vm.warp(UNTIL);
        escrow.topUp{value: 1}(id);
        vm.warp(UNTIL + 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.EscrowEnded.selector, id, UNTIL));
        escrow.topUp{value: 1}(id);
    }

    function test_topUp_moreThanFits_reverts() public {
        bytes32 id = keccak256(_lock());
        uint256 room = type(uint96).max - QUOTE;
        vm.deal(address(this), room + 1);
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, uint256(type(uint96).max) + 1)
        );
        escrow.topUp{value: room + 1}(id);
        escrow.topUp{value: room}(id);
        assertEq(_amount(id), type(uint96).max);
    }
}
