// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {stdStorage, StdStorage} from "forge-std/Test.sol";

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

contract MailboxDispatchTest is BaseTest {
    using stdStorage for StdStorage;

    uint32 internal constant MAX_LEAVES = type(uint32).max;

    bytes32 internal to = Reference.addr32(address(0xB0B));
    bytes internal body = "body";
    bytes internal metadata = hex"0001";

    function test_constructor_startsEmpty() public view {
        assertEq(originMailbox.VERSION(), 3);
        assertEq(originMailbox.PACKAGE_VERSION(), "0.1.0");
        assertEq(originMailbox.localDomain(), ORIGIN);
        assertEq(originMailbox.deployedBlock(), block.number);
        assertEq(originMailbox.nonce(), 0);
        assertEq(originMailbox.latestDispatchedId(), 0);
        assertEq(address(originTree.mailbox()), address(originMailbox));
        assertEq(address(originMailbox.defaultHook()), address(originTree));
        assertEq(address(originMailbox.requiredHook()), address(originTree));
    }

    function test_dispatch_allOverloads_giveTheNextMessage() public {
        bytes32 first = keccak256(Reference.message(0, ORIGIN, alice, DESTINATION, to, body));
        bytes32 second = keccak256(Reference.message(1, ORIGIN, alice, DESTINATION, to, body));
        bytes32 third = keccak256(Reference.message(2, ORIGIN, alice, DESTINATION, to, body));

        vm.startPrank(alice);
        assertEq(originMailbox.dispatch(DESTINATION, to, body), first);
        assertEq(originMailbox.dispatch(DESTINATION, to, body, metadata), second);
        assertEq(originMailbox.dispatch(DESTINATION, to, body, metadata, originTree), third);
        assertEq(originMailbox.nonce(), 3);
        assertEq(originTree.count(), 3);
    }

    function test_dispatch_allOverloads_passMetadataAndHook() public {
        RecordingHook byDefault = new RecordingHook(0);
        RecordingHook byName = new RecordingHook(0);
        vm.prank(owner);
        originMailbox.setDefaultHook(byDefault);

        originMailbox.dispatch(DESTINATION, to, body);
        assertEq(byDefault.metadata(), "");
        originMailbox.dispatch(DESTINATION, to, body, metadata);
        assertEq(byDefault.metadata(), metadata);
        originMailbox.dispatch(DESTINATION, to, body, metadata, IPostDispatchHook(address(0)));
        assertEq(byDefault.calls(), 3);
        originMailbox.dispatch(DESTINATION, to, body, metadata, byName);
        assertEq(byDefault.calls(), 3);
        assertEq(byName.metadata(), metadata);
    }

    function test_dispatch_emitsTheMessageItsIdAndItsLeafInThisOrder() public {
        bytes memory message = _nextMessage(address(0xB0B), body);

        vm.expectEmit(address(originMailbox));
        emit IMailbox.Dispatch(alice, DESTINATION, to, message);
        vm.expectEmit(address(originMailbox));
        emit IMailbox.DispatchId(keccak256(message));
        vm.expectEmit(address(originTree));
        emit IMerkleTreeHook.InsertedIntoTree(keccak256(message), 0);
        vm.prank(alice);
        originMailbox.dispatch(DESTINATION, to, body);
    }

    function testFuzz_dispatch_anyArguments_entersTheTree(
        address sender,
        uint32 destination,
        bytes32 anyRecipient,
        bytes calldata anyBody,
        bytes calldata anyMetadata
    ) public {
        bytes32[] memory leaves = new bytes32[](2);
        leaves[0] = keccak256(_dispatch(address(recipient), "first"));
        bytes memory message = Reference.message(1, ORIGIN, sender, destination, anyRecipient, anyBody);
        leaves[1] = keccak256(message);

        vm.prank(sender);
        assertEq(originMailbox.dispatch(destination, anyRecipient, anyBody, anyMetadata), leaves[1]);
        assertEq(originMailbox.latestDispatchedId(), leaves[1]);
        (bytes32 root, uint32 index) = originTree.latestCheckpoint();
        assertEq(root, Reference.root(leaves));
        assertEq(index, 1);
    }

    function test_dispatch_toOwnDomain_isAMessageLikeAnyOther() public {
        bytes memory message = Reference.message(0, ORIGIN, alice, ORIGIN, to, body);
        vm.prank(alice);
        assertEq(originMailbox.dispatch(ORIGIN, to, body), keccak256(message));
    }

    function test_dispatch_whenHookIsCalled_messageIsALeafAlready() public {
        RecordingHook hook = new RecordingHook(0);
        bytes memory message = _nextMessage(address(0xB0B), body);
        vm.prank(alice);
        originMailbox.dispatch(DESTINATION, to, body, metadata, hook);

        assertEq(hook.message(), message);
        assertEq(hook.latestDispatchedId(), keccak256(message));
        assertEq(hook.leaves(), 1);
    }

    function test_dispatch_whenTreeIsFull_reverts() public {
        stdstore.enable_packed_slots().target(address(originMailbox)).sig("nonce()").checked_write(MAX_LEAVES - 1);

        // The last message that fits takes the last leaf,
        bytes memory last = _dispatch(address(0xB0B), body);
        (, uint32 index) = originTree.latestCheckpoint();
        assertEq(index, MAX_LEAVES - 1);
        assertEq(originMailbox.latestDispatchedId(), keccak256(last));

        // and the next must not wrap around to nonce 0, which was used.
        vm.expectRevert(IMailbox.TreeFull.selector);
        originMailbox.dispatch(DESTINATION, to, body);
        assertEq(originMailbox.nonce(), MAX_LEAVES);
    }

    /// forge-config: default.isolate = true
    function test_latestDispatchedId_isForgottenAfterTheTransaction() public {
        // Attempt: call a hook in a later transaction as if the message were being dispatched once more.
        bytes memory message = _dispatch(address(0xB0B), body);
        assertEq(originMailbox.latestDispatchedId(), 0);
        vm.expectRevert(abi.encodeWithSelector(IMerkleTreeHook.NotDispatching.selector, keccak256(message)));
        originTree.postDispatch("", message);
    }

    function test_dispatch_ofTwoMailboxes_doNotMix() public {
        IOwnedMailbox other = Shipped.mailbox(ORIGIN, owner, ism);
        _dispatch(address(recipient), body);
        assertEq(other.nonce(), 0);
        assertEq(other.latestDispatchedId(), 0);
        assertTrue(address(other.merkleTreeHook()) != address(originTree));
    }
}
