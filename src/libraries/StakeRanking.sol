// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title StakeRanking
/// @notice The largest few of many stakes, in memory.
/// @dev A member is a word of uint96 stake ‖ address (see ValidatorSignatures.pack), so members of equal stake are ranked by
///      their addresses and no two rank the same.
library StakeRanking {
    /// @notice Puts a member where it belongs among the `count` largest seen so far, which stand in `top` in falling order.
    ///         Where `top` is full the smallest of all drops out.
    /// @return The new count.
    function insert(uint256[] memory top, uint256 count, uint256 member) internal pure returns (uint256) {
        // Nothing here overflows: places are bounded by the length of an array in memory.
        unchecked {
            uint256 place;
            uint256 end = count;
            while (place < end) {
                uint256 middle = (place + end) / 2;
                if (top[middle] > member) place = middle + 1;
                else end = middle;
            }
            if (place == top.length) return count;
            if (count < top.length) ++count;

            // Plain form: for (uint256 i = count - 1; i > place; --i) top[i] = top[i - 1]. For 128 candidates that can be two
            // million gas. The words from `place` to the one before the last move up by one.
            assembly ("memory-safe") {
                let first := add(add(top, 32), shl(5, place))
                mcopy(add(first, 32), first, shl(5, sub(sub(count, 1), place)))
            }
            top[place] = member;
            return count;
        }
    }
}
