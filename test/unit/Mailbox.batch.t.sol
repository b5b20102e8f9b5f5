// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IBatchInterchainSecurityModule} from "src/interfaces/IBatchInterchainSecurityModule.sol";
import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";
import {MerkleMultiproof} from "src/libraries/MerkleMultiproof.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {BatchReference} from "../kit/BatchReference.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";
import {ReentrantCaller} from "../mocks/ReentrantCaller.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";

/// @notice Batches of real messages, with real signatures over the root that all of them are under.
contract MailboxBatchTest is BaseTest {
    uint256 internal constant BLOCK = 1234;
    uint256 internal constant GAS = 200_000;

    bytes[] internal messages;
    bytes32[] internal leaves;

    function setUp() public override {
        super.setUp();
        vm.roll(BLOCK);
    }

    /* ---------------------------------------------------- batches --------------------------------------------------- */

    function _send(address to, bytes memory body) internal returns (bytes32 id) {
        bytes memory message = _dispatch(to, body);
        id = keccak256(message);
        messages.push(message);
        leaves.push(id);
    }

    function _sendThree() internal {
        _send(address(recipient), "one");
        _send(address(recipient), "two");
        _send(address(recipient), "three");
    }

    /// @dev Metadata for these messages, signed by a quorum over the newest root.
    function _proofOf(uint256[] memory indices) internal view returns (bytes memory) {
        Reference.Checkpoint memory c = _latestCheckpoint(messages[messages.length - 1]);
        bytes memory signatures = _signatures(Reference.checkpointHash(c), _keys(0, 1));
        return BatchReference.metadata(c, BatchReference.siblings(leaves, indices), signatures);
    }

    function _indices(uint256 first, uint256 count) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            indices[i] = first + i;
        }
    }

    /// @dev Of neighbours.
    function _group(uint256 first, uint256 count) internal view returns (bytes memory) {
        return BatchReference.group(count, GAS, _proofOf(_indices(first, count)));
    }

    /// @dev Of one, which `verify` gets: metadata of its own checkpoint's kind.
    function _alone(uint256 index, uint256 gasLimit) internal view returns (bytes memory) {
        return BatchReference.group(1, gasLimit, _metadataOf(index));
    }

    function _metadataOf(uint256 index) internal view returns (bytes memory) {
        bytes32[] memory before = new bytes32[](index + 1);
        for (uint256 i; i <= index; ++i) {
            before[i] = leaves[i];
        }
        Reference.Checkpoint memory c = Reference.Checkpoint({
            origin: ORIGIN,
            tree: Reference.addr32(address(originTree)),
            root: Reference.root(before),
            index: uint32(index),
            messageId: leaves[index]
        });
        return
            bytes.concat(Reference.messageIdMetadata(c), _signatures(Reference.checkpointHash(c), _keys(0, 1)));
    }

    function _processBatch(bytes memory groups) internal {
        vm.prank(relayer);
        destinationMailbox.processBatch(groups, messages);
    }

    function _expectDelivered(uint256 index, bool delivered) internal view {
        bytes32 id = leaves[index];
        assertEq(destinationMailbox.delivered(id), delivered);
        assertEq(destinationMailbox.processor(id), delivered ? relayer : address(0));
        assertEq(destinationMailbox.processedAt(id), delivered ? BLOCK : 0);
    }

    function _expectDelivery(uint256 index) internal {
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.Process(ORIGIN, Reference.addr32(alice), address(recipient));
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.ProcessId(leaves[index]);
    }

    function _expectFailure(uint256 index, bytes memory reason) internal {
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.ProcessFailed(leaves[index], reason);
    }

    /* ---------------------------------------------------- delivery -------------------------------------------------- */

    function test_processBatch_delivers_withTheEventsAndViewsOfProcess() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        for (uint256 i; i < 3; ++i) {
            _expectDelivered(i, false);
        }
        for (uint256 i; i < 3; ++i) {
            _expectDelivery(i);
        }
        _processBatch(groups);
        for (uint256 i; i < 3; ++i) {
            _expectDelivered(i, true);
        }
        assertEq(recipient.received(), 3);
        assertEq(recipient.lastData(), "three");
        assertEq(recipient.lastSender(), Reference.addr32(alice));
    }

    function test_processBatch_ofNothing_doesNothing() public {
        vm.recordLogs();
        destinationMailbox.processBatch("", messages);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_processBatch_groupsAndSingles_inAnyOrder() public {
        TestRecipient other = new TestRecipient();
        other.setInterchainSecurityModule(
            IInterchainSecurityModule(Shipped.messageIdMultisigIsmFactory().deploy(validators, 1))
        );
        _send(address(other), "alone");
        _send(address(recipient), "a");
        _send(address(recipient), "b");
        _send(address(other), "c");
        _send(address(other), "d");
        _processBatch(bytes.concat(_alone(0, GAS), _group(1, 2), _group(3, 2)));
        for (uint256 i; i < 5; ++i) {
            _expectDelivered(i, true);
        }
        assertEq(other.received(), 3);
    }

    /// @dev Of a tree of many, any that are in ascending order.
    function testFuzz_processBatch_sparse(uint256 seed) public {
        uint256[] memory indices = new uint256[](8);
        uint256 count;
        bytes[] memory chosen = new bytes[](8);
        for (uint256 i; i < 24; ++i) {
            _send(address(recipient), abi.encode(i));
            if ((seed >> i) % 2 == 0 || count == 8) continue;
            chosen[count] = messages[i];
            indices[count++] = i;
        }
        vm.assume(count > 1);
        assembly ("memory-safe") {
            mstore(indices, count)
            mstore(chosen, count)
        }
        bytes memory groups = BatchReference.group(count, GAS, _proofOf(indices));
        vm.prank(relayer);
        destinationMailbox.processBatch(groups, chosen);
        assertEq(recipient.received(), count);
        for (uint256 i; i < count; ++i) {
            _expectDelivered(indices[i], true);
        }
    }

    function test_processBatch_whatIsDelivered_isPassedOver() public {
        _sendThree();
        bytes memory metadata = _metadataOf(1);
        vm.prank(relayer);
        destinationMailbox.process(metadata, messages[1]);
        vm.recordLogs();
        _processBatch(_group(0, 3));
        assertEq(vm.getRecordedLogs().length, 2 * 3); // two of the Mailbox, one of the recipient for each
        assertEq(recipient.received(), 3);
        _processBatch(bytes.concat(_alone(0, GAS), _alone(1, GAS), _alone(2, GAS)));
        assertEq(recipient.received(), 3);
    }

    /* ----------------------------------------------- recipients that fail -------------------------------------------- */

    function _failing(RawAnswer.Kind kind, bytes memory data, uint256 padding) internal returns (address failing) {
        failing = address(new RawAnswer(kind, data, padding));
        // It names no module: asked for one it fails too.
    }

    /// @dev In a group and alone.
    function _expectOneFails(address failing, bytes memory reason) internal {
        _send(address(recipient), "first");
        _send(failing, "fails");
        _send(address(recipient), "last");
        bytes[2] memory all = [_group(0, 3), bytes.concat(_alone(0, GAS), _alone(1, GAS), _alone(2, GAS))];
        for (uint256 i; i < 2; ++i) {
            uint256 snapshot = vm.snapshotState();
            _expectFailure(1, reason);
            _processBatch(all[i]);
            _expectDelivered(0, true);
            _expectDelivered(1, false);
            _expectDelivered(2, true);
            vm.revertToState(snapshot);
        }
    }

    function test_processBatch_recipientThatReverts_leavesTheOthers() public {
        _expectOneFails(_failing(RawAnswer.Kind.Revert, "not today", 0), "not today");
    }

    function test_processBatch_reasonIsBounded() public {
        bytes memory bomb = bytes.concat("boom", new bytes(252));
        _expectOneFails(_failing(RawAnswer.Kind.Revert, "boom", 10_000), bomb);
    }

    function test_processBatch_recipientThatBurnsItsGas_leavesTheOthers() public {
        _expectOneFails(_failing(RawAnswer.Kind.InvalidOpcode, "", 0), "");
    }

    function test_processBatch_recipientWithoutCode_leavesTheOthers() public {
        _send(address(recipient), "first");
        _send(bob, "nobody");
        bytes memory groups = _group(0, 2);
        _expectFailure(1, "");
        _processBatch(groups);
        _expectDelivered(0, true);
        _expectDelivered(1, false);
    }

    function test_processBatch_whatFailed_canBeDeliveredLater() public {
        _sendThree();
        recipient.setRefuses(true);
        _processBatch(_group(0, 3));
        assertEq(recipient.received(), 0);
        recipient.setRefuses(false);
        _processBatch(_group(0, 3));
        assertEq(recipient.received(), 3);
    }

    /// @dev What a module counts when it verifies is not counted where the recipient refuses.
    function test_processBatch_alone_whenTheRecipientRefuses_undoesTheModule() public {
        IRateLimitedIsm limit =
            Shipped.rateLimitedIsm(destinationMailbox, owner, 1e18, 1 days, address(recipient));
        recipient.setInterchainSecurityModule(limit);
        _send(address(recipient), abi.encode(Reference.addr32(bob), uint256(4e17)));
        bytes memory groups = BatchReference.group(1, GAS, "");
        recipient.setRefuses(true);
        _expectFailure(0, abi.encodeWithSelector(TestRecipient.Refused.selector));
        _processBatch(groups);
        assertEq(limit.calculateCurrentLevel(), 1e18);
        recipient.setRefuses(false);
        _processBatch(groups);
        _expectDelivered(0, true);
        assertEq(limit.calculateCurrentLevel(), 6e17);
    }

    function test_processBatch_withTooLittleGas_revertsAll() public {
        _sendThree();
        bytes memory groups = BatchReference.group(3, 30_000_000, _proofOf(_indices(0, 3)));
        vm.prank(relayer);
        vm.expectRevert(IMailbox.NotEnoughGas.selector);
        destinationMailbox.processBatch{gas: 20_000_000}(groups, messages);
    }

    function test_processBatch_alone_withTooLittleGas_revertsAll() public {
        _send(address(recipient), "");
        bytes memory groups = _alone(0, 30_000_000);
        vm.prank(relayer);
        vm.expectRevert(IMailbox.NotEnoughGas.selector);
        destinationMailbox.processBatch{gas: 20_000_000}(groups, messages);
    }

    /* ---------------------------------------------- what is not proven ---------------------------------------------- */

    function test_processBatch_oneForged_revertsAll() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = Reference.message(1, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "forged");
        vm.expectPartialRevert(ValidatorSignatures.NotAValidator.selector);
        _processBatch(groups);
    }

    function test_processBatch_forgedAlone_revertsAll() public {
        _sendThree();
        bytes memory groups = bytes.concat(_group(0, 2), _alone(2, GAS));
        messages[2] = Reference.message(2, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "forged");
        vm.expectPartialRevert(ValidatorSignatures.NotAValidator.selector);
        _processBatch(groups);
    }

    function test_processBatch_notVerified_reverts() public {
        address lax = address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(false), 0));
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(lax));
        _sendThree();
        bytes memory groups = BatchReference.group(3, GAS, "");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, leaves[0], lax));
        _processBatch(groups);
        groups = bytes.concat(
            BatchReference.group(1, GAS, ""), BatchReference.group(1, GAS, ""), BatchReference.group(1, GAS, "")
        );
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, leaves[0], lax));
        _processBatch(groups);
    }

    function test_processBatch_otherModule_reverts() public {
        // Attempt: a message to a recipient whose module is another one, carried along by the first one's module.
        IInterchainSecurityModule lax =
            IInterchainSecurityModule(address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(true), 0)));
        TestRecipient mine = new TestRecipient();
        mine.setInterchainSecurityModule(lax);
        _send(address(mine), "");
        messages.push(
            Reference.message(9, ORIGIN, attacker, DESTINATION, Reference.addr32(address(recipient)), "forged")
        );
        bytes memory groups = BatchReference.group(2, GAS, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IMailbox.OtherModule.selector, keccak256(messages[1]), address(lax), address(ism)
            )
        );
        _processBatch(groups);
    }

    function test_processBatch_mixedOrigins_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = Reference.message(1, 7, alice, DESTINATION, Reference.addr32(address(recipient)), "two");
        vm.expectRevert(
            abi.encodeWithSelector(IBatchInterchainSecurityModule.MixedOrigins.selector, ORIGIN, uint32(7))
        );
        _processBatch(groups);
    }

    function test_processBatch_twice_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = messages[0];
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 1));
        _processBatch(groups);
    }

    function test_processBatch_malformedMessages_revert() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        bytes memory good = messages[1];
        messages[1] = new bytes(76);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.MessageTooShort.selector, 76));
        _processBatch(groups);
        messages[1] = good;
        messages[1][0] = 0x04;
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongVersion.selector, 4));
        _processBatch(groups);
        messages[1] = Reference.message(1, ORIGIN, alice, ORIGIN, Reference.addr32(address(recipient)), "two");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongDestination.selector, ORIGIN));
        _processBatch(groups);
    }

    function test_processBatch_wrongGroups_revert() public {
        _sendThree();
        bytes memory none = BatchReference.group(0, GAS, "");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 0, 3));
        _processBatch(none);
        bytes memory tooMany = _group(0, 2);
        tooMany[1] = 0x04;
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 4, 3));
        _processBatch(tooMany);
        bytes memory left = bytes.concat(_group(0, 3), none);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 0, 0));
        _processBatch(left);
        bytes memory cut = _group(0, 2);
        vm.expectRevert(bytes(""));
        _processBatch(cut);
    }

    /* ------------------------------------------------- re-entrancy -------------------------------------------------- */

    /// @dev A recipient that has the next message delivered while it handles its own.
    function test_processBatch_reentered_eachIsHandledOnce() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "calls back");
        _send(address(recipient), "two");
        _send(address(recipient), "three");
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(ism);
        bytes memory nested = abi.encodeCall(IMailbox.process, (_metadataOf(1), messages[1]));
        caller.plan(address(destinationMailbox), nested);
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        _processBatch(_group(0, 3));
        assertTrue(caller.succeeded());
        assertEq(recipient.received(), 2);
        assertEq(destinationMailbox.processor(leaves[1]), address(caller));
        _expectDelivered(0, true);
        _expectDelivered(2, true);
    }

    function test_processBatch_reenteredByItself_eachIsHandledOnce() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "calls back");
        _send(address(recipient), "two");
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.processBatch, (_group(0, 2), messages)));
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        _processBatch(BatchReference.group(2, 10 * GAS, _proofOf(_indices(0, 2))));
        assertTrue(caller.succeeded());
        assertEq(caller.entries(), 1);
        assertEq(recipient.received(), 1);
    }

    /// @dev Attempt: have a receipt sent for a message of the batch that comes later, and that then fails.
    function test_processBatch_reentered_sendsNoReceiptOfWhatComesLater() public {
        IDeliveryReceipts receipts = Shipped.deliveryReceipts(destinationMailbox);
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "asks for a receipt");
        _send(address(recipient), "fails");
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = leaves[1];
        caller.plan(
            address(receipts),
            abi.encodeCall(
                IDeliveryReceipts.sendReceipts,
                (ORIGIN, bytes32(uint256(1)), address(1), ids, "", destinationMailbox.merkleTreeHook())
            )
        );
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        recipient.setRefuses(true);
        _processBatch(_group(0, 2));
        assertFalse(caller.succeeded());
        assertEq(caller.returned(), abi.encodeWithSelector(IDeliveryReceipts.NotDelivered.selector, leaves[1]));
    }

    function test_processAs_byAnyone_reverts() public {
        _send(address(recipient), "");
        bytes memory metadata = _metadataOf(0);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotMailbox.selector, attacker));
        vm.prank(attacker);
        destinationMailbox.processAs(attacker, GAS, metadata, messages[0]);
    }
}
