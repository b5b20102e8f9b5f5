// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IAggregationIsm
/// @notice Verifies a message that m of n modules verify. For the layout of metadata see the AggregationMetadata library.
/// @dev Trust: who can forge through m of the modules can forge through this one; who can stop n - m + 1 of them can stop it.
///      One party behind several modules counts for each.
///
///      Modules are asked in their order until m have agreed; metadata for further ones is not looked at. A module whose
///      metadata is supplied and which refuses before that refuses the message: a relayer supplies what verifies. An address
///      without code can be named, and never agrees: whoever can put code there decides whether it does.
///
///      A batch is verified at once (IBatchInterchainSecurityModule) by m modules that verify batches, in the same way and with
///      the same layout.
interface IAggregationIsm is IInterchainSecurityModule {
    /// @notice Metadata for a module was supplied and it answered false.
    error RefusedByModule(address module);

    /// @notice Fewer modules agreed than the threshold, or the threshold is zero.
    error NotEnoughModules(uint256 agreed, uint256 threshold);

    /// @notice The modules, in the order of the metadata's table, and how many must agree.
    function modulesAndThreshold(bytes calldata message) external view returns (address[] memory, uint8);
}

/// @title IStorageAggregationIsm
/// @notice An aggregation whose owner may change the modules.
/// @dev Warning: the owner can forge any message, at once, by naming modules of its own. It may renounce: the modules then
///      stay.
interface IStorageAggregationIsm is IAggregationIsm {
    /// @notice The owner, or the constructor, set modules and threshold.
    event ModulesAndThresholdSet(address[] modules, uint8 threshold);

    /// @notice The module at a position of the set, from 0. Reverts without data beyond the last.
    function modules(uint256 position) external view returns (address);

    /// @notice How many modules must agree.
    function threshold() external view returns (uint8);

    /// @notice Sets modules and threshold, for messages not yet delivered too. Owner only. Refuses sets that are not valid,
    ///         with the errors of the AddressSet library.
    function setModulesAndThreshold(address[] calldata modules_, uint8 threshold_) external;
}
