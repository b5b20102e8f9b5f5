// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ExpiringMessage
/// @notice The body of a message that may expire, and of the receipt that says that it did.
/// @dev Big-endian, nothing padded:
///
///      | offset | bytes | field    |                                                                                |
///      |--------|-------|----------|--------------------------------------------------------------------------------|
///      |      0 |     1 | kind     | 1: to be handled; 2: the message with the same rest has expired                 |
///      |      1 |     6 | deadline | last second, by the destination's clock, in which it is handled; 0: never expires |
///      |      7 |     8 | counter  | of its sender: no two messages of a sender have the same                       |
///      |     15 |  rest | payload  | the application's                                                              |
library ExpiringMessage {
    uint8 internal constant MESSAGE = 1;
    uint8 internal constant RECEIPT = 2;
    uint256 internal constant MIN_LENGTH = 15;

    /// @notice The body is shorter than the fields in front of the payload.
    error NotAnExpiringMessage(uint256 length);

    /// @notice The bytes of a message that is to be handled.
    function encode(uint48 deadline_, uint64 counter_, bytes memory payload_) internal pure returns (bytes memory) {
        return abi.encodePacked(MESSAGE, deadline_, counter_, payload_);
    }

    /// @notice The receipt that says that the message with this body has expired.
    function receipt(bytes calldata body) internal pure returns (bytes memory) {
        return abi.encodePacked(RECEIPT, body[1:]);
    }

    /// @notice Reverts with `NotAnExpiringMessage` on a body too short to hold the fields.
    function kind(bytes calldata body) internal pure returns (uint8) {
        if (body.length < MIN_LENGTH) revert NotAnExpiringMessage(body.length);
        return uint8(body[0]);
    }

    function deadline(bytes calldata body) internal pure returns (uint48) {
        return uint48(bytes6(body[1:7]));
    }

    function counter(bytes calldata body) internal pure returns (uint64) {
        return uint64(bytes8(body[7:MIN_LENGTH]));
    }

    function payload(bytes calldata body) internal pure returns (bytes calldata) {
        return body[MIN_LENGTH:];
    }

    /// @notice Stands for a message, the same for it and its receipt, together with who is at its other end.
    /// @param domain Of the other end.
    /// @param account At the other end, addr32.
    function commitment(uint32 domain, bytes32 account, uint48 deadline_, uint64 counter_, bytes memory payload_)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(domain, account, deadline_, counter_, payload_));
    }
}
