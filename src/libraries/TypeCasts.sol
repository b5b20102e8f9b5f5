// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title TypeCasts
/// @notice Addresses as the protocol carries them: 32 bytes, left-padded with zeros ("addr32").
library TypeCasts {
    /// @notice The value has a non-zero byte above its lowest 20 and so is no EVM address.
    error NotAnAddress(bytes32 value);

    /// @notice `account`, left-padded to 32 bytes.
    function toBytes32(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    /// @notice The address that `value` carries. Reverts with `NotAnAddress` rather than truncating.
    function toAddress(bytes32 value) internal pure returns (address) {
        if (uint256(value) >> 160 != 0) revert NotAnAddress(value);
        return address(uint160(uint256(value)));
    }
}
