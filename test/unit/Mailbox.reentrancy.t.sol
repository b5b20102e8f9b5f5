// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";
import {ReentrantCaller} from "../mocks/ReentrantCaller.sol";

/// @notice Calls back into the Mailbox from every place where it calls out.
contract MailboxReentrancyTest is BaseTest {
    ReentrantCaller internal caller = new ReentrantCaller();
    bytes internal nestedDispatch;

    function setUp() public override {
        super.setUp();
        nestedDispatch = abi.encodeWithSignature("dispatch(uint32,bytes32,bytes)", DESTINATION, bytes32(0), "nested");
    }

    /// @dev Ids of Alice's message and of the one that the caller nests in it.
    function _bothIds() internal view returns (bytes32[] memory ids) {
        ids = new bytes32[](2);
        ids[0] = keccak256(Reference.message(0, ORIGIN, alice, DESTINATION, 0, "outer"));
        ids[1] = keccak256(Reference.message(1, ORIGIN, address(caller), DESTINATION, 0, "nested"));
    }

    function _dispatchOuter(uint256 value, bytes memory metadata, IPostDispatchHook hook) internal {
        vm.prank(alice);
        originMailbox.dispatch{value: value}(DESTINATION, 0, "outer", metadata, hook);
    }

    /* ---------------------------------------------------- dispatch -------------------------------------------------- */

    function test_dispatch_nestedInAHook_keepsNonceAndTreeInStep() public {
        caller.plan(address(originMailbox), nestedDispatch);
        _dispatchOuter(0, "", IPostDispatchHook(address(caller)));
        assertTrue(caller.succeeded());
        assertEq(originMailbox.nonce(), 2);
        assertEq(originTree.root(), Reference.root(_bothIds()));
    }

    function test_dispatch_nestedInTheRequiredHook_givesEachHookItsOwnMessage() public {
        RecordingHook hook = new RecordingHook(0);
        vm.prank(owner);
        originMailbox.setRequiredHook(IPostDispatchHook(address(caller)));
        caller.plan(address(originMailbox), nestedDispatch);
        _dispatchOuter(0, "", hook);
        assertTrue(caller.succeeded());
        assertEq(caller.entries(), 2);
        assertEq(originTree.root(), Reference.root(_bothIds()));
        assertEq(keccak256(hook.message()), _bothIds()[0]);
        // A hook that asks sees the nested message: it refuses the outer one rather than take it for what is dispatched.
        assertEq(hook.latestDispatchedId(), _bothIds()[1]);
    }

    function test_dispatch_nestedInTheRefund_findsEverythingDone() public {
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(0), address(caller));
        caller.plan(address(originMailbox), nestedDispatch);
        _dispatchOuter(1 ether, metadata, originTree);
        assertTrue(caller.succeeded());
        assertEq(address(caller).balance, 1 ether);
        assertEq(address(originMailbox).balance, 0);
        assertEq(originTree.root(), Reference.root(_bothIds()));
    }

    function test_insert_fromAHook_reverts() public {
        // Attempt: a hook inserts a leaf of its own, or the same once more, while the Mailbox dispatches.
        caller.plan(address(originTree), abi.encodeCall(IMerkleTreeHook.insert, (keccak256("forged"), 1)));
        _dispatchOuter(0, "", IPostDispatchHook(address(caller)));
        assertFalse(caller.succeeded());
        assertEq(caller.returned(), abi.encodeWithSelector(IMerkleTreeHook.NotMailbox.selector, address(caller)));
        assertEq(originTree.count(), 1);
    }

    /* ----------------------------------------------------- process -------------------------------------------------- */

    function test_process_sameMessageFromHandle_isRefused() public {
        bytes memory message = _dispatch(address(caller), "");
        bytes memory metadata = _metadata(message);
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.process, (metadata, message)));
        destinationMailbox.process(metadata, message);
        assertEq(caller.entries(), 1);
        assertFalse(caller.succeeded());
        assertEq(caller.returned(), abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
    }

    function test_process_sameMessageFromVerify_isRefused() public {
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(address(caller)));
        bytes memory message = _dispatch(address(recipient), "");
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.process, ("", message)));
        destinationMailbox.process("", message);
        assertFalse(caller.succeeded());
        assertEq(caller.returned(), abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
        assertEq(recipient.received(), 1);
    }

    function test_process_anotherMessageFromHandle_isDelivered() public {
        bytes memory inner = _dispatch(address(recipient), "inner");
        bytes memory innerMetadata = _metadata(inner);
        bytes memory outer = _dispatch(address(caller), "outer");
        caller.plan(address(destinationMailbox), abi.encodeCall(IMailbox.process, (innerMetadata, inner)));
        destinationMailbox.process(_metadata(outer), outer);
        assertTrue(caller.succeeded());
        assertEq(recipient.lastData(), "inner");
        assertEq(destinationMailbox.processor(keccak256(inner)), address(caller));
        assertTrue(destinationMailbox.delivered(keccak256(outer)));
    }

    function test_process_dispatchFromHandle_sendsInTheRecipientsName() public {
        bytes memory message = _dispatch(address(caller), "");
        caller.plan(address(destinationMailbox), nestedDispatch);
        destinationMailbox.process(_metadata(message), message);
        assertTrue(caller.succeeded());
        bytes memory reply = Reference.message(0, DESTINATION, address(caller), DESTINATION, 0, "nested");
        assertEq(destinationMailbox.latestDispatchedId(), keccak256(reply));
    }

    function test_process_dispatchFromVerify_sendsInTheModulesName() public {
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(address(caller)));
        bytes memory message = _dispatch(address(recipient), "");
        caller.plan(address(destinationMailbox), nestedDispatch);
        destinationMailbox.process("", message);
        assertTrue(caller.succeeded());
        assertEq(destinationMailbox.nonce(), 1);
        assertEq(recipient.received(), 1);
    }
}
