// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title StandardHookMetadata
/// @notice What a sender may tell the hooks of one dispatch.
/// @dev Packed, big-endian. Fields may be absent from the end; a field that is not there in full is absent.
///
///      | offset | bytes | field         |                                                          |
///      |--------|-------|---------------|----------------------------------------------------------|
///      |      0 |     2 | variant       | 1                                                        |
///      |      2 |    32 | msgValue      | wei that `handle` gets on the destination                |
///      |     34 |    32 | gasLimit      | gas that `handle` needs on the destination               |
///      |     66 |    20 | refundAddress | gets what the hooks do not take of the value sent         |
///      |     86 |  rest | custom        | for hooks that know it                                   |
library StandardHookMetadata {
    uint16 internal constant VARIANT = 1;

    /// @notice Metadata with all the standard fields and nothing after them.
    function encode(uint256 value, uint256 limit, address refundTo) internal pure returns (bytes memory) {
        return abi.encodePacked(VARIANT, value, limit, refundTo);
    }

    /// @notice Whether `metadata` is empty or of the layout above.
    function isStandard(bytes calldata metadata) internal pure returns (bool) {
        return metadata.length == 0 || variant(metadata) == VARIANT;
    }

    /// @notice The layout's number, 0 if absent.
    function variant(bytes calldata metadata) internal pure returns (uint16) {
        return metadata.length < 2 ? 0 : uint16(bytes2(metadata[0:2]));
    }

    /// @notice The value for `handle` in wei, or `fallbackValue` if absent.
    function msgValue(bytes calldata metadata, uint256 fallbackValue) internal pure returns (uint256) {
        return metadata.length < 34 ? fallbackValue : uint256(bytes32(metadata[2:34]));
    }

    /// @notice The gas for `handle`, or `fallbackLimit` if absent.
    function gasLimit(bytes calldata metadata, uint256 fallbackLimit) internal pure returns (uint256) {
        return metadata.length < 66 ? fallbackLimit : uint256(bytes32(metadata[34:66]));
    }

    /// @notice Who gets a refund, or `fallbackAddress` if absent or zero.
    function refundAddress(bytes calldata metadata, address fallbackAddress) internal pure returns (address) {
        if (metadata.length < 86) return fallbackAddress;
        address account = address(bytes20(metadata[66:86]));
        return account == address(0) ? fallbackAddress : account;
    }

    /// @notice The token to pay for delivery in, the first 20 custom bytes; zero, also if absent, for the native one.
    function feeToken(bytes calldata metadata) internal pure returns (address) {
        return metadata.length < 106 ? address(0) : address(bytes20(metadata[86:106]));
    }

    /// @notice What follows the standard fields.
    function custom(bytes calldata metadata) internal pure returns (bytes calldata) {
        return metadata.length < 86 ? metadata[0:0] : metadata[86:];
    }
}
