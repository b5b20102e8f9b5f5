// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable func-name-mixedcase

/// @title PackageVersioned
/// @notice Lets clients tell the release that a contract is of.
abstract contract PackageVersioned {
    /// @notice The release, as in package.json; or, where the ecosystem's clients tell by it what a contract can do, the release
    ///         of theirs that it can do as much as.
    function PACKAGE_VERSION() external pure virtual returns (string memory) {
        return "0.1.0";
    }
}
