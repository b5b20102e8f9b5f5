// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostDispatchHook} from "src/hooks/PostDispatchHook.sol";
import {StandardHookMetadata} from "src/libraries/StandardHookMetadata.sol";

/// @notice Quotes a price per gas that anyone may set. It is never paid.
contract FlatPaymaster is PostDispatchHook {
    using StandardHookMetadata for bytes;

    uint256 public price;

    error PaidNevertheless();

    constructor(uint256 price_) {
        price = price_;
    }

    function setPrice(uint256 price_) external {
        price = price_;
    }

    /// @notice Tokens are worth the same everywhere.
    function getExchangeRateAndGasPrice(uint32) external view returns (uint128, uint128) {
        return (1e10, uint128(price));
    }

    function hookType() external pure returns (uint8) {
        return 4;
    }

    function _postDispatch(bytes calldata, bytes calldata) internal pure override {
        revert PaidNevertheless();
    }

    function _quoteDispatch(bytes calldata metadata, bytes calldata) internal view override returns (uint256) {
        return metadata.gasLimit(50_000) * price;
    }
}
