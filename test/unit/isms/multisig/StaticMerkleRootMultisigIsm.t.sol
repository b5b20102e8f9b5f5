// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {MerkleRootTest} from "./MerkleRootTest.sol";
import {MultisigIsmTest} from "./MultisigIsmTest.sol";
import {StaticSetTest} from "./StaticSetTest.sol";

contract StaticMerkleRootMultisigIsmTest is MerkleRootTest, StaticSetTest {
    function setUp() public override(MultisigIsmTest, StaticSetTest) {
        super.setUp();
    }

    function _newFactory() internal override returns (IStaticAddressSetFactory) {
        return Shipped.merkleRootMultisigIsmFactory();
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 4);
    }
}
