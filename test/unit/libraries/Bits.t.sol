// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {Bits} from "src/libraries/Bits.sol";

contract BitsTest is Test {
    function testFuzz_count(uint256 bits) public pure {
        uint256 plain;
        for (uint256 i; i < 256; ++i) {
            plain += (bits >> i) & 1;
        }
        assertEq(Bits.count(bits), plain);
    }

    function test_count_edges() public pure {
        assertEq(Bits.count(0), 0);
        assertEq(Bits.count(type(uint256).max), 256);
        assertEq(Bits.count(type(uint256).max - 1), 255);
        for (uint256 i; i < 256; ++i) {
            assertEq(Bits.count(1 << i), 1);
            assertEq(Bits.count((1 << i) - 1), i);
        }
    }
}
