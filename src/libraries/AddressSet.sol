// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title AddressSet
/// @notice What an m-of-n over addresses must be: validators that sign, or modules that agree.
library AddressSet {
    /// @notice The threshold is zero or above the number of members, or there are more than 255 of them.
    error InvalidThreshold(uint256 threshold, uint256 members);

    /// @notice A member is the zero address.
    error ZeroAddress();

    /// @notice A member stands in the set more than once, and would count more than once.
    error DuplicateAddress(address member);

    uint256 internal constant MAX_MEMBERS = type(uint8).max;

    /// @notice Reverts unless `threshold` of `members` is a set in which every member counts once.
    function requireValid(address[] memory members, uint256 threshold) internal pure {
        uint256 count = members.length;
        if (threshold == 0 || threshold > count || count > MAX_MEMBERS) revert InvalidThreshold(threshold, count);
        for (uint256 i; i < count; ++i) {
            if (members[i] == address(0)) revert ZeroAddress();
            for (uint256 j; j < i; ++j) {
                if (members[j] == members[i]) revert DuplicateAddress(members[i]);
            }
        }
    }
}
