// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "./IFungibleRouter.sol";
import {IXERC20} from "./IXERC20.sol";

/// @title IHypXERC20
/// @notice A token route's contract that burns and mints an xERC20 (ERC-7281), whose issuer limits both.
/// @dev The sender approves the route. A mint that the limits do not allow waits in claims until they do. A burn that they do
///      not allow reverts, as the token says.
///
///      Warning: the token's owner sets the limits, mints to anyone, and may take the route's right to mint away for good.
///
///      Left out of the ecosystem's ABI: `feeHook` and `feeToken` (see IFungibleRouter).
interface IHypXERC20 is IFungibleRouter {
    /// @notice The token burnt less than the amount.
    error NotBurnt(uint256 amount);

    /// @notice The token that is burnt and minted.
    function wrappedToken() external view returns (IXERC20);
}
