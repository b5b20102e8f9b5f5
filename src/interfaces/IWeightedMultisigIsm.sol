// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IWeightedMultisigIsm
/// @notice Verifies a message by signatures of validators who weigh enough together.
/// @dev Trust: validators who weigh the threshold together can forge any message to a recipient of this module; validators
///      without whom the others weigh less than the threshold can stop delivery. Metadata is that of the unweighted kinds.
interface IWeightedMultisigIsm is IInterchainSecurityModule {
    struct ValidatorInfo {
        address signingAddress;
        uint96 weight;
    }

    /// @notice What all validators weigh together where weights are given as shares: 100 % in units of 1e-8 %. Weights may be
    ///         in any other unit.
    function TOTAL_WEIGHT() external view returns (uint96);

    /// @notice The validators, in the order in which signatures must come, and what those who sign must weigh.
    function validatorsAndThresholdWeight(bytes calldata message) external view returns (ValidatorInfo[] memory, uint96);

    /// @notice Number of whole signatures that `metadata` has room for.
    function signatureCount(bytes calldata metadata) external pure returns (uint256);
}

/// @title IStaticWeightedMultisigIsmFactory
/// @notice Deploys weighted multisig modules with a set that never changes, each at an address fixed by its set.
interface IStaticWeightedMultisigIsmFactory {
    /// @notice The threshold is zero, or above what all validators weigh.
    error InvalidThresholdWeight(uint256 threshold, uint256 weight);

    /// @notice Holds the code that the modules are copies of; itself it has no validators and never verifies.
    function implementation() external view returns (address);

    /// @notice Deploys the module for a set, or returns it if it is there. Anyone may call. Refuses more than 255 validators,
    ///         the zero address and duplicates, with the errors of the AddressSet library.
    /// @param validators In the order in which signatures will have to come; another order is another module.
    /// @param thresholdWeight What those who sign must weigh, at least 1 and at most what all weigh.
    function deploy(IWeightedMultisigIsm.ValidatorInfo[] calldata validators, uint96 thresholdWeight)
        external
        returns (address module);

    /// @notice The address of the module for a set, deployed or not. Reverts as `deploy` does.
    function getAddress(IWeightedMultisigIsm.ValidatorInfo[] calldata validators, uint96 thresholdWeight)
        external
        view
        returns (address module);
}
