// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";

import {BatchReference} from "../kit/BatchReference.sol";
import {BatchTest} from "../kit/BatchTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";
import {GreedyRecipient} from "../mocks/GreedyRecipient.sol";

/// @notice What a batch delivers, and what a recipient that fails does to it.
contract MailboxBatchTest is BatchTest {
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

    /// @dev The events of each come behind what its recipient does; of one on its own, before it, as with `process`.
    function test_processBatch_emitsInThisOrder() public {
        _sendThree();
        vm.recordLogs();
        _processBatch(bytes.concat(_group(0, 2), _alone(2, GAS)));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32 received = TestRecipient.ReceivedMessage.selector;
        bytes32[9] memory expected = [
            received,
            IMailbox.Process.selector,
            IMailbox.ProcessId.selector,
            received,
            IMailbox.Process.selector,
            IMailbox.ProcessId.selector,
            IMailbox.Process.selector,
            IMailbox.ProcessId.selector,
            received
        ];
        assertEq(logs.length, expected.length);
        for (uint256 i; i < expected.length; ++i) {
            assertEq(logs[i].topics[0], expected[i]);
        }
    }

    function test_processBatch_withValue_reverts() public {
        _sendThree();
        bytes memory call = abi.encodeCall(IMailbox.processBatch, (_group(0, 3), messages));
        vm.prank(relayer);
        (bool success, bytes memory reason) = address(destinationMailbox).call{value: 1}(call);
        assertFalse(success);
        assertEq(reason, "");
    }

    /// @dev A message twice in one batch, in groups of its own: handled once.
    function test_processBatch_twiceInGroupsOfTheirOwn_isHandledOnce() public {
        _sendThree();
        messages[1] = messages[2] = messages[0];
        _processBatch(bytes.concat(_alone(0, GAS), _alone(0, GAS), _alone(0, GAS)));
        assertEq(recipient.received(), 1);
    }

    /// @dev A limited module is asked for each, and lets through what fits.
    function test_processBatch_limitedModule_countsEach() public {
        IRateLimitedIsm limit = Shipped.rateLimitedIsm(destinationMailbox, owner, 1e18, 1 days, address(recipient));
        recipient.setInterchainSecurityModule(limit);
        _send(address(recipient), abi.encode(Reference.addr32(bob), uint256(6e17)));
        _send(address(recipient), abi.encode(Reference.addr32(bob), uint256(3e17)));
        bytes memory one = BatchReference.group(1, GAS, "");
        _processBatch(bytes.concat(one, one));
        assertEq(recipient.received(), 2);
        assertEq(limit.calculateCurrentLevel(), 1e17);
    }

    /// @dev Attempt: have it verify a group, where it could not count.
    function test_processBatch_limitedModule_verifiesNoGroup() public {
        IRateLimitedIsm limit = Shipped.rateLimitedIsm(destinationMailbox, owner, 1e18, 1 days, address(recipient));
        recipient.setInterchainSecurityModule(limit);
        _send(address(recipient), abi.encode(Reference.addr32(bob), uint256(6e17)));
        _send(address(recipient), abi.encode(Reference.addr32(bob), uint256(6e17)));
        vm.expectRevert(bytes(""));
        _processBatch(BatchReference.group(2, GAS, ""));
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
        // The last message is not the one that is signed for: three more come after.
        _sendThree();
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
        IRateLimitedIsm limit = Shipped.rateLimitedIsm(destinationMailbox, owner, 1e18, 1 days, address(recipient));
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

    /// @dev Whoever delivers decides what gas a recipient gets, as with `process`; one that gets too little loses nothing.
    function test_processBatch_starvedRecipient_isUndelivered() public {
        _sendThree();
        _expectFailure(0, "");
        _processBatch(BatchReference.group(3, 10_000, _proofOf(_indices(0, 3))));
        assertEq(recipient.received(), 0);
        _processBatch(_group(0, 3));
        assertEq(recipient.received(), 3);
    }

    /// @dev Each gets all of the gas that its group names, or none of the batch happens.
    function testFuzz_processBatch_withAnyGas_givesWhatItPromises(uint256 gas) public {
        GreedyRecipient greedy = new GreedyRecipient();
        _send(address(greedy), "one");
        _send(address(greedy), "two");
        _send(address(greedy), "three");
        bytes memory groups = bytes.concat(_group(0, 2), _alone(2, GAS));
        bytes memory call = abi.encodeCall(IMailbox.processBatch, (groups, messages));
        vm.prank(relayer);
        (bool success, bytes memory reason) = address(destinationMailbox).call{gas: bound(gas, 1e5, 2e6)}(call);
        if (success) assertEq(greedy.received(), 3);
        else assertTrue(reason.length == 0 || bytes4(reason) == IMailbox.NotEnoughGas.selector);
        if (greedy.received() != 0) assertGt(greedy.least(), GAS - 1_000);
    }

    /// @dev A module that keeps account of what it verifies, beside a recipient that burns all that it gets.
    function test_processBatch_burntGas_isBounded() public {
        _send(_failing(RawAnswer.Kind.Loop, "", 0), "burns");
        _send(address(recipient), "last");
        bytes memory groups = _group(0, 2);
        uint256 before = gasleft();
        _processBatch(groups);
        // Asked for its module it burns too.
        assertLt(before - gasleft(), GAS + destinationMailbox.RECIPIENT_ISM_GAS() + 700_000);
        _expectDelivered(0, false);
        _expectDelivered(1, true);
    }

    /// @dev A hostile module may have a message of its own recipient taken for one that was refused: it is not delivered.
    function test_processBatch_alone_moduleThatFeignsARefusal_isUndelivered() public {
        bytes memory feigned = abi.encodeWithSelector(IMailbox.HandleFailed.selector, bytes("feigned"));
        address feigning = address(new RawAnswer(RawAnswer.Kind.Revert, feigned, 0));
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(feigning));
        _send(address(recipient), "");
        _expectFailure(0, "feigned");
        _processBatch(BatchReference.group(1, GAS, ""));
        _expectDelivered(0, false);
        assertEq(recipient.received(), 0);
    }

    /// @dev One that feigns badly, or reverts otherwise, reverts the batch with what it said.
    function test_processBatch_alone_moduleThatReverts_revertsAll() public {
        _send(address(recipient), "");
        bytes[3] memory reasons =
            [bytes("no"), bytes(""), abi.encodePacked(IMailbox.HandleFailed.selector, uint256(64))];
        for (uint256 i; i < 3; ++i) {
            address module = address(new RawAnswer(RawAnswer.Kind.Revert, reasons[i], 0));
            recipient.setInterchainSecurityModule(IInterchainSecurityModule(module));
            vm.expectRevert(i == 2 ? bytes("") : reasons[i]);
            _processBatch(BatchReference.group(1, GAS, ""));
        }
    }
}
