// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {TypeCasts} from "src/libraries/TypeCasts.sol";

contract TypeCastsTest is Test {
    using TypeCasts for address;
    using TypeCasts for bytes32;

    function toAddress(bytes32 value) external pure returns (address) {
        return value.toAddress();
    }

    function testFuzz_toBytes32_padsOnTheLeft(address account) public view {
        assertEq(account.toBytes32(), bytes32(abi.encode(account)));
        assertEq(this.toAddress(account.toBytes32()), account);
    }

    function testFuzz_toAddress_anyUpperBit_reverts(address account, uint256 bit) public {
        bytes32 dirty = account.toBytes32() | bytes32(2 ** bound(bit, 160, 255));
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty));
        this.toAddress(dirty);
    }
}
