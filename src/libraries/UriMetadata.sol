// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title UriMetadata
/// @notice The metadata of a token message that carries a token's URI.
/// @dev The URI's bytes, as they are, without a length before them. At most `MAX_LENGTH`, so that storing them never needs
///      more gas than a delivery can have: 33 words, 750,000 gas.
library UriMetadata {
    /// @notice The URI is longer than `MAX_LENGTH`.
    error UriTooLong(uint256 length);

    uint256 internal constant MAX_LENGTH = 1024;

    /// @notice The metadata for a URI that is not too long.
    function encode(string memory uri) internal pure returns (bytes memory metadata) {
        metadata = bytes(uri);
        if (metadata.length > MAX_LENGTH) revert UriTooLong(metadata.length);
    }

    /// @notice The URI; the empty one in place of one that is too long, which this project's routes do not send.
    function decode(bytes calldata metadata) internal pure returns (string memory uri) {
        if (metadata.length <= MAX_LENGTH) uri = string(metadata);
    }
}
