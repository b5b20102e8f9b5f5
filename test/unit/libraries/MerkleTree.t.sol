// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "src/libraries/MerkleTree.sol";

import {Reference} from "../../kit/Reference.sol";
import {VectorTest} from "../../kit/VectorTest.sol";

contract MerkleTreeTest is VectorTest {
    using MerkleTree for MerkleTree.Tree;

    uint32 internal constant MAX_FUZZED_LEAVES = 70;
    /// @dev Larger trees of the vectors are left to their proofs: a million insertions take seconds.
    uint256 internal constant MAX_INSERTED = 1 << 16;

    MerkleTree.Tree internal tree;

    function _file() internal pure override returns (string memory) {
        return "tree.json";
    }

    /// @dev Gives the library calldata.
    function lastLeafRoot(bytes32 leaf, bytes32[32] calldata proof, uint32 index) external pure returns (bytes32) {
        return MerkleTree.lastLeafRoot(leaf, proof, index);
    }

    function branchRoot(bytes32 leaf, bytes32[32] calldata proof, uint32 index) external pure returns (bytes32) {
        return MerkleTree.branchRoot(leaf, proof, index);
    }

    /* ----------------------------------------------------- vectors -------------------------------------------------- */

    function test_vectors_roots() public {
        bytes32 seed = vm.parseJsonBytes32(json, ".leafSeed");
        uint256[] memory counts = _uints(".roots.count");
        bytes32[] memory roots = _words(".roots.root");
        _sameLength(counts.length, roots.length);
        uint32 count;
        for (uint256 i; i < counts.length; ++i) {
            if (counts[i] > MAX_INSERTED) continue;
            // The counts come in ascending order.
            for (; count < counts[i]; ++count) {
                tree.insert(seed ^ bytes32(uint256(count)), count);
            }
            assertEq(count, counts[i]);
            assertEq(tree.root(count), roots[i]);
        }
    }

    function test_vectors_proofs() public view {
        uint256[] memory indices = _uints(".proofs.index");
        bytes32[] memory leaves = _words(".proofs.leaf");
        bytes32[] memory roots = _words(".proofs.root");
        bytes[] memory proofs = _bytes(".proofs.proof");
        _sameLength(indices.length, proofs.length);
        for (uint256 i; i < indices.length; ++i) {
            bytes32[32] memory proof = abi.decode(proofs[i], (bytes32[32]));
            assertEq(this.branchRoot(leaves[i], proof, uint32(indices[i])), roots[i]);
        }
    }

    function test_vectors_emptyTree() public view {
        assertEq(tree.root(0), vm.parseJsonBytes32(json, ".emptyRoot"));
        bytes32[] memory zeros = _words(".zeroHashes");
        assertEq(zeros.length, 32);
        for (uint256 level; level < 32; ++level) {
            assertEq(Reference.zeros()[level], zeros[level]);
        }
    }

    /* -------------------------------------------------- the reference ----------------------------------------------- */

    function testFuzz_root_andEveryProof_areThoseOfTheDefinition(uint32 count, uint32 index, bytes32 seed) public {
        count = 1 + (count % MAX_FUZZED_LEAVES);
        index %= count;
        bytes32[] memory leaves = new bytes32[](count);
        for (uint32 i; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
            tree.insert(leaves[i], i);
        }
        bytes32 root = tree.root(count);
        assertEq(root, Reference.root(leaves));
        assertEq(this.branchRoot(leaves[index], Reference.proof(leaves, index), index), root);
    }

    /// @dev Any 32 siblings and any index, against hashing by the definition of a proof.
    function testFuzz_branchRoot_isTheDefinition(bytes32 leaf, bytes32[32] calldata proof, uint32 index) public view {
        bytes32 node = leaf;
        uint256 position = index;
        for (uint256 level; level < 32; ++level) {
            node = position % 2 == 0 ? Reference.hash(node, proof[level]) : Reference.hash(proof[level], node);
            position /= 2;
        }
        assertEq(this.branchRoot(leaf, proof, index), node);
    }

    /// @dev However many leaves came after, and whatever they were.
    function testFuzz_lastLeafRoot_isTheRootWithoutTheLeavesAfter(uint256 seed, uint8 size, uint8 position)
        public
        view
    {
        uint256 count = bound(size, 1, 70);
        uint32 index = uint32(bound(position, 0, count - 1));
        bytes32[] memory leaves = new bytes32[](count);
        bytes32[] memory prefix = new bytes32[](index + 1);
        for (uint256 i; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
            if (i <= index) prefix[i] = leaves[i];
        }
        assertEq(this.lastLeafRoot(leaves[index], Reference.proof(leaves, index), index), Reference.root(prefix));
    }

    /// @dev Of siblings that no tree of that size has on the right, none is looked at.
    function testFuzz_lastLeafRoot_isTheDefinition(bytes32 leaf, bytes32[32] calldata proof, uint32 index) public view {
        bytes32[33] memory zeros = Reference.zeros();
        bytes32 node = leaf;
        for (uint256 level; level < 32; ++level) {
            node = (index >> level) & 1 == 1 ? Reference.hash(proof[level], node) : Reference.hash(node, zeros[level]);
        }
        assertEq(this.lastLeafRoot(leaf, proof, index), node);
    }

    function testFuzz_branchRoot_anyBitChanged_isAnotherRoot(
        bytes32 leaf,
        bytes32[32] memory proof,
        uint32 index,
        uint256 bit
    ) public view {
        bytes32 root = this.branchRoot(leaf, proof, index);
        bit = bound(bit, 0, 33 * 256 - 1);
        bytes32 flip = bytes32(2 ** (bit % 256));
        if (bit / 256 == 32) leaf ^= flip;
        else proof[bit / 256] ^= flip;
        assertTrue(this.branchRoot(leaf, proof, index) != root);
    }

    /* ------------------------------------------------------ limits -------------------------------------------------- */

    function test_insert_lastLeaf_fillsTheLowestLevel() public {
        // Leaf 2^32 - 2 makes 2^32 - 1 leaves: every level has a left subtree, none absorbs it.
        uint32 last = MerkleTree.MAX_LEAVES - 1;
        for (uint256 level = 1; level < 32; ++level) {
            tree.branch[level] = keccak256(abi.encode(level));
        }
        tree.insert("last", last);
        assertEq(tree.branch[0], "last");
        bytes32 node;
        for (uint256 level; level < 32; ++level) {
            node = Reference.hash(tree.branch[level], node);
        }
        assertEq(tree.root(MerkleTree.MAX_LEAVES), node);
    }

    function test_insert_halfTheLeaves_absorbsAllLevels() public {
        bytes32 node = "leaf";
        for (uint256 level; level < 31; ++level) {
            tree.branch[level] = keccak256(abi.encode(level));
            node = Reference.hash(tree.branch[level], node);
        }
        tree.insert("leaf", 2 ** 31 - 1);
        assertEq(tree.branch[31], node);
    }
}
