// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {IFungibleRouter} from "./IFungibleRouter.sol";

/// @title IHypERC20
/// @notice A token route's contract that is the token itself, an ERC-20: it burns what is sent and mints what is received.
/// @dev Left out of the ecosystem's ABI: an initial supply, which nothing would stand behind; `increaseAllowance` and
///      `decreaseAllowance`, which are no part of the standard; `feeHook` and `feeToken` (see IFungibleRouter).
interface IHypERC20 is IFungibleRouter, IERC20Metadata {
    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) external view override(IFungibleRouter, IERC20) returns (uint256);
}
