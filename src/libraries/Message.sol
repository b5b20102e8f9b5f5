// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Message
/// @notice The wire format of an interchain message. Its id is the keccak-256 of these bytes.
/// @dev All integers big-endian, nothing padded:
///
///      | offset | bytes | field       |                                                  |
///      |--------|-------|-------------|--------------------------------------------------|
///      |      0 |     1 | version     | 3                                                |
///      |      1 |     4 | nonce       | index of the message in the origin Mailbox       |
///      |      5 |     4 | origin      | domain of the chain that it was dispatched on    |
///      |      9 |    32 | sender      | who called dispatch, left-padded                 |
///      |     41 |     4 | destination | domain of the chain that it is for               |
///      |     45 |    32 | recipient   | whose `handle` is called, left-padded            |
///      |     77 |  rest | body        | any bytes                                        |
///
///      Every accessor reverts, without data, on a message too short to hold its field.
library Message {
    /// @notice Length of a message with an empty body.
    uint256 internal constant MIN_LENGTH = 77;

    /// @notice The bytes of a message.
    function encode(
        uint8 version_,
        uint32 nonce_,
        uint32 origin_,
        bytes32 sender_,
        uint32 destination_,
        bytes32 recipient_,
        bytes calldata body_
    ) internal pure returns (bytes memory) {
        return abi.encodePacked(version_, nonce_, origin_, sender_, destination_, recipient_, body_);
    }

    /// @notice The identifier of a message, and its leaf in the origin's tree.
    function id(bytes calldata message) internal pure returns (bytes32) {
        return keccak256(message);
    }

    function version(bytes calldata message) internal pure returns (uint8) {
        return uint8(bytes1(message[0:1]));
    }

    function nonce(bytes calldata message) internal pure returns (uint32) {
        return uint32(bytes4(message[1:5]));
    }

    function origin(bytes calldata message) internal pure returns (uint32) {
        return uint32(bytes4(message[5:9]));
    }

    /// @notice Both at the price of one.
    function nonceAndOrigin(bytes calldata message) internal pure returns (uint32, uint32) {
        uint64 fields = uint64(bytes8(message[1:9]));
        // forge-lint: disable-next-line(unsafe-typecast) the lower half is the origin
        return (uint32(fields >> 32), uint32(fields));
    }

    function sender(bytes calldata message) internal pure returns (bytes32) {
        return bytes32(message[9:41]);
    }

    function destination(bytes calldata message) internal pure returns (uint32) {
        return uint32(bytes4(message[41:45]));
    }

    function recipient(bytes calldata message) internal pure returns (bytes32) {
        return bytes32(message[45:77]);
    }

    function body(bytes calldata message) internal pure returns (bytes calldata) {
        return message[77:];
    }
}
