// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticAddressSetFactory} from "../../StaticAddressSetFactory.sol";
import {StaticAggregationIsm} from "./StaticAggregationIsm.sol";

/// @title StaticAggregationIsmFactory
/// @notice Deploys aggregation modules. See IStaticAddressSetFactory.
contract StaticAggregationIsmFactory is StaticAddressSetFactory {
    constructor() StaticAddressSetFactory(address(new StaticAggregationIsm())) {}
}
