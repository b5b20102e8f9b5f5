// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IStaticAddressSetFactory
/// @notice Deploys modules of which m of n members must agree, with a set that never changes, each at an address fixed by its
///         set. Members are the validators of a multisig or the modules of an aggregation.
/// @dev Refuses sets that are not valid, with the errors of the AddressSet library.
interface IStaticAddressSetFactory {
    /// @notice Holds the code that the modules are copies of; itself it has no members and never verifies.
    function implementation() external view returns (address);

    /// @notice Deploys the module for a set, or returns it if it is there. Anyone may call.
    /// @param members Up to 255, in the order in which signatures or metadata will have to come; another order is another
    ///        module.
    /// @param threshold How many must agree, at least 1 and at most all.
    function deploy(address[] calldata members, uint8 threshold) external returns (address module);

    /// @notice The address of the module for a set, deployed or not. Reverts as `deploy` does.
    function getAddress(address[] calldata members, uint8 threshold) external view returns (address module);
}
