// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "../libraries/Bls12381.sol";
import {IBlsKeyRegistry} from "./IBlsKeyRegistry.sol";

/// @title IBlsMultisigIsmFactory
/// @notice Deploys BLS multisig modules with a set that never changes, each at an address fixed by its set. The keys of a set
///         are written first, up to `PAGE_CAPACITY` a page, each page in a transaction of its own.
interface IBlsMultisigIsmFactory {
    /// @notice The key is in no entry of the registry.
    error KeyNotRegistered(bytes32 keyHash);

    /// @notice A page takes 1 to `PAGE_CAPACITY` keys.
    error InvalidPageLength(uint256 keys);

    /// @notice The validators' addresses do not ascend: `validator` stands after `previous`, or stands there twice.
    error NotAscending(address previous, address validator);

    /// @notice This factory has not written the page.
    error UnknownPage(address page);

    /// @notice A page that is not the last has room left.
    error PageNotFull(address page);

    /// @notice The threshold is zero or above the number of validators, or there are more than 256 of them.
    error InvalidThreshold(uint256 threshold, uint256 validators);

    /// @notice Who says which validator a key belongs to.
    function registry() external view returns (IBlsKeyRegistry);

    /// @notice Holds the code that the modules are copies of; itself it has no validators and never verifies.
    function implementation() external view returns (address);

    /// @notice How many keys a page holds at most.
    function PAGE_CAPACITY() external view returns (uint256);

    /// @notice Whether this factory has written the page, so that each of its keys is registered.
    function isPage(address page) external view returns (bool);

    /// @notice Writes keys, or returns their page if it is there. Anyone may call.
    /// @param keys Registered, in ascending order of their validators. About 5.3 million gas for a full page.
    function writePage(Bls12381.G2Point[] calldata keys) external returns (address page);

    /// @notice Where these keys are or would be. Reverts as `writePage` does.
    function pageAddress(Bls12381.G2Point[] calldata keys) external view returns (address page);

    /// @notice Deploys the module for a set, or returns it if it is there. Anyone may call.
    /// @param pages The set's keys, from `writePage`, in ascending order; all but the last one full.
    /// @param threshold How many must sign, at least 1 and at most all.
    function deploy(address[] calldata pages, uint256 threshold) external returns (address module);

    /// @notice The address of the module for a set, deployed or not. Reverts as `deploy` does.
    function getAddress(address[] calldata pages, uint256 threshold) external view returns (address module);
}
