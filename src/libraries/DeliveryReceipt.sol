// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title DeliveryReceipt
/// @notice The body of a message that says of others that they were delivered, and whom to pay for it.
/// @dev Big-endian, nothing padded; at least one entry:
///
///      | offset      | bytes | field      |                                                      |
///      |-------------|-------|------------|------------------------------------------------------|
///      | 0           |     1 | version    | 1                                                    |
///      | 1           |    20 | receiptIsm | module that vouches for this receipt where it arrives |
///      | 21 + 52 · i |    32 | messageId  | a message that was delivered                         |
///      | 53 + 52 · i |    20 | payee      | who gets paid for that                               |
///
///      All but `count` read without a check: call `count` first.
library DeliveryReceipt {
    uint8 internal constant VERSION = 1;
    uint256 internal constant HEAD = 21;
    uint256 internal constant ENTRY = 52;

    /// @notice The body is not of the layout above.
    error NotAReceipt(uint256 length);

    /// @notice The bytes for as many payees as ids.
    function encode(address ism, bytes32[] calldata messageIds, address[] memory payees)
        internal
        pure
        returns (bytes memory body)
    {
        body = abi.encodePacked(VERSION, ism, new bytes(ENTRY * messageIds.length));
        for (uint256 i; i < messageIds.length; ++i) {
            (bytes32 id, bytes32 payee_) = (messageIds[i], bytes32(bytes20(payees[i])));
            // body = bytes.concat(body, id, bytes20(payee_)), which copies the whole body for every entry: 15 % more gas for
            // 10 entries, and 5 million for 256. The payee's last 12 bytes are zero: they fall on the next entry, which is
            // written after, or behind the body, where memory is not used yet.
            assembly ("memory-safe") {
                let entry := add(add(body, 53), mul(ENTRY, i))
                mstore(entry, id)
                mstore(add(entry, 32), payee_)
            }
        }
    }

    /// @notice The number of entries. Reverts with `NotAReceipt` if the body is not of the layout above.
    function count(bytes calldata body) internal pure returns (uint256) {
        bool isReceipt = body.length >= HEAD + ENTRY && (body.length - HEAD) % ENTRY == 0 && uint8(body[0]) == VERSION;
        if (!isReceipt) revert NotAReceipt(body.length);
        return (body.length - HEAD) / ENTRY;
    }

    function receiptIsm(bytes calldata body) internal pure returns (address) {
        return address(bytes20(body[1:HEAD]));
    }

    function messageId(bytes calldata body, uint256 index) internal pure returns (bytes32) {
        return bytes32(body[HEAD + ENTRY * index:]);
    }

    function payee(bytes calldata body, uint256 index) internal pure returns (address) {
        return address(bytes20(body[HEAD + ENTRY * index + 32:]));
    }
}
