// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title AggregationMetadata
/// @notice What an aggregation ISM (module type 2) of n modules needs: metadata for as many of them as must agree.
/// @dev Packed, big-endian. Offsets are into the whole metadata; a start of 0 says that there is none for that module.
///
///      | offset | bytes | field    |                                       |
///      |--------|-------|----------|---------------------------------------|
///      |    8 i |     4 | start[i] | where the metadata of module i begins |
///      |  8 i+4 |     4 | end[i]   | where it ends, exclusive              |
///      |    8 n |  rest |          | the modules' metadata                 |
library AggregationMetadata {
    /// @notice The metadata is too short for its table, or what it says of module `index` is no part of it.
    error InvalidRange(uint256 index);

    /// @notice Whether there is metadata for module `index`, and that metadata.
    function at(bytes calldata metadata, uint256 index)
        internal
        pure
        returns (bool supplied, bytes calldata moduleMetadata)
    {
        uint256 entry = index * 8;
        if (metadata.length < entry + 8) revert InvalidRange(index);
        uint256 start = uint32(bytes4(metadata[entry:entry + 4]));
        if (start == 0) return (false, metadata[0:0]);
        uint256 end = uint32(bytes4(metadata[entry + 4:entry + 8]));
        if (end < start || end > metadata.length) revert InvalidRange(index);
        return (true, metadata[start:end]);
    }
}
