// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StaticAddressSetFactory} from "../../StaticAddressSetFactory.sol";
import {IStaticAggregationHookFactory} from "../../interfaces/IAggregationHook.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {StaticAggregationHook} from "./StaticAggregationHook.sol";

/// @title StaticAggregationHookFactory
/// @notice Deploys aggregations of hooks. See IStaticAggregationHookFactory.
contract StaticAggregationHookFactory is IStaticAggregationHookFactory, StaticAddressSetFactory {
    constructor() StaticAddressSetFactory(address(new StaticAggregationHook())) {}

    /// @inheritdoc IStaticAggregationHookFactory
    function deploy(address[] calldata members) external returns (address) {
        return _deploy(members, members.length);
    }

    /// @inheritdoc IStaticAggregationHookFactory
    function getAddress(address[] calldata members) external view returns (address) {
        return _getAddress(members, members.length);
    }

    function _requireValid(address[] calldata members, uint256 threshold) internal view override {
        if (threshold != members.length) revert AddressSet.InvalidThreshold(threshold, members.length);
        super._requireValid(members, threshold);
        for (uint256 i; i < members.length; ++i) {
            if (members[i].code.length == 0) revert NotAContract(members[i]);
        }
    }
}
