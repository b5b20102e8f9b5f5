// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IGasOracle, IStorageGasOracle} from "../../interfaces/IGasOracle.sol";
import {UpdatableGasOracle} from "./UpdatableGasOracle.sol";

/// @title StorageGasOracle
/// @notice Prices that are written by hand or by an updater, for paymasters that are not their own oracle, and for tokens. See
///         IStorageGasOracle.
contract StorageGasOracle is UpdatableGasOracle, PackageVersioned {
    using EnumerableSet for EnumerableSet.UintSet;

    struct GasData {
        uint128 tokenExchangeRate;
        uint128 gasPrice;
    }

    mapping(uint32 domain => GasData) internal _gasData;

    /// @param owner_ May write prices and say who else may.
    /// @param updater May write prices; zero for nobody.
    constructor(address owner_, address updater) UpdatableGasOracle(owner_, updater) {}

    /// @inheritdoc IStorageGasOracle
    function remoteGasData(uint32 domain) external view returns (uint128, uint128) {
        return getExchangeRateAndGasPrice(domain);
    }

    /// @inheritdoc IGasOracle
    function getExchangeRateAndGasPrice(uint32 domain) public view returns (uint128, uint128) {
        GasData memory data = _gasData[domain];
        return (data.tokenExchangeRate, data.gasPrice);
    }

    function _setRemoteGasData(RemoteGasDataConfig calldata config) internal override {
        // slither-disable-next-line unused-return
        _domains.add(config.remoteDomain);
        _gasData[config.remoteDomain] =
            GasData({tokenExchangeRate: config.tokenExchangeRate, gasPrice: config.gasPrice});
    }
}
