// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";

contract MerkleTreeHookTest is BaseTest {
    uint256 internal constant MAX_MESSAGES = 40;

    function test_constructor_belongsToItsMailbox() public view {
        assertEq(address(originTree.mailbox()), address(originMailbox));
        assertEq(originTree.localDomain(), ORIGIN);
        assertEq(originTree.deployedBlock(), block.number);
        assertEq(originTree.hookType(), 3);
    }

    /* ------------------------------------------------------ tree ---------------------------------------------------- */

    function test_emptyTree() public {
        assertEq(originTree.count(), 0);
        assertEq(originTree.root(), 0x27ae5ba08d7291c96c8cbddcc148bf48a6d68c7974b94356f53754ef6171d757);
        (bytes32[32] memory branch, uint256 leaves) = originTree.tree();
        assertEq(keccak256(abi.encode(branch)), keccak256(new bytes(1024)));
        assertEq(leaves, 0);
        vm.expectRevert(IMerkleTreeHook.EmptyTree.selector);
        originTree.latestCheckpoint();
    }

    function test_latestCheckpoint_afterEachMessage_isTheRootOfAllBefore() public {
        for (uint256 count = 1; count <= MAX_MESSAGES; ++count) {
            _dispatch(address(recipient), "");
            bytes32[] memory leaves = new bytes32[](count);
            for (uint32 i; i < count; ++i) {
                leaves[i] = keccak256(
                    Reference.message(i, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "")
                );
            }
            (bytes32 root, uint32 index) = originTree.latestCheckpoint();
            assertEq(root, Reference.root(leaves));
            assertEq(root, originTree.root());
            assertEq(index, count - 1);
            _assertBranch(leaves);
        }
    }

    /// @dev For each set bit of the count, the stored node is the root of that full subtree.
    function _assertBranch(bytes32[] memory leaves) internal view {
        (bytes32[32] memory branch, uint256 count) = originTree.tree();
        assertEq(count, leaves.length);
        for (uint256 level; level < 32; ++level) {
            if ((count >> level) & 1 == 0) continue;
            assertEq(branch[level], Reference.node(leaves, level, (count >> level) - 1));
        }
    }

    /* ----------------------------------------------------- insert --------------------------------------------------- */

    function testFuzz_insert_notByTheMailbox_reverts(address caller, bytes32 leaf, uint32 index) public {
        vm.assume(caller != address(originMailbox));
        vm.expectRevert(abi.encodeWithSelector(IMerkleTreeHook.NotMailbox.selector, caller));
        vm.prank(caller);
        originTree.insert(leaf, index);
    }

    function test_insert_byAnotherMailbox_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMerkleTreeHook.NotMailbox.selector, address(destinationMailbox)));
        vm.prank(address(destinationMailbox));
        originTree.insert(keccak256("forged"), 0);
    }

    /* -------------------------------------------------- postDispatch ------------------------------------------------ */

    function test_postDispatch_ofTheDispatchedMessage_doesNotInsertAgain() public {
        // Attempt: insert the last message once more, in its own transaction.
        bytes memory message = _dispatch(address(recipient), "");
        bytes32 root = originTree.root();
        originTree.postDispatch("", message);
        originTree.postDispatch("", message);
        assertEq(originTree.root(), root);
        assertEq(originTree.count(), 1);
    }

    function testFuzz_postDispatch_ofAnyOtherMessage_reverts(bytes calldata message) public {
        _dispatch(address(recipient), "");
        vm.expectRevert(abi.encodeWithSelector(IMerkleTreeHook.NotDispatching.selector, keccak256(message)));
        originTree.postDispatch("", message);
    }

    /// @dev In a tree of hooks it may get value, which is due to nobody.
    function test_postDispatch_withValue_refundsIt() public {
        bytes memory message = _dispatch(address(recipient), "");
        uint256 before = alice.balance;
        originTree.postDispatch{value: 1}("", message);
        assertEq(alice.balance, before + 1);
        assertEq(address(originTree).balance, 0);
    }

    function test_postDispatch_metadataOfAnotherLayout_reverts() public {
        bytes memory message = _dispatch(address(recipient), "");
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        originTree.postDispatch(hex"0002", message);
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        originTree.quoteDispatch(hex"00", message);
    }

    function testFuzz_quoteDispatch_isZero(bytes calldata message) public view {
        assertEq(originTree.quoteDispatch("", message), 0);
        assertEq(originTree.quoteDispatch(hex"0001", message), 0);
    }

    function test_supportsMetadata_emptyOrVariantOne() public view {
        assertTrue(originTree.supportsMetadata(""));
        assertTrue(originTree.supportsMetadata(hex"0001"));
        assertTrue(originTree.supportsMetadata(hex"0001ff"));
        assertFalse(originTree.supportsMetadata(hex"00"));
        assertFalse(originTree.supportsMetadata(hex"01"));
        assertFalse(originTree.supportsMetadata(hex"0100"));
        assertFalse(originTree.supportsMetadata(hex"0002"));
    }
}
