// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {MerkleMultiproof} from "src/libraries/MerkleMultiproof.sol";

import {BatchReference} from "../../kit/BatchReference.sol";
import {Reference} from "../../kit/Reference.sol";

/// @notice Held against n single proofs, by the definition of the tree.
contract MerkleMultiproofTest is Test {
    uint256 internal constant MAX_LEAVES = 40;

    function root(bytes32[] memory nodes, uint256[] memory positions, uint256 last, bytes calldata siblings)
        external
        pure
        returns (bytes32)
    {
        return MerkleMultiproof.root(nodes, positions, last, siblings);
    }

    function _leaves(uint256 seed) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](1 + (seed % MAX_LEAVES));
        for (uint256 i; i < leaves.length; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
        }
    }

    /// @dev At least one of them.
    function _choose(bytes32[] memory leaves, uint256 choice)
        internal
        pure
        returns (uint256[] memory indices, bytes32[] memory chosen)
    {
        indices = new uint256[](leaves.length);
        chosen = new bytes32[](leaves.length);
        uint256 count;
        for (uint256 i; i < leaves.length; ++i) {
            if ((choice >> i) % 2 == 0 && !(i == leaves.length - 1 && count == 0)) continue;
            (indices[count], chosen[count]) = (i, leaves[i]);
            ++count;
        }
        assembly ("memory-safe") {
            mstore(indices, count)
            mstore(chosen, count)
        }
    }

    function testFuzz_root_isThatOfTheTree(uint256 seed, uint256 choice) public view {
        bytes32[] memory leaves = _leaves(seed);
        (uint256[] memory indices, bytes32[] memory chosen) = _choose(leaves, choice);
        bytes memory siblings = BatchReference.siblings(leaves, indices);
        assertEq(this.root(chosen, indices, leaves.length - 1, siblings), Reference.root(leaves));
    }

    /// @dev A single proof without what is empty.
    function testFuzz_root_ofOne_isThatOfASingleProof(uint256 seed, uint256 index) public view {
        bytes32[] memory leaves = _leaves(seed);
        index %= leaves.length;
        bytes32[32] memory proof = Reference.proof(leaves, index);
        bytes memory siblings;
        for (uint256 level; level < 32; ++level) {
            uint256 beside = (index >> level) ^ 1;
            if (beside << level < leaves.length) siblings = bytes.concat(siblings, proof[level]);
        }
        (uint256[] memory indices, bytes32[] memory chosen) = _choose(leaves, 0);
        (indices[0], chosen[0]) = (index, leaves[index]);
        assertEq(this.root(chosen, indices, leaves.length - 1, siblings), Reference.root(leaves));
    }

    /// @dev Any other leaf, place or sibling gives another root, or none. (Another last index may give the same: what stands
    ///      beside the leaves hides how many more there are. It is signed with the root.)
    function testFuzz_root_ofWhatWasChanged_isAnother(uint256 seed, uint256 choice, uint256 change) public view {
        bytes32[] memory leaves = _leaves(seed);
        (uint256[] memory indices, bytes32[] memory chosen) = _choose(leaves, choice);
        bytes memory siblings = BatchReference.siblings(leaves, indices);
        uint256 what = change % 3;
        uint256 which = change >> 8;
        if (what == 0) {
            chosen[which % chosen.length] ^= bytes32(uint256(1) << (change % 251));
        } else if (what == 1 && siblings.length != 0) {
            siblings[which % siblings.length] ^= 0x01;
        } else {
            indices[which % indices.length] ^= 1 << (which % 6);
        }
        try this.root(chosen, indices, leaves.length - 1, siblings) returns (bytes32 other) {
            assertNotEq(other, Reference.root(leaves));
        } catch (bytes memory reason) {
            assertTrue(
                bytes4(reason) == MerkleMultiproof.NotAscending.selector
                    || bytes4(reason) == MerkleMultiproof.LeafAfterLast.selector
                    || bytes4(reason) == MerkleMultiproof.WrongProofLength.selector
            );
        }
    }

    function testFuzz_root_withMoreOrFewerSiblings_reverts(uint256 seed, uint256 choice, uint8 size) public {
        bytes32[] memory leaves = _leaves(seed);
        (uint256[] memory indices, bytes32[] memory chosen) = _choose(leaves, choice);
        bytes memory siblings = BatchReference.siblings(leaves, indices);
        vm.assume(size != siblings.length / 32);
        bytes memory wrong = new bytes(32 * uint256(size));
        for (uint256 i; i < wrong.length && i < siblings.length; ++i) {
            wrong[i] = siblings[i];
        }
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.WrongProofLength.selector, size, siblings.length / 32));
        this.root(chosen, indices, leaves.length - 1, wrong);
    }

    function test_root_ofNothing_reverts() public {
        vm.expectRevert(MerkleMultiproof.NoLeaves.selector);
        this.root(new bytes32[](0), new uint256[](0), 0, "");
    }

    function test_root_notAscending_reverts() public {
        uint256[] memory indices = new uint256[](2);
        (indices[0], indices[1]) = (1, 1);
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 1));
        this.root(new bytes32[](2), indices, 5, "");
        (indices[0], indices[1]) = (3, 1);
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 1));
        this.root(new bytes32[](2), indices, 5, "");
    }

    function test_root_afterTheLast_reverts() public {
        uint256[] memory indices = new uint256[](1);
        indices[0] = 6;
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.LeafAfterLast.selector, 6, 5));
        this.root(new bytes32[](1), indices, 5, "");
    }

    /// @dev Half of 2^32 leaves are one node of level 31: the largest tree is no special case.
    function test_root_ofTheLargestTree() public view {
        uint256[] memory indices = new uint256[](1);
        indices[0] = type(uint32).max - 1;
        bytes32[] memory chosen = new bytes32[](1);
        bytes32 node = chosen[0] = keccak256("leaf");
        bytes memory siblings;
        for (uint256 level; level < 32; ++level) {
            bytes32 sibling = keccak256(abi.encode(level));
            siblings = bytes.concat(siblings, sibling);
            node = (indices[0] >> level) % 2 == 0 ? Reference.hash(node, sibling) : Reference.hash(sibling, node);
        }
        assertEq(this.root(chosen, indices, type(uint32).max - 1 + 1, siblings), node);
    }
}
