// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {IStorageGasOracle} from "../../interfaces/IGasOracle.sol";

/// @title UpdatableGasOracle
/// @notice Base of contracts with prices that are written: who may, however they are stored. See IStorageGasOracle.
abstract contract UpdatableGasOracle is IStorageGasOracle, Ownable2Step {
    using EnumerableSet for EnumerableSet.UintSet;

    /// @inheritdoc IStorageGasOracle
    address public gasOracleUpdater;

    EnumerableSet.UintSet internal _domains;

    modifier onlyUpdater() {
        if (msg.sender != gasOracleUpdater && msg.sender != owner()) revert NotGasOracleUpdater(msg.sender);
        _;
    }

    constructor(address owner_, address updater) Ownable(owner_) {
        _setGasOracleUpdater(updater);
    }

    /// @inheritdoc IStorageGasOracle
    function setRemoteGasData(RemoteGasDataConfig calldata config) external onlyUpdater {
        _writeGasData(config);
    }

    /// @inheritdoc IStorageGasOracle
    function setRemoteGasDataConfigs(RemoteGasDataConfig[] calldata configs) external onlyUpdater {
        for (uint256 i; i < configs.length; ++i) {
            _writeGasData(configs[i]);
        }
    }

    /// @inheritdoc IStorageGasOracle
    function setGasOracleUpdater(address updater) external onlyOwner {
        _setGasOracleUpdater(updater);
    }

    /// @inheritdoc IStorageGasOracle
    function domains() external view returns (uint32[] memory all) {
        uint256[] memory words = _domains.values();
        // Solidity has no cast between arrays; every word was a uint32.
        assembly ("memory-safe") {
            all := words
        }
    }

    /// @dev Stores prices, neither of which is zero.
    function _setRemoteGasData(RemoteGasDataConfig calldata config) internal virtual;

    function _writeGasData(RemoteGasDataConfig calldata config) internal {
        if (config.tokenExchangeRate == 0 || config.gasPrice == 0) revert ZeroGasData(config.remoteDomain);

        _setRemoteGasData(config);
        emit RemoteGasDataSet(config.remoteDomain, config.tokenExchangeRate, config.gasPrice);
    }

    function _setGasOracleUpdater(address updater) internal {
        gasOracleUpdater = updater;
        emit GasOracleUpdaterSet(updater);
    }
}
