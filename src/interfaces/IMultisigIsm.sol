// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IMultisigIsm
/// @notice Verifies a message by the signatures of m of n validators of its origin.
/// @dev Trust: m of the validators can forge any message to a recipient of this module; n - m + 1 of them can stop delivery.
interface IMultisigIsm is IInterchainSecurityModule {
    /// @notice Position `index` of the signatures is by nobody at a later position of the set than the signature before: a
    ///         foreign key, another digest, the wrong order or a duplicate.
    error NotAValidator(uint256 index, address signer);

    /// @notice The metadata holds fewer signatures than the threshold.
    error NotEnoughSignatures(uint256 count, uint256 threshold);

    /// @notice The module has no validators or no threshold and never verifies.
    error NoValidators();

    /// @notice Merkle-root modules: the message is claimed to be a leaf after the last one under the signed root.
    error MessageAfterCheckpoint(uint32 messageIndex, uint32 signedIndex);

    /// @notice The validators, in the order in which signatures must come, and how many must sign.
    function validatorsAndThreshold(bytes calldata message) external view returns (address[] memory, uint8);

    /// @notice Number of whole signatures that `metadata` has room for.
    function signatureCount(bytes calldata metadata) external pure returns (uint256);
}
