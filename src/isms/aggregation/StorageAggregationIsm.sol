// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IStorageAggregationIsm} from "../../interfaces/IAggregationIsm.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {AggregationIsm} from "./AggregationIsm.sol";

/// @title StorageAggregationIsm
/// @notice m of n modules that an owner sets. See IStorageAggregationIsm.
contract StorageAggregationIsm is IStorageAggregationIsm, AggregationIsm, Ownable2Step {
    /// @inheritdoc IStorageAggregationIsm
    address[] public modules;

    /// @inheritdoc IStorageAggregationIsm
    uint8 public threshold;

    /// @param owner_ May set modules and threshold.
    constructor(address owner_, address[] memory modules_, uint8 threshold_) Ownable(owner_) {
        _setModulesAndThreshold(modules_, threshold_);
    }

    /// @inheritdoc IStorageAggregationIsm
    function setModulesAndThreshold(address[] calldata modules_, uint8 threshold_) external onlyOwner {
        _setModulesAndThreshold(modules_, threshold_);
    }

    function _setModulesAndThreshold(address[] memory modules_, uint8 threshold_) internal {
        AddressSet.requireValid(modules_, threshold_);

        modules = modules_;
        threshold = threshold_;
        emit ModulesAndThresholdSet(modules_, threshold_);
    }

    function _set() internal view override returns (address[] memory, uint256) {
        return (modules, threshold);
    }
}
