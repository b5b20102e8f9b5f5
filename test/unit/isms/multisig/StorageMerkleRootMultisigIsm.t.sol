// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStorageMultisigIsm} from "src/interfaces/IMultisigIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {MerkleRootTest} from "./MerkleRootTest.sol";
import {StorageSetTest} from "./StorageSetTest.sol";

/// @dev Fuzzed less than the static kinds, whose attacks these are.
/// forge-config: default.fuzz.runs = 64
contract StorageMerkleRootMultisigIsmTest is MerkleRootTest, StorageSetTest {
    function _deployFor(address moduleOwner, address[] memory set, uint8 threshold)
        internal
        override
        returns (IStorageMultisigIsm)
    {
        return Shipped.storageMerkleRootMultisigIsm(moduleOwner, set, threshold);
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 4);
    }
}
