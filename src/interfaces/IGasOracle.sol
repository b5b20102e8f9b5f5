// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IGasOracle
/// @notice Says what gas on other chains costs on this one.
interface IGasOracle {
    /// @notice The prices of a domain. `gas * gasPrice * tokenExchangeRate / 1e10` is what that gas costs here.
    /// @return tokenExchangeRate What the smallest unit of the domain's native token is worth in the smallest unit of the token
    ///         that is paid in here, times 1e10.
    /// @return gasPrice Of the domain, in the smallest unit of its native token.
    function getExchangeRateAndGasPrice(uint32 domain)
        external
        view
        returns (uint128 tokenExchangeRate, uint128 gasPrice);
}

/// @title IStorageGasOracle
/// @notice An oracle that answers what was written into it by its owner or by the owner's updater.
/// @dev Warning: an updater is a key of a machine, and meant to be. It decides what payers are asked for: as little as nothing,
///      or so much that nobody pays. It gets no payments.
interface IStorageGasOracle is IGasOracle {
    /// @notice The prices of one domain.
    struct RemoteGasDataConfig {
        uint32 remoteDomain;
        uint128 tokenExchangeRate;
        uint128 gasPrice;
    }

    /// @notice The prices of a domain were written.
    event RemoteGasDataSet(uint32 indexed remoteDomain, uint128 tokenExchangeRate, uint128 gasPrice);

    /// @notice The owner, or the constructor, said who may write prices.
    event GasOracleUpdaterSet(address indexed updater);

    /// @notice The caller is neither the updater nor the owner.
    error NotGasOracleUpdater(address caller);

    /// @notice A price of nothing is what a domain has that was forgotten.
    error ZeroGasData(uint32 remoteDomain);

    /// @notice Who may write prices besides the owner; zero if nobody.
    function gasOracleUpdater() external view returns (address);

    /// @notice The prices written last for a domain; zeros if none were.
    function remoteGasData(uint32 remoteDomain) external view returns (uint128 tokenExchangeRate, uint128 gasPrice);

    /// @notice The domains that there are prices for. Of a paymaster: those served.
    function domains() external view returns (uint32[] memory);

    /// @notice Writes the prices of one domain. Updater or owner.
    function setRemoteGasData(RemoteGasDataConfig calldata config) external;

    /// @notice Writes the prices of several domains. Updater or owner.
    function setRemoteGasDataConfigs(RemoteGasDataConfig[] calldata configs) external;

    /// @notice Says who may write prices besides the owner; zero for nobody. Owner only.
    function setGasOracleUpdater(address updater) external;
}
