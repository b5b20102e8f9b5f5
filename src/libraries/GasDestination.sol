// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainGasPaymaster} from "../interfaces/IInterchainGasPaymaster.sol";

/// @notice All that a payment for a destination reads, in one word, if the paymaster is its own oracle and no quotes were
///         signed off chain.
/// @dev Bits, from the lowest; what is written does fit, or is refused:
///
///      | offset | bits | field             |                                                                     |
///      |--------|------|-------------------|---------------------------------------------------------------------|
///      |      0 |   72 | gasPrice          | of the destination, as IGasOracle has it; zero if none was written   |
///      |     72 |  104 | tokenExchangeRate | likewise                                                            |
///      |    176 |   32 | gasOverhead       | gas of a delivery besides that of `handle`                           |
///      |    208 |   40 | quotesUntil       | last second that a quote may count in; later, none is looked for     |
///      |    248 |    8 | isOwnOracle       | whether the prices above are those of the destination, 0 or 1        |
///
///      A struct takes the same slot, but is read into memory field by field, which costs a payment some hundred gas.
type PackedDestination is uint256;

using GasDestination for PackedDestination global;

/// @title GasDestination
/// @notice Reads and replaces the fields of a PackedDestination.
library GasDestination {
    uint256 private constant EXCHANGE_RATE_OFFSET = 72;
    uint256 private constant OVERHEAD_OFFSET = 176;
    uint256 private constant QUOTES_OFFSET = 208;
    uint256 private constant ORACLE_OFFSET = 248;

    // forge-lint: disable-start(unsafe-typecast) each takes the lowest bits of what it shifted down
    function gasPrice(PackedDestination self) internal pure returns (uint72) {
        return uint72(PackedDestination.unwrap(self));
    }

    function tokenExchangeRate(PackedDestination self) internal pure returns (uint104) {
        return uint104(PackedDestination.unwrap(self) >> EXCHANGE_RATE_OFFSET);
    }

    function gasOverhead(PackedDestination self) internal pure returns (uint32) {
        return uint32(PackedDestination.unwrap(self) >> OVERHEAD_OFFSET);
    }

    function quotesUntil(PackedDestination self) internal pure returns (uint40) {
        return uint40(PackedDestination.unwrap(self) >> QUOTES_OFFSET);
    }

    // forge-lint: disable-end(unsafe-typecast)
    function isOwnOracle(PackedDestination self) internal pure returns (bool) {
        return PackedDestination.unwrap(self) >> ORACLE_OFFSET != 0;
    }

    /// @notice Gas price times exchange rate, if that is all there is to the price of gas; zero if more has to be looked at.
    function ownPrice(PackedDestination self) internal view returns (uint256) {
        // forge-lint: disable-next-line(block-timestamp) off by seconds is nothing to how long quotes are good
        if (!isOwnOracle(self) || block.timestamp <= quotesUntil(self)) return 0; // solhint-disable-line not-rely-on-time
        unchecked {
            return uint256(tokenExchangeRate(self)) * gasPrice(self); // 176 bits at most
        }
    }

    function withPrices(PackedDestination self, uint32 domain, uint128 exchangeRate, uint128 price)
        internal
        pure
        returns (PackedDestination)
    {
        if (exchangeRate > type(uint104).max || price > type(uint72).max) {
            revert IInterchainGasPaymaster.GasDataTooLarge(domain, exchangeRate, price);
        }
        uint256 rest = (PackedDestination.unwrap(self) >> OVERHEAD_OFFSET) << OVERHEAD_OFFSET;
        return PackedDestination.wrap(rest | (uint256(exchangeRate) << EXCHANGE_RATE_OFFSET) | price);
    }

    function withGasOverhead(PackedDestination self, uint32 domain, uint256 overhead)
        internal
        pure
        returns (PackedDestination)
    {
        if (overhead > type(uint32).max) revert IInterchainGasPaymaster.GasOverheadTooLarge(domain, overhead);
        return _with(self, OVERHEAD_OFFSET, type(uint32).max, overhead);
    }

    /// @notice Has quotes looked for until `time`, which is below 2^40.
    function withQuotesUntil(PackedDestination self, uint48 time) internal pure returns (PackedDestination) {
        return _with(self, QUOTES_OFFSET, type(uint40).max, time);
    }

    function withOwnOracle(PackedDestination self, bool own) internal pure returns (PackedDestination) {
        return _with(self, ORACLE_OFFSET, type(uint8).max, own ? 1 : 0);
    }

    function _with(PackedDestination self, uint256 offset, uint256 mask, uint256 value)
        private
        pure
        returns (PackedDestination)
    {
        return PackedDestination.wrap((PackedDestination.unwrap(self) & ~(mask << offset)) | (value << offset));
    }
}
