// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title DeliveryGroups
/// @notice The metadata of `Mailbox.processBatch`: how its messages fall into groups, each verified at once by the module that
///         the recipients of the group have in common.
/// @dev One group behind the other, each of the next messages of the batch. Packed, big-endian:
///
///      | offset | bytes  | field    |                                                                                     |
///      |--------|--------|----------|-------------------------------------------------------------------------------------|
///      |      0 |      2 | n        | number of messages, at least 1. One is verified by `verify`, more by `verifyBatch`   |
///      |      2 |      4 | gasLimit | for the `handle` of each message                                                    |
///      |      6 |      4 | length   | of the metadata                                                                     |
///      |     10 | length | metadata | what the module wants for the group                                                 |
library DeliveryGroups {
    uint256 internal constant HEADER = 10;

    /// @notice Splits the first group off. Reverts without data if there is not all of it.
    function next(bytes calldata groups)
        internal
        pure
        returns (uint256 count, uint256 gasLimit, bytes calldata metadata, bytes calldata rest)
    {
        count = uint16(bytes2(groups[0:2]));
        gasLimit = uint32(bytes4(groups[2:6]));
        uint256 end = HEADER + uint32(bytes4(groups[6:HEADER]));
        metadata = groups[HEADER:end];
        rest = groups[end:];
    }
}
