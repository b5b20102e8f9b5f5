// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IStaticMultisigIsmFactory} from "../../interfaces/IStaticMultisigIsmFactory.sol";

/// @title StaticMultisigIsmFactory
/// @notice Deploys multisig modules with a fixed set. See IStaticMultisigIsmFactory.
abstract contract StaticMultisigIsmFactory is IStaticMultisigIsmFactory, PackageVersioned {
    /// @dev Creation code that returns all that follows it, which is `size` bytes, as the contract's code:
    ///      PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN.
    bytes1 internal constant _PUSH2 = 0x61;
    bytes7 internal constant _RETURN_REST = 0x80600a3d393df3;

    /// @inheritdoc IStaticMultisigIsmFactory
    address public immutable implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }

    /// @inheritdoc IStaticMultisigIsmFactory
    function deploy(address[] calldata validators, uint8 threshold) external returns (address module) {
        bytes memory creationCode = _creationCode(validators, threshold);
        module = Create2.computeAddress(0, keccak256(creationCode));
        if (module.code.length == 0) module = Create2.deploy(0, 0, creationCode);
    }

    /// @inheritdoc IStaticMultisigIsmFactory
    function getAddress(address[] calldata validators, uint8 threshold) external view returns (address) {
        return Create2.computeAddress(0, keccak256(_creationCode(validators, threshold)));
    }

    /// @dev The implementation's code with the set behind it, as StaticMultisigIsm reads it.
    function _creationCode(address[] calldata validators, uint256 threshold) internal view returns (bytes memory) {
        _requireValidSet(validators, threshold);
        bytes memory code = abi.encodePacked(implementation.code, validators, threshold, validators.length);
        return abi.encodePacked(_PUSH2, uint16(code.length), _RETURN_REST, code);
    }

    function _requireValidSet(address[] calldata validators, uint256 threshold) internal pure {
        uint256 count = validators.length;
        if (threshold == 0 || threshold > count || count > type(uint8).max) revert InvalidThreshold(threshold, count);
        for (uint256 i; i < count; ++i) {
            if (validators[i] == address(0)) revert ZeroValidator();
            for (uint256 j; j < i; ++j) {
                if (validators[j] == validators[i]) revert DuplicateValidator(validators[i]);
            }
        }
    }
}
