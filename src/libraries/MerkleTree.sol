// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title MerkleTree
/// @notice Append-only Merkle tree of depth 32 that stores one node per level.
/// @dev An empty leaf is zero, an inner node is keccak(left ‖ right). `branch[level]` is the root of the last full subtree of
///      that height which is a left child. The tree keeps no count: whoever owns it says which leaf comes next.
library MerkleTree {
    uint256 internal constant DEPTH = 32;

    /// @notice How many leaves fit: one less than 2^32, so that a count fits 32 bits.
    uint32 internal constant MAX_LEAVES = type(uint32).max;

    struct Tree {
        bytes32[DEPTH] branch;
    }

    /// @notice Appends `leaf` as leaf `index`. The caller guarantees that `index` is the number of leaves inserted so far
    ///         and less than `MAX_LEAVES`.
    function insert(Tree storage tree, bytes32 leaf, uint32 index) internal {
        uint256 size = uint256(index) + 1;
        bytes32 node = leaf;
        uint256 level;
        // Full subtrees to the left are absorbed until one level has none: size has its lowest set bit there. It has one
        // below bit 32, since 0 < size < 2^32.
        for (; size & 1 == 0; size >>= 1) {
            node = Hashes.efficientKeccak256(tree.branch[level], node);
            ++level;
        }
        tree.branch[level] = node;
    }

    /// @notice The root of a tree that holds `count` leaves.
    function root(Tree storage tree, uint256 count) internal view returns (bytes32 node) {
        bytes32 zero;
        for (uint256 level; level < DEPTH; ++level) {
            node = (count >> level) & 1 == 1
                ? Hashes.efficientKeccak256(tree.branch[level], node)
                : Hashes.efficientKeccak256(node, zero);
            zero = Hashes.efficientKeccak256(zero, zero);
        }
    }

    /// @notice The root that `leaf` has at `index` under the siblings `proof`, lowest level first.
    /// @dev A proof is of exactly `DEPTH` levels: a leaf can not pass for a node, nor a node for a leaf.
    function branchRoot(bytes32 leaf, bytes32[DEPTH] calldata proof, uint32 index)
        internal
        pure
        returns (bytes32 node)
    {
        node = leaf;
        for (uint256 level; level < DEPTH; ++level) {
            bytes32 sibling = proof[level];
            node = (index >> level) & 1 == 1
                ? Hashes.efficientKeccak256(sibling, node)
                : Hashes.efficientKeccak256(node, sibling);
        }
    }

    /// @notice The root that the tree had when `leaf`, at `index`, was its last one, from the siblings that it has under any
    ///         later root: those left of it are still the same, and right of it all was empty.
    function lastLeafRoot(bytes32 leaf, bytes32[DEPTH] calldata proof, uint32 index)
        internal
        pure
        returns (bytes32 node)
    {
        node = leaf;
        bytes32 zero;
        for (uint256 level; level < DEPTH; ++level) {
            node = (index >> level) & 1 == 1
                ? Hashes.efficientKeccak256(proof[level], node)
                : Hashes.efficientKeccak256(node, zero);
            zero = Hashes.efficientKeccak256(zero, zero);
        }
    }
}
