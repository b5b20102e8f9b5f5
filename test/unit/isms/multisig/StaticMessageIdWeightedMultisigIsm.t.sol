// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaticWeightedMultisigIsmFactory} from "src/interfaces/IWeightedMultisigIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {MessageIdTest} from "./MessageIdTest.sol";
import {MultisigIsmTest} from "./MultisigIsmTest.sol";
import {WeightedSetTest} from "./WeightedSetTest.sol";

/// @dev Fuzzed less than the static kinds, whose attacks these are.
/// forge-config: default.fuzz.runs = 64
contract StaticMessageIdWeightedMultisigIsmTest is MessageIdTest, WeightedSetTest {
    function setUp() public override(MultisigIsmTest, WeightedSetTest) {
        super.setUp();
    }

    function _newFactory() internal override returns (IStaticWeightedMultisigIsmFactory) {
        return Shipped.messageIdWeightedMultisigIsmFactory();
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 10);
    }
}
