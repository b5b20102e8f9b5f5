// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "./IFungibleRouter.sol";

/// @title IHypNative
/// @notice A token route's contract that locks the native coin and releases what was locked.
/// @dev The amount and the fee are part of the value sent; the rest of it is for the hooks. It takes coins by `transferRemote`
///      only.
///
///      Left out of the ecosystem's ABI: liquidity providers and their shares (`deposit` to `withdraw`, `asset`, `donate` and
///      the ERC-20 of shares), rebalancing (`rebalance`, bridges, rebalancers, recipients); `feeHook` and `feeToken` (see
///      IFungibleRouter).
interface IHypNative is IFungibleRouter {
    /// @notice The value sent is less than the amount and the fee.
    error ValueTooLow(uint256 value, uint256 cost);

    /// @notice The fee contract does not take its fee.
    error FeeNotTaken(address feeRecipient, uint256 fee);
}
