// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IStaticMultisigIsmFactory
/// @notice Deploys multisig modules with a validator set that never changes, each at an address fixed by its set.
interface IStaticMultisigIsmFactory {
    /// @notice The threshold is zero or above the number of validators, or there are more than 255 of them.
    error InvalidThreshold(uint256 threshold, uint256 validators);

    /// @notice A validator is the zero address.
    error ZeroValidator();

    /// @notice A validator stands in the set more than once, and would count more than once.
    error DuplicateValidator(address validator);

    /// @notice Holds the code that the modules are copies of; itself it has no validators and never verifies.
    function implementation() external view returns (address);

    /// @notice Deploys the module for a set, or returns it if it is there. Anyone may call.
    /// @param validators Up to 255, in the order in which their signatures will have to come; another order is another module.
    /// @param threshold How many must sign, at least 1 and at most all.
    function deploy(address[] calldata validators, uint8 threshold) external returns (address module);

    /// @notice The address of the module for a set, deployed or not. Reverts as `deploy` does.
    function getAddress(address[] calldata validators, uint8 threshold) external view returns (address module);
}
