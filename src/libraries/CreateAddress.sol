// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title CreateAddress
/// @notice Where a contract's first creations (by `new`) stand.
library CreateAddress {
    /// @notice The address of what `creator` creates, on any EVM chain, while its nonce is `nonce`. A contract's first creation
    ///         has nonce 1.
    /// @param nonce 1 to 127: its RLP is the byte itself.
    function at(address creator, uint8 nonce) internal pure returns (address) {
        // 0xd6: a list of 22 bytes follows; 0x94: 20 of them are the address.
        bytes32 hash = keccak256(abi.encodePacked(bytes2(0xd694), creator, nonce));
        return address(uint160(uint256(hash)));
    }
}
