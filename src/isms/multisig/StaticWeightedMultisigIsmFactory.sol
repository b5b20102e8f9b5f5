// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IStaticWeightedMultisigIsmFactory, IWeightedMultisigIsm} from "../../interfaces/IWeightedMultisigIsm.sol";
import {AddressSet} from "../../libraries/AddressSet.sol";
import {CodeSet} from "../../libraries/CodeSet.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";

/// @title StaticWeightedMultisigIsmFactory
/// @notice Deploys weighted multisig modules with a fixed set. See IStaticWeightedMultisigIsmFactory.
abstract contract StaticWeightedMultisigIsmFactory is IStaticWeightedMultisigIsmFactory, PackageVersioned {
    /// @inheritdoc IStaticWeightedMultisigIsmFactory
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @inheritdoc IStaticWeightedMultisigIsmFactory
    function deploy(IWeightedMultisigIsm.ValidatorInfo[] calldata validators, uint96 thresholdWeight)
        external
        returns (address module)
    {
        bytes memory creationCode = _creationCode(validators, thresholdWeight);
        module = Create2.computeAddress(0, keccak256(creationCode));
        if (module.code.length == 0) module = Create2.deploy(0, 0, creationCode);
    }

    /// @inheritdoc IStaticWeightedMultisigIsmFactory
    function getAddress(IWeightedMultisigIsm.ValidatorInfo[] calldata validators, uint96 thresholdWeight)
        external
        view
        returns (address)
    {
        return Create2.computeAddress(0, keccak256(_creationCode(validators, thresholdWeight)));
    }

    function _creationCode(IWeightedMultisigIsm.ValidatorInfo[] calldata validators, uint256 threshold)
        internal
        view
        returns (bytes memory)
    {
        uint256 count = validators.length;
        address[] memory addresses = new address[](count);
        uint256[] memory words = new uint256[](count);
        uint256 weight;
        for (uint256 i; i < count; ++i) {
            addresses[i] = validators[i].signingAddress;
            words[i] = ValidatorSignatures.pack(addresses[i], validators[i].weight);
            weight += validators[i].weight;
        }
        AddressSet.requireValid(addresses, 1);
        if (threshold == 0 || threshold > weight) revert InvalidThresholdWeight(threshold, weight);
        return CodeSet.creationCode(implementation, abi.encodePacked(words), threshold);
    }
}
