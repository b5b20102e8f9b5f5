// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IGasOracle, IStorageGasOracle} from "../interfaces/IGasOracle.sol";
import {IInterchainGasPaymaster} from "../interfaces/IInterchainGasPaymaster.sol";
import {PackedDestination} from "./GasDestination.sol";
import {GasQuotes} from "./GasQuotes.sol";

/// @title GasPrices
/// @notice What gas costs on the destinations of the paymaster that keeps this table: by prices of its own, or by those of
///         oracles. `address(this)` is the paymaster. A price is a gas price times an exchange rate.
library GasPrices {
    using EnumerableSet for EnumerableSet.UintSet;
    using GasQuotes for GasQuotes.Book;

    /// @dev An exchange rate of this is one to one.
    uint256 internal constant EXCHANGE_RATE_SCALE = 1e10;

    address internal constant NATIVE_TOKEN = address(0);

    struct Table {
        mapping(uint32 domain => PackedDestination) destinations;
        /// Where prices in a token come from, and those in the native one, which is zero, if they are not the paymaster's own.
        mapping(address feeToken => mapping(uint32 domain => IGasOracle)) oracles;
    }

    /* ----------------------------------------------------- writes --------------------------------------------------- */

    function setPrices(Table storage table, IStorageGasOracle.RemoteGasDataConfig calldata config) internal {
        uint32 domain = config.remoteDomain;
        table.destinations[domain] =
            table.destinations[domain].withPrices(domain, config.tokenExchangeRate, config.gasPrice);
    }

    function setOverhead(Table storage table, uint32 domain, uint256 gasOverhead) internal {
        table.destinations[domain] = table.destinations[domain].withGasOverhead(domain, gasOverhead);
    }

    /// @notice Says where prices of a destination come from, if from anywhere.
    /// @param domains Those served, from now on with or without this one.
    function setDestination(
        Table storage table,
        EnumerableSet.UintSet storage domains,
        IInterchainGasPaymaster.GasParam calldata param
    ) internal {
        uint32 domain = param.remoteDomain;
        IGasOracle gasOracle = param.config.gasOracle;
        bool isServed = address(gasOracle) != address(0);
        bool isOwnOracle = address(gasOracle) == address(this);
        if (isServed) requireContract(address(gasOracle));

        // slither-disable-next-line unused-return
        isServed ? domains.add(domain) : domains.remove(domain);
        table.destinations[domain] = table.destinations[domain].withOwnOracle(isOwnOracle);
        table.oracles[NATIVE_TOKEN][domain] = isOwnOracle ? IGasOracle(address(0)) : gasOracle;
        setOverhead(table, domain, param.config.gasOverhead);
        emit IInterchainGasPaymaster.DestinationGasConfigSet(domain, address(gasOracle), param.config.gasOverhead);
    }

    function setTokenOracle(Table storage table, IInterchainGasPaymaster.TokenGasOracleConfig calldata config)
        internal
    {
        requireContract(config.feeToken);
        if (address(config.gasOracle) != address(0)) requireContract(address(config.gasOracle));

        table.oracles[config.feeToken][config.remoteDomain] = config.gasOracle;
        emit IInterchainGasPaymaster.TokenGasOracleSet(config.feeToken, config.remoteDomain, address(config.gasOracle));
    }

    /// @notice Has quotes looked for until `time`, if not later ones are.
    function expectQuotes(Table storage table, uint32 domain, uint48 time) internal {
        PackedDestination to = table.destinations[domain];
        if (time > to.quotesUntil()) table.destinations[domain] = to.withQuotesUntil(time);
    }

    /* ----------------------------------------------------- reads ---------------------------------------------------- */

    /// @notice Where prices come from; zero if they come from nowhere.
    function oracleOf(Table storage table, address feeToken, uint32 domain) internal view returns (IGasOracle) {
        if (feeToken == NATIVE_TOKEN && table.destinations[domain].isOwnOracle()) return IGasOracle(address(this));
        return table.oracles[feeToken][domain];
    }

    /// @notice The same; reverts instead of answering zero, also for a token where the destination is not served at all.
    function requireOracle(Table storage table, address feeToken, uint32 domain)
        internal
        view
        returns (IGasOracle oracle)
    {
        oracle = oracleOf(table, NATIVE_TOKEN, domain);
        if (address(oracle) == address(0)) revertNotServed(domain);
        if (feeToken == NATIVE_TOKEN) return oracle;

        oracle = oracleOf(table, feeToken, domain);
        if (address(oracle) == address(0)) revert IInterchainGasPaymaster.TokenNotAccepted(feeToken, domain);
    }

    /// @notice The prices that an oracle of this table says; reverts if one is zero.
    function ask(Table storage table, IGasOracle oracle, uint32 domain)
        internal
        view
        returns (uint128 tokenExchangeRate, uint128 gasPrice)
    {
        PackedDestination to = table.destinations[domain];
        (tokenExchangeRate, gasPrice) = address(oracle) == address(this)
            ? (to.tokenExchangeRate(), to.gasPrice())
            : oracle.getExchangeRateAndGasPrice(domain);
        if (tokenExchangeRate == 0 || gasPrice == 0) revertNotServed(domain);
    }

    /// @notice Gas price times exchange rate: of the quote that counts for `sender`, or else of the oracle.
    function find(Table storage table, GasQuotes.Book storage book, address feeToken, uint32 domain, address sender)
        internal
        view
        returns (uint256)
    {
        IGasOracle oracle = requireOracle(table, feeToken, domain);
        uint128 tokenExchangeRate;
        uint128 gasPrice;
        // forge-lint: disable-next-line(block-timestamp) off by seconds is nothing to how long quotes are good
        bool quoted = block.timestamp <= table.destinations[domain].quotesUntil(); // solhint-disable-line not-rely-on-time
        if (quoted) (tokenExchangeRate, gasPrice) = book.find(feeToken, domain, sender);
        if (tokenExchangeRate == 0) (tokenExchangeRate, gasPrice) = ask(table, oracle, domain);
        return uint256(tokenExchangeRate) * gasPrice;
    }

    /// @notice What gas costs, rounded down. Reverts if it is more than 2^256 - 1.
    /// @param price Gas price times exchange rate.
    function fee(uint256 gas, uint256 price) internal pure returns (uint256) {
        return Math.mulDiv(gas, price, EXCHANGE_RATE_SCALE);
    }

    function requireContract(address account) internal view {
        if (account.code.length == 0) revert IInterchainGasPaymaster.NotAContract(account);
    }

    /// @dev By a text, which clients of the ecosystem look for.
    function revertNotServed(uint32 domain) internal pure {
        // solhint-disable-next-line gas-custom-errors
        revert(string.concat("Configured IGP doesn't support domain ", Strings.toString(domain)));
    }
}
