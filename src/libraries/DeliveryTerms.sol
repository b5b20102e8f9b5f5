// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StandardHookMetadata} from "./StandardHookMetadata.sol";

/// @title DeliveryTerms
/// @notice Until when a message is to be delivered, and on what terms who delivers it is paid: custom hook metadata.
/// @dev Follows the fee token of the StandardHookMetadata; big-endian, nothing padded:
///
///      | offset | bytes | field         |                                                                            |
///      |--------|-------|---------------|----------------------------------------------------------------------------|
///      |    106 |     6 | deadline      | last second, by the destination's clock, in which it is handled; 0 for none |
///      |    112 |     6 | escrowUntil   | last second, by the origin's clock, for which the payment is locked         |
///      |    118 |    20 | receiptIsm    | module on the origin that vouches for receipts                              |
///      |    138 |    32 | receiptSender | contract on the destination that sends receipts, addr32                     |
///      |    170 |  rest |               | not looked at                                                              |
///
///      Times are seconds since 1970. The deadline may stand alone; the other three are there together.
library DeliveryTerms {
    using StandardHookMetadata for bytes;

    struct Terms {
        uint48 deadline;
        uint48 escrowUntil;
        address receiptIsm;
        bytes32 receiptSender;
    }

    uint256 internal constant DEADLINE_OFFSET = 106;
    uint256 internal constant DEADLINE_END = 112;
    uint256 internal constant END = 170;

    /// @dev Gas for `handle` where hook metadata does not say.
    uint256 internal constant DEFAULT_GAS_LIMIT = 50_000;

    /// @notice The metadata ends before the terms do.
    error TermsMissing(uint256 length);

    /// @notice The metadata names another deadline than the message has.
    error DeadlineMismatch(uint48 inMetadata, uint48 deadline);

    /// @notice The metadata is of another layout than the standard one.
    error NotStandardMetadata(uint16 variant);

    /// @notice The terms. Reverts with `TermsMissing` if they are not there in full.
    function decode(bytes calldata metadata) internal pure returns (Terms memory) {
        if (metadata.length < END) revert TermsMissing(metadata.length);
        return Terms({
            deadline: deadline(metadata),
            escrowUntil: uint48(bytes6(metadata[112:118])),
            receiptIsm: address(bytes20(metadata[118:138])),
            receiptSender: bytes32(metadata[138:END])
        });
    }

    /// @notice The deadline; 0, also if absent, for none.
    function deadline(bytes calldata metadata) internal pure returns (uint48) {
        if (metadata.length < DEADLINE_END) return 0;
        return uint48(bytes6(metadata[DEADLINE_OFFSET:DEADLINE_END]));
    }

    /// @notice `metadata` of a message that has `deadline_` and whose refunds go to `refundAddress` unless it names another.
    /// @dev Reverts if it names another deadline: what pays for the delivery would count on that.
    function complete(bytes calldata metadata, uint48 deadline_, address refundAddress)
        internal
        pure
        returns (bytes memory)
    {
        if (!metadata.isStandard()) revert NotStandardMetadata(metadata.variant());
        uint48 named = deadline(metadata);
        if (named != 0 && named != deadline_) revert DeadlineMismatch(named, deadline_);
        return abi.encodePacked(
            StandardHookMetadata.VARIANT,
            metadata.msgValue(0),
            metadata.gasLimit(DEFAULT_GAS_LIMIT),
            metadata.refundAddress(refundAddress),
            metadata.feeToken(),
            deadline_,
            metadata.length < DEADLINE_END ? metadata[0:0] : metadata[DEADLINE_END:]
        );
    }
}
