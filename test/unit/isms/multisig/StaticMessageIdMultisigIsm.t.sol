// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {MessageIdTest} from "./MessageIdTest.sol";
import {MultisigIsmTest} from "./MultisigIsmTest.sol";
import {StaticSetTest} from "./StaticSetTest.sol";

contract StaticMessageIdMultisigIsmTest is MessageIdTest, StaticSetTest {
    function setUp() public override(MultisigIsmTest, StaticSetTest) {
        super.setUp();
    }

    function _newFactory() internal override returns (IStaticAddressSetFactory) {
        return Shipped.messageIdMultisigIsmFactory();
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 5);
    }
}
