// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title TokenMessage
/// @notice The body of a token transfer.
/// @dev Big-endian:
///
///      | offset | bytes | field     |                                          |
///      |--------|-------|-----------|------------------------------------------|
///      |      0 |    32 | recipient | who gets the tokens, left-padded          |
///      |     32 |    32 | amount    | in units of the message, or the token's id |
///      |     64 |  rest | metadata  | for tokens that carry some               |
library TokenMessage {
    /// @notice The body is too short for a token transfer.
    error NotATokenMessage(uint256 length);

    uint256 internal constant MIN_LENGTH = 64;

    /// @notice The body of a transfer without metadata.
    function encode(bytes32 to, uint256 amountOrId) internal pure returns (bytes memory) {
        return abi.encode(to, amountOrId);
    }

    /// @notice The body of a transfer.
    function encode(bytes32 to, uint256 amountOrId, bytes memory extra) internal pure returns (bytes memory) {
        return abi.encodePacked(to, amountOrId, extra);
    }

    /// @notice Who gets the tokens; not necessarily an address of this chain.
    function tokenRecipient(bytes calldata body) internal pure returns (bytes32) {
        if (body.length < MIN_LENGTH) revert NotATokenMessage(body.length);
        return bytes32(body[0:32]);
    }

    /// @notice The amount, or the id, that is transferred.
    function amount(bytes calldata body) internal pure returns (uint256) {
        if (body.length < MIN_LENGTH) revert NotATokenMessage(body.length);
        return uint256(bytes32(body[32:64]));
    }

    /// @notice What a token carries besides.
    function metadata(bytes calldata body) internal pure returns (bytes calldata) {
        if (body.length < MIN_LENGTH) revert NotATokenMessage(body.length);
        return body[64:];
    }
}
