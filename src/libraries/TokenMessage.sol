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

    /// @notice The amount, or the id, that is transferred.
    function amount(bytes calldata body) internal pure returns (uint256) {
        if (body.length < MIN_LENGTH) revert NotATokenMessage(body.length);
        return uint256(bytes32(body[32:64]));
    }
}
