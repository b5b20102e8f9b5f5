// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IFungibleRouter} from "./IFungibleRouter.sol";

/// @title IHypERC20Collateral
/// @notice A token route's contract that locks an ERC-20 and releases what was locked.
/// @dev What arrives is measured, and less than the amount reverts (`TokenUnderpaid` of the ExactPull library): a token that
///      keeps a part of what is transferred can not be sent. Tokens may call anyone while they move.
///
///      Warning: who owns the token can take or freeze what is locked. A token whose balances change by themselves does not
///      fit: when it takes balances away, the last ones to return find nothing and wait in claims; what it adds belongs to
///      nobody.
///
///      Left out of the ecosystem's ABI: liquidity providers and their shares (`deposit` to `withdraw`, `asset`, `donate` and
///      the ERC-20 of shares), rebalancing (`rebalance`, bridges, rebalancers, recipients); `feeHook` and `feeToken` (see
///      IFungibleRouter).
interface IHypERC20Collateral is IFungibleRouter {
    /// @notice The token that is locked.
    function wrappedToken() external view returns (IERC20);
}
