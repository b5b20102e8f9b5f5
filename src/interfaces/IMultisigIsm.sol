// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IMultisigIsm
/// @notice Verifies a message by the signatures of m of n validators of its origin.
/// @dev Trust: m of the validators can forge any message to a recipient of this module; n - m + 1 of them can stop delivery.
///      For the layouts of metadata and for errors see the libraries MessageIdMultisigMetadata, MerkleRootMultisigMetadata
///      and ValidatorSignatures.
interface IMultisigIsm is IInterchainSecurityModule {
    /// @notice The validators, in the order in which signatures must come, and how many must sign.
    function validatorsAndThreshold(bytes calldata message) external view returns (address[] memory, uint8);

    /// @notice Number of whole signatures that `metadata` has room for.
    function signatureCount(bytes calldata metadata) external pure returns (uint256);
}

/// @title IStorageMultisigIsm
/// @notice A multisig whose owner may change the set.
/// @dev Warning: the owner can forge any message, at once, by naming validators of its own. It may renounce: the set then
///      stays. With no proxy there is nothing to initialise: the ecosystem's `initialize` and `Initialized` are left out.
interface IStorageMultisigIsm is IMultisigIsm {
    /// @notice The owner, or the constructor, set validators and threshold.
    event ValidatorsAndThresholdSet(address[] validators, uint8 threshold);

    /// @notice The validator at a position of the set, from 0. Reverts without data beyond the last.
    function validators(uint256 position) external view returns (address);

    /// @notice How many validators must sign.
    function threshold() external view returns (uint8);

    /// @notice Sets validators and threshold, for messages not yet delivered too. Owner only. Refuses sets that are not
    ///         valid, with the errors of the AddressSet library.
    function setValidatorsAndThreshold(address[] calldata validators_, uint8 threshold_) external;
}
