// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IStorageMultisigIsm} from "../../interfaces/IMultisigIsm.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {MultisigIsm} from "./MultisigIsm.sol";

/// @title StorageMultisigIsm
/// @notice m of n validators that an owner sets. See IStorageMultisigIsm.
abstract contract StorageMultisigIsm is IStorageMultisigIsm, MultisigIsm, Ownable2Step {
    /// @inheritdoc IStorageMultisigIsm
    address[] public validators;

    /// @inheritdoc IStorageMultisigIsm
    uint8 public threshold;

    constructor(address owner_, address[] memory validators_, uint8 threshold_) Ownable(owner_) {
        _setValidatorsAndThreshold(validators_, threshold_);
    }

    /// @inheritdoc IStorageMultisigIsm
    function setValidatorsAndThreshold(address[] calldata validators_, uint8 threshold_) external onlyOwner {
        _setValidatorsAndThreshold(validators_, threshold_);
    }

    function _setValidatorsAndThreshold(address[] memory validators_, uint8 threshold_) internal {
        AddressSet.requireValid(validators_, threshold_);

        validators = validators_;
        threshold = threshold_;
        emit ValidatorsAndThresholdSet(validators_, threshold_);
    }

    function _set() internal view override returns (address[] memory, uint256) {
        return (validators, threshold);
    }
}
