// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeliveryReceipts} from "src/interfaces/IDeliveryReceipts.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";

import {BatchReference} from "../kit/BatchReference.sol";
import {BatchTest} from "../kit/BatchTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";
import {ReentrantCaller} from "../mocks/ReentrantCaller.sol";
import {RevertingCaller} from "../mocks/RevertingCaller.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";

/// @notice Recipients of a batch that call back.
contract MailboxBatchReentrancyTest is BatchTest {
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

    /// @dev Attempt: a message that has the recipient trust another module from now on, and one that only the old module
    ///      vouches for, in one batch, so that it is verified before and handled after.
    function test_processBatch_moduleChangedByAMessageBefore_reverts() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "distrust");
        _send(address(recipient), "two");
        address other = messageIdFactory.deploy(validators, 3);
        caller.plan(
            address(recipient),
            abi.encodeCall(TestRecipient.setInterchainSecurityModule, (IInterchainSecurityModule(other)))
        );
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        bytes memory groups = _group(0, 2);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.OtherModule.selector, leaves[1], address(ism), other));
        _processBatch(groups);
    }

    /// @dev A message that is handled can neither be delivered again nor be doubted.
    function test_processBatch_reenteredForTheSameMessage_isRefused() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "calls back");
        _send(address(recipient), "two");
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.process, (_metadataOf(0), messages[0])));
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        _processBatch(_group(0, 2));
        assertFalse(caller.succeeded());
        assertEq(caller.returned(), abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, leaves[0]));
        assertEq(caller.entries(), 1);
        _expectDelivered(0, true);
    }

    /// @dev While a message is handled it counts as delivered by who called, and those after it do not.
    function test_processBatch_viewsWhileHandling() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "asks");
        _send(address(recipient), "two");
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        bytes memory groups = _group(0, 2);
        uint256 snapshot = vm.snapshotState();
        for (uint256 i; i < 2; ++i) {
            caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.processor, (leaves[i])));
            _processBatch(groups);
            assertEq(abi.decode(caller.returned(), (address)), i == 0 ? relayer : address(0));
            vm.revertToState(snapshot);
        }
    }

    function test_processBatch_dispatchFromHandle_sendsInTheRecipientsName() public {
        ReentrantCaller caller = new ReentrantCaller();
        _send(address(caller), "answers");
        _send(address(recipient), "two");
        vm.mockCall(address(caller), abi.encodeWithSignature("interchainSecurityModule()"), "");
        caller.plan(
            address(destinationMailbox),
            abi.encodeWithSignature("dispatch(uint32,bytes32,bytes)", ORIGIN, Reference.addr32(alice), bytes("answer"))
        );
        _processBatch(_group(0, 2));
        bytes memory answer =
            Reference.message(0, DESTINATION, address(caller), ORIGIN, Reference.addr32(alice), "answer");
        assertEq(abi.decode(caller.returned(), (bytes32)), keccak256(answer));
        assertEq(destinationMailbox.latestDispatchedId(), keccak256(answer));
        assertEq(destinationMailbox.nonce(), 1);
        _expectDelivered(1, true);
    }

    /// @dev A recipient that delivers the next message, and then reverts: all of that is undone, and both can be delivered.
    function test_processBatch_nestedDeliveryThatIsUndone_isDoneAfter() public {
        RevertingCaller caller = new RevertingCaller();
        _send(address(caller), "reverts after");
        _send(address(recipient), "two");
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.process, (_metadataOf(1), messages[1])));
        _expectFailure(0, abi.encodeWithSelector(RevertingCaller.AfterAll.selector, true));
        _processBatch(BatchReference.group(2, 10 * GAS, _proofOf(_indices(0, 2))));
        _expectDelivered(0, false);
        _expectDelivered(1, true);
        assertEq(recipient.received(), 1);
    }

    function testFuzz_processAs_byAnyone_reverts(address caller) public {
        vm.assume(caller != address(destinationMailbox));
        _send(address(recipient), "");
        bytes memory metadata = _metadataOf(0);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotMailbox.selector, caller));
        vm.prank(caller);
        destinationMailbox.processAs(caller, GAS, metadata, messages[0]);
    }

    /// @dev Attempt: a message, or a hook of a dispatch, that has the Mailbox call itself.
    function test_processBatch_toTheMailboxItself_isUndelivered() public {
        _send(address(destinationMailbox), abi.encodeCall(IMailbox.processAs, (attacker, GAS, "", "")));
        _send(address(recipient), "two");
        _expectFailure(0, "");
        _processBatch(_group(0, 2));
        _expectDelivered(0, false);
    }
}
