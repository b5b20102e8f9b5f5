// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable function-max-lines
// The loop over the nodes is one, and is laid out by the formatter.

/// @title MerkleMultiproof
/// @notice The root that several leaves of a tree have together, each inner node hashed once.
/// @dev From level 0 up, nodes that are known are taken in ascending order. A node's sibling is, in this order: another known
///      node; empty, if it is a right one beyond the last leaf; the next of `siblings`. So the proof of a run of neighbours
///      is not much longer than that of one of them, and what is empty is not part of any.
///
///      A proof has exactly as many siblings as that takes: leaves always are at level 0 and the root at level 32, so that
///      a leaf can not pass for a node, nor a node for a leaf.
library MerkleMultiproof {
    /// @notice The leaves are not in strictly ascending order of their indices: index `position` is out of place.
    error NotAscending(uint256 position);

    /// @notice A leaf is claimed to be after the last one under the root.
    error LeafAfterLast(uint256 index, uint256 lastIndex);

    /// @notice There are no leaves to prove.
    error NoLeaves();

    /// @notice The proof has another number of siblings than the leaves need.
    error WrongProofLength(uint256 length, uint256 needed);

    /// @notice The root of the tree with leaves 0 to `lastIndex` that has `nodes` at `positions`.
    /// @param nodes The leaves. The array is used up.
    /// @param positions Their indices, strictly ascending, at most `lastIndex`. The array is used up.
    /// @param lastIndex Index of the last leaf under the root, below 2^32.
    /// @param siblings 32 bytes each, in the order in which they are needed.
    function root(bytes32[] memory nodes, uint256[] memory positions, uint256 lastIndex, bytes calldata siblings)
        internal
        pure
        returns (bytes32)
    {
        _requireAscending(positions, lastIndex);

        uint256 used;
        bytes32 node;
        // In Solidity each inner node costs 600 gas, here 190: no bounds are checked in the arrays, of which the first entries
        // are the nodes of a level, nor in `siblings`: whatever was read beyond its end, its length is compared after. Tested
        // against the definition of the tree and against single proofs.
        assembly ("memory-safe") {
            let start := add(nodes, 32)
            let toPosition := sub(positions, nodes)
            let end := add(start, shl(5, mload(nodes)))
            let sibling := siblings.offset
            let empty := 0
            for {
                let level := 0
            } lt(level, 32) {
                level := add(level, 1)
            } {
                let last := shr(level, lastIndex)
                let parent := start
                for {
                    let child := start
                } lt(child, end) {} {
                    let position := mload(add(child, toPosition))
                    let right := and(position, 1)
                    mstore(shl(5, right), mload(child))
                    child := add(child, 32)
                    switch right
                    case 1 {
                        mstore(0, calldataload(sibling))
                        sibling := add(sibling, 32)
                    }
                    default {
                        switch eq(position, last)
                        case 1 {
                            mstore(32, empty)
                        }
                        default {
                            switch and(lt(child, end), eq(mload(add(child, toPosition)), add(position, 1)))
                            case 1 {
                                mstore(32, mload(child))
                                child := add(child, 32)
                            }
                            default {
                                mstore(32, calldataload(sibling))
                                sibling := add(sibling, 32)
                            }
                        }
                    }
                    mstore(parent, keccak256(0, 64))
                    mstore(add(parent, toPosition), shr(1, position))
                    parent := add(parent, 32)
                }
                end := parent
                mstore(0, empty)
                mstore(32, empty)
                empty := keccak256(0, 64)
            }
            node := mload(start)
            used := shr(5, sub(sibling, siblings.offset))
        }
        if (siblings.length != 32 * used) revert WrongProofLength(siblings.length / 32, used);
        return node;
    }

    function _requireAscending(uint256[] memory positions, uint256 lastIndex) private pure {
        if (positions.length == 0) revert NoLeaves();
        uint256 previous = positions[0];
        uint256 at;
        // Plain form: for (at = 1; at < positions.length && positions[at] > previous; ++at) previous = positions[at];
        assembly ("memory-safe") {
            let count := mload(positions)
            for {
                at := 1
            } lt(at, count) {
                at := add(at, 1)
            } {
                let position := mload(add(add(positions, 32), shl(5, at)))
                if iszero(gt(position, previous)) {
                    break
                }
                previous := position
            }
        }
        if (at < positions.length) revert NotAscending(at);
        if (previous > lastIndex) revert LeafAfterLast(previous, lastIndex);
    }
}
