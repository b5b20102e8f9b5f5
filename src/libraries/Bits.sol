// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Bits
/// @notice Sets of up to 256 members, one bit each.
library Bits {
    /// @notice How many bits are set.
    function count(uint256 bits) internal pure returns (uint256) {
        // Sums of ever more neighbours side by side. None overflows the bits that it has, but for 256, which needs nine.
        unchecked {
            if (bits == type(uint256).max) return 256;
            bits -= (bits >> 1) & (type(uint256).max / 3);
            bits = (bits & (type(uint256).max / 5)) + ((bits >> 2) & (type(uint256).max / 5));
            bits = (bits + (bits >> 4)) & (type(uint256).max / 17);
            // slither-disable-next-line divide-before-multiply
            return (bits * (type(uint256).max / 255)) >> 248;
        }
    }
}
