// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title StakeRanking
/// @notice The largest few of many stakes, in memory.
/// @dev A member is a word of uint96 stake ‖ address (see ValidatorSignatures.pack), so members of equal stake are ranked by
///      their addresses and no two rank the same. It takes at most size x members steps.
library StakeRanking {
    /// @notice Puts a member where it belongs among the `count` largest seen so far, which stand in `top` in falling order.
    ///         Where `top` is full the smallest of all drops out.
    /// @return The new count.
    function insert(uint256[] memory top, uint256 count, uint256 member) internal pure returns (uint256) {
        uint256 place = count;
        if (count == top.length) {
            if (member < top[count - 1]) return count;
            --place;
        } else {
            ++count;
        }
        while (place > 0 && top[place - 1] < member) {
            top[place] = top[place - 1];
            --place;
        }
        top[place] = member;
        return count;
    }
}
