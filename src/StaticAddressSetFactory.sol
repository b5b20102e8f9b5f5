// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {PackageVersioned} from "./PackageVersioned.sol";
import {IStaticAddressSetFactory} from "./interfaces/IStaticAddressSetFactory.sol";
import {AddressSet} from "./libraries/AddressSet.sol";
import {CodeSet} from "./libraries/CodeSet.sol";

/// @title StaticAddressSetFactory
/// @notice Deploys modules, or hooks, with a fixed set. See IStaticAddressSetFactory.
abstract contract StaticAddressSetFactory is IStaticAddressSetFactory, PackageVersioned {
    /// @inheritdoc IStaticAddressSetFactory
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @inheritdoc IStaticAddressSetFactory
    function deploy(address[] calldata members, uint8 threshold) external returns (address) {
        return _deploy(members, threshold);
    }

    /// @inheritdoc IStaticAddressSetFactory
    function getAddress(address[] calldata members, uint8 threshold) external view returns (address) {
        return _getAddress(members, threshold);
    }

    function _deploy(address[] calldata members, uint256 threshold) internal returns (address deployed) {
        bytes memory creationCode = _creationCode(members, threshold);
        deployed = Create2.computeAddress(0, keccak256(creationCode));
        if (deployed.code.length == 0) deployed = Create2.deploy(0, 0, creationCode);
    }

    function _getAddress(address[] calldata members, uint256 threshold) internal view returns (address) {
        return Create2.computeAddress(0, keccak256(_creationCode(members, threshold)));
    }

    function _creationCode(address[] calldata members, uint256 threshold) internal view returns (bytes memory) {
        _requireValid(members, threshold);
        return CodeSet.creationCode(implementation, abi.encodePacked(members), threshold);
    }

    function _requireValid(address[] calldata members, uint256 threshold) internal view virtual {
        AddressSet.requireValid(members, threshold);
    }
}
