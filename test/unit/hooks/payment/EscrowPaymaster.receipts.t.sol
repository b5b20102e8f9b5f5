// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {IEscrowPaymaster} from "src/interfaces/IEscrowPaymaster.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {DeliveryReceipt} from "src/libraries/DeliveryReceipt.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {EscrowTest} from "../../../kit/EscrowTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";

/// @notice Whom receipts pay, and which are believed.
contract EscrowPaymasterReceiptsTest is EscrowTest {
    /// @dev Brings a receipt that opens nothing: its only entry is skipped.
    function _bringInVain(bytes memory receipt, bytes memory proof, bytes32 id, address payee) internal {
        uint256 amount = _amount(id);
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.ReceiptSkipped(id, payee);
        originMailbox.process(proof, receipt);
        assertEq(_amount(id), amount);
        assertEq(escrow.credit(payee), 0);
    }

    function _hostileProof(bytes memory receipt) internal view returns (bytes memory) {
        uint256[] memory keys = new uint256[](1);
        keys[0] = attackerKey;
        return _proof(receipt, keys);
    }

    /* ------------------------------------------------------- paid --------------------------------------------------- */

    function test_handle_paysWhoDelivered() public {
        bytes32 id = _delivered();
        bytes memory receipt = _sendReceipt(receiptIsm, _ids(id));
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.Paid(id, relayer, QUOTE);
        _bring(receipt);
        assertEq(escrow.credit(relayer), QUOTE);
        assertFalse(_isOpen(id));

        uint256 before = relayer.balance;
        vm.expectEmit(address(escrow));
        emit IEscrowPaymaster.Withdrawn(relayer, QUOTE);
        assertEq(escrow.withdraw(relayer), QUOTE);
        assertEq(relayer.balance, before + QUOTE);
        assertEq(address(escrow).balance, 0);
    }

    function test_handle_ofManyByOneReceipt_paysEachItsDeliverer() public {
        bytes32[] memory ids = new bytes32[](3);
        for (uint256 i; i < 3; ++i) {
            paymaster.setPrice(PRICE * (i + 1));
            bytes memory message = _lock(_terms(), QUOTE * (i + 1));
            _deliver(i == 1 ? bob : relayer, message);
            ids[i] = keccak256(message);
        }
        _claim(ids);
        assertEq(escrow.credit(relayer), QUOTE * 4);
        assertEq(escrow.credit(bob), QUOTE * 2);
        assertEq(address(escrow).balance, QUOTE * 6);
    }

    function test_handle_paysWhatWasAdded() public {
        bytes32 id = _delivered();
        escrow.topUp{value: 11}(id);
        _claim(id);
        assertEq(escrow.credit(relayer), QUOTE + 11);
    }

    function test_handle_paysWhomTheDelivererNamed() public {
        vm.prank(relayer);
        receipts.setPayee(bob);
        _claim(_delivered());
        assertEq(escrow.credit(bob), QUOTE);
        assertEq(escrow.credit(relayer), 0);
    }

    function test_handle_afterEscrowUntil_paysAsLongAsNothingIsRefunded() public {
        bytes32 first = _delivered();
        bytes32 second = _delivered();
        vm.warp(UNTIL + 100 days);
        _refund(first);
        _claim(_ids(first, second));
        assertEq(escrow.credit(refundee), QUOTE);
        assertEq(escrow.credit(relayer), QUOTE);
        assertEq(address(escrow).balance, 2 * QUOTE);
    }

    /* ------------------------------------------------------- once --------------------------------------------------- */

    function test_handle_aSecondReceipt_paysNothing() public {
        // Attempt: anyone has a receipt sent twice, or names a message twice in one.
        bytes32 id = _delivered();
        bytes memory again = _sendReceipt(receiptIsm, _ids(id, id));
        _claim(_ids(id, id));
        assertEq(escrow.credit(relayer), QUOTE);
        _bring(again);
        assertEq(escrow.credit(relayer), QUOTE);
    }

    function test_handle_theSameReceiptAgain_reverts() public {
        bytes memory receipt = _sendReceipt(receiptIsm, _ids(_delivered()));
        _bring(receipt);
        bytes memory proof = _proof(receipt, _keys(0, 1, 2));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(receipt)));
        originMailbox.process(proof, receipt);
    }

    function test_handle_afterTheRefund_paysNothing() public {
        bytes32 id = _delivered();
        bytes memory receipt = _sendReceipt(receiptIsm, _ids(id));
        vm.warp(UNTIL + 1);
        _refund(id);
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, relayer);
        assertEq(escrow.credit(refundee), QUOTE);
    }

    /* ---------------------------------------------------- not chosen ------------------------------------------------ */

    function test_handle_vouchedForByAnotherModule_isSkipped() public {
        // Attempt: the attacker's own module verifies whatever the attacker signs.
        bytes32 id = keccak256(_lock());
        bytes memory receipt = _fromDestination(7, address(receipts), _receiptBody(hostileIsm, _ids(id), attacker));
        _bringInVain(receipt, _hostileProof(receipt), id, attacker);
    }

    function test_handle_namingTheChosenModule_isVerifiedByThat() public {
        // Attempt: the body names the payer's module, the proof holds the attacker's signature, or is one short. The
        // Mailbox's default module would take the latter.
        bytes32 id = keccak256(_lock());
        bytes memory receipt = _fromDestination(7, address(receipts), _receiptBody(receiptIsm, _ids(id), attacker));
        uint256[] memory keys = _keys(0, 1, 2);
        keys[2] = attackerKey;
        bytes memory proof = _proof(receipt, keys);
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 2, attacker));
        originMailbox.process(proof, receipt);
        proof = _proof(receipt, _keys(0, 1));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3));
        originMailbox.process(proof, receipt);
        assertTrue(_isOpen(id));
    }

    function test_handle_fromAnotherDomain_isSkipped() public {
        // Attempt: the receipts contract has the same address on another chain, where a Mailbox delivers what it is told.
        bytes32 id = keccak256(_lock());
        bytes memory body = _receiptBody(receiptIsm, _ids(id), attacker);
        bytes memory receipt =
            Reference.message(0, 3000, address(receipts), ORIGIN, Reference.addr32(address(escrow)), body);
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, attacker);
    }

    function test_handle_fromTheOriginItself_isSkipped() public {
        bytes32 id = keccak256(_lock());
        bytes memory body = _receiptBody(receiptIsm, _ids(id), attacker);
        bytes memory receipt =
            Reference.message(0, ORIGIN, address(receipts), ORIGIN, Reference.addr32(address(escrow)), body);
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, attacker);
    }

    function test_handle_fromAnotherSender_isSkipped() public {
        // Attempt: a message that was really dispatched on the destination, by the attacker.
        bytes32 id = keccak256(_lock());
        bytes memory receipt = _forgeReceipt(attacker, _receiptBody(receiptIsm, _ids(id), attacker));
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, attacker);
    }

    function test_handle_fromAnotherReceiptsContract_isSkipped() public {
        // Attempt: a second DeliveryReceipts, of a Mailbox in which the attacker delivers what it likes.
        bytes32 id = keccak256(_lock());
        address elsewhere = address(Shipped.deliveryReceipts(destinationMailbox));
        bytes memory receipt = _forgeReceipt(elsewhere, _receiptBody(receiptIsm, _ids(id), attacker));
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, attacker);
    }

    function test_handle_ofNoLock_isSkipped() public {
        bytes32 id = keccak256("never locked");
        bytes memory receipt = _fromDestination(0, address(receipts), _receiptBody(receiptIsm, _ids(id), attacker));
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, attacker);
        assertEq(address(escrow).balance, 0);
    }

    function test_handle_withoutPayee_isSkipped() public {
        // A sender of receipts that is broken must not burn the payment.
        bytes32 id = keccak256(_lock());
        bytes memory receipt = _fromDestination(0, address(receipts), _receiptBody(receiptIsm, _ids(id), address(0)));
        _bringInVain(receipt, _proof(receipt, _keys(0, 1, 2)), id, address(0));
        vm.warp(UNTIL + 1);
        _refund(id);
        assertEq(escrow.credit(refundee), QUOTE);
    }

    function test_handle_amongOthers_paysWhatMatches() public {
        // Attempt: spoil a batch with foreign, settled and made-up ids.
        Terms memory terms = _terms();
        terms.receiptIsm = address(hostileIsm);
        bytes memory foreign = _lock(terms, QUOTE);
        _deliver(relayer, foreign);
        bytes32 paid = _delivered();
        _claim(paid);
        bytes32[] memory ids = new bytes32[](5);
        (ids[0], ids[1], ids[2], ids[3], ids[4]) =
        (keccak256(foreign), paid, _delivered(), keccak256("made up"), _delivered());
        _bring(_fromDestination(destinationMailbox.nonce(), address(receipts), _receiptBody(receiptIsm, ids, relayer)));
        assertEq(escrow.credit(relayer), 3 * QUOTE);
        assertTrue(_isOpen(ids[0]));
        assertFalse(_isOpen(ids[2]) || _isOpen(ids[4]));
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_handle_paysExactlyWhatMatches(uint8[6] memory kinds, uint8 receiptKind) public {
        bytes32[] memory ids = new bytes32[](6);
        uint256 owed;
        bool isWhole = receiptKind % 4 == 0; // chosen module, domain and sender
        for (uint256 i; i < 6; ++i) {
            Terms memory terms = _terms();
            if (kinds[i] % 3 == 1) terms.receiptIsm = address(hostileIsm);
            if (kinds[i] % 3 == 2) terms.receiptSender = Reference.addr32(bob);
            ids[i] = keccak256(_lock(terms, QUOTE));
            if (isWhole && kinds[i] % 3 == 0) owed += QUOTE;
            if (receiptKind % 4 == 1 && kinds[i] % 3 == 1) owed += QUOTE;
            if (receiptKind % 4 == 2 && kinds[i] % 3 == 2) owed += QUOTE;
        }
        IInterchainSecurityModule module = receiptKind % 4 == 1 ? hostileIsm : receiptIsm;
        address sender = receiptKind % 4 == 2 ? bob : address(receipts);
        bytes memory receipt = Reference.message(
            0,
            receiptKind % 4 == 3 ? 3000 : DESTINATION,
            sender,
            ORIGIN,
            Reference.addr32(address(escrow)),
            _receiptBody(module, ids, relayer)
        );
        originMailbox.process(module == hostileIsm ? _hostileProof(receipt) : _proof(receipt, _keys(0, 1, 2)), receipt);
        assertEq(escrow.credit(relayer), owed);
        assertEq(address(escrow).balance, 6 * QUOTE);
    }

    /* ---------------------------------------------------- hostile modules ------------------------------------------- */

    function test_handle_ofAHostileModule_releasesWhatChoseIt_andNothingElse() public {
        bytes32 honest = keccak256(_lock());
        Terms memory terms = _terms();
        terms.receiptIsm = address(hostileIsm);
        bytes32 careless = keccak256(_lock(terms, QUOTE));
        bytes memory receipt =
            _fromDestination(0, address(receipts), _receiptBody(hostileIsm, _ids(honest, careless), attacker));
        originMailbox.process(_hostileProof(receipt), receipt);
        assertEq(escrow.credit(attacker), QUOTE);
        assertTrue(_isOpen(honest));
    }

    function test_verify_byAModuleThatCallsBack_findsNothingToTake() public {
        // Attempt: a module that, asked to verify, refunds the lock early, pays itself by `handle`, or asks the escrow
        // again.
        bytes32 id = keccak256(_lock());
        bytes[3] memory calls = [
            abi.encodeCall(escrow.refund, (_ids(id))),
            abi.encodeCall(
                escrow.handle,
                (DESTINATION, Reference.addr32(address(receipts)), _receiptBody(receiptIsm, _ids(id), attacker))
            ),
            abi.encodeCall(escrow.withdraw, (attacker))
        ];
        for (uint32 i; i < calls.length; ++i) {
            ReentrantCaller module = new ReentrantCaller();
            module.plan(address(escrow), calls[i]);
            bytes memory body = _receiptBody(IInterchainSecurityModule(address(module)), _ids(id), attacker);
            bytes memory receipt = _fromDestination(i, address(receipts), body);
            _bringInVain(receipt, "", id, attacker);
            assertEq(module.entries(), 1);
            assertFalse(module.succeeded());
        }
    }

    function test_verify_byAModuleThatSaysNo_reverts() public {
        IInterchainSecurityModule refusing =
            IInterchainSecurityModule(address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(0), 0)));
        bytes32 id = keccak256("message");
        bytes memory receipt = _fromDestination(0, address(receipts), _receiptBody(refusing, _ids(id), attacker));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, keccak256(receipt), address(escrow)));
        originMailbox.process("", receipt);
    }

    function test_route_namesTheModuleOfTheReceipt() public view {
        bytes memory body = _receiptBody(receiptIsm, _ids(keccak256("any")), bob);
        bytes memory receipt = _fromDestination(0, address(receipts), body);
        assertEq(address(escrow.route(receipt)), address(receiptIsm));
        body = _receiptBody(hostileIsm, _ids(keccak256("any")), bob);
        assertEq(address(escrow.route(_fromDestination(0, address(receipts), body))), address(hostileIsm));
    }

    function _expectNotRouted(bytes memory message, bytes memory reason) internal {
        vm.expectRevert(reason);
        escrow.route(message);
        vm.expectRevert(reason);
        escrow.verify("", message);
    }

    function test_route_toNoCodeOrToItself_reverts() public {
        // Attempt: a module that is not there, or an endless recursion.
        bytes memory body = _receiptBody(IInterchainSecurityModule(bob), _ids(keccak256("any")), bob);
        _expectNotRouted(
            _fromDestination(0, address(receipts), body), abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bob)
        );
        body = _receiptBody(IInterchainSecurityModule(address(escrow)), _ids(keccak256("any")), bob);
        _expectNotRouted(
            _fromDestination(0, address(receipts), body),
            abi.encodeWithSelector(IEscrowPaymaster.OwnReceiptIsm.selector)
        );
    }

    function test_route_forAnotherRecipient_reverts() public {
        // Attempt: somebody's recipient trusts the escrow as its module; any message could name its own judge.
        bytes memory body = _receiptBody(hostileIsm, _ids(keccak256("any")), bob);
        bytes32[2] memory others = [Reference.addr32(bob), bytes32(uint256(uint160(address(escrow))) | (1 << 160))];
        for (uint256 i; i < others.length; ++i) {
            bytes memory message = Reference.message(0, DESTINATION, address(receipts), ORIGIN, others[i], body);
            _expectNotRouted(message, abi.encodeWithSelector(IEscrowPaymaster.NotForEscrow.selector, others[i]));
        }
    }

    function test_route_ofNoReceipt_reverts() public {
        bytes memory whole = _receiptBody(receiptIsm, _ids(keccak256("any")), bob);
        for (uint256 length; length < whole.length; ++length) {
            bytes memory body = new bytes(length);
            for (uint256 i; i < length; ++i) {
                body[i] = whole[i];
            }
            _expectNotRouted(
                _fromDestination(0, address(receipts), body),
                abi.encodeWithSelector(DeliveryReceipt.NotAReceipt.selector, length)
            );
        }
        whole[0] = 0x02;
        _expectNotRouted(
            _fromDestination(0, address(receipts), whole),
            abi.encodeWithSelector(DeliveryReceipt.NotAReceipt.selector, 73)
        );
    }

    /* ------------------------------------------------------ entry --------------------------------------------------- */

    function test_handle_byOthersThanTheMailbox_reverts() public {
        bytes32 id = keccak256(_lock());
        bytes memory body = _receiptBody(receiptIsm, _ids(id), attacker);
        bytes32 sender = Reference.addr32(address(receipts));
        address[4] memory callers = [attacker, owner, address(escrow), address(destinationMailbox)];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, callers[i]));
            escrow.handle(DESTINATION, sender, body);
        }
    }

    function test_handle_ofAnotherMailbox_reverts() public {
        // Attempt: the attacker's Mailbox of the same domain, whose default module takes everything.
        IOwnedMailbox elsewhere = Shipped.mailbox(ORIGIN, attacker, Shipped.noopIsm());
        bytes32 id = keccak256(_lock());
        bytes memory receipt = _fromDestination(0, address(receipts), _receiptBody(receiptIsm, _ids(id), attacker));
        bytes memory proof = _proof(receipt, _keys(0, 1, 2));
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, address(elsewhere)));
        elsewhere.process(proof, receipt);
    }

    function test_handle_withValue_reverts() public {
        // Else what a deliverer gives to `process` would stay here for ever.
        bytes memory receipt = _sendReceipt(receiptIsm, _ids(_delivered()));
        bytes memory proof = _proof(receipt, _keys(0, 1, 2));
        vm.expectRevert(abi.encodeWithSelector(IEscrowPaymaster.UnexpectedValue.selector, 1));
        originMailbox.process{value: 1}(proof, receipt);
        originMailbox.process(proof, receipt);
    }

    function test_handle_ofNoReceipt_reverts() public {
        vm.startPrank(address(originMailbox));
        bytes32 sender = Reference.addr32(address(receipts));
        vm.expectRevert(abi.encodeWithSelector(DeliveryReceipt.NotAReceipt.selector, 0));
        escrow.handle(DESTINATION, sender, "");
        bytes memory body = bytes.concat(_receiptBody(receiptIsm, _ids(keccak256("any")), bob), hex"00");
        vm.expectRevert(abi.encodeWithSelector(DeliveryReceipt.NotAReceipt.selector, 74));
        escrow.handle(DESTINATION, sender, body);
    }
}
