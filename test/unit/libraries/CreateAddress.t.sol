// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {CreateAddress} from "src/libraries/CreateAddress.sol";

contract CreateAddressTest is Test {
    function testFuzz_at(address creator, uint8 nonce) public pure {
        nonce = uint8(bound(nonce, 1, 127));
        assertEq(CreateAddress.at(creator, nonce), vm.computeCreateAddress(creator, nonce));
    }
}
