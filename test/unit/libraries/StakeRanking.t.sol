// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {StakeRanking} from "src/libraries/StakeRanking.sol";

contract StakeRankingTest is Test {
    using StakeRanking for uint256[];

    /// @dev The reference: looks for the largest that was not taken, again and again.
    function _largest(uint256[] memory members, uint256 size) internal pure returns (uint256[] memory largest) {
        if (size > members.length) size = members.length;
        largest = new uint256[](size);
        bool[] memory taken = new bool[](members.length);
        for (uint256 i; i < size; ++i) {
            uint256 best = type(uint256).max;
            for (uint256 j; j < members.length; ++j) {
                if (!taken[j] && (best == type(uint256).max || members[j] > members[best])) best = j;
            }
            taken[best] = true;
            largest[i] = members[best];
        }
    }

    function _assertRanked(uint256[] memory members, uint256 size) internal pure {
        uint256[] memory top = new uint256[](size);
        uint256 count;
        for (uint256 i; i < members.length; ++i) {
            count = top.insert(count, members[i]);
        }
        uint256[] memory expected = _largest(members, size);
        assertEq(count, expected.length);
        for (uint256 i; i < count; ++i) {
            assertEq(top[i], expected[i]);
        }
    }

    function testFuzz_insert_isTheReference(uint256[] memory members, uint256 size) public pure {
        _assertRanked(members, bound(size, 1, 20));
    }

    /// @dev Many of equal stake: what differs is the address alone.
    function testFuzz_insert_equalStakes(uint8[40] memory addresses, uint256 size) public pure {
        uint256[] memory members = new uint256[](40);
        for (uint256 i; i < 40; ++i) {
            members[i] = (uint256(addresses[i] % 3) << 160) | (uint256(addresses[i]) << 8) | i;
        }
        _assertRanked(members, bound(size, 1, 41));
    }

    function test_insert_risingAndFalling() public pure {
        uint256[] memory rising = new uint256[](9);
        uint256[] memory falling = new uint256[](9);
        for (uint256 i; i < 9; ++i) {
            (rising[i], falling[i]) = (i, 9 - i);
        }
        for (uint256 size = 1; size < 11; ++size) {
            _assertRanked(rising, size);
            _assertRanked(falling, size);
        }
    }
}
