// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title PackageVersioned
/// @notice Lets clients tell the release that a contract is of.
abstract contract PackageVersioned {
    /// @notice The release, as in package.json.
    string public constant PACKAGE_VERSION = "0.1.0";
}
