// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IFungibleRouter} from "./IFungibleRouter.sol";
import {IXERC20} from "./IXERC20.sol";
import {IXERC20Lockbox} from "./IXERC20Lockbox.sol";

/// @title IHypXERC20Lockbox
/// @notice A token route's contract that takes and gives a token by the lockbox of its xERC20 (ERC-7281): what is sent is
///         locked there, and the xERC20 for it burnt.
/// @dev The lockbox's token is what senders approve to the route, and what recipients get. What can not be minted, within its
///      limits, and taken out of the lockbox, waits in claims.
///
///      Warning: what IHypXERC20 says of the token's owner. Others take out of the same lockbox: what is locked in it is not
///      this route's alone.
///
///      Left out of the ecosystem's ABI: `approveLockbox` (each transfer approves what it locks), lockboxes of the native coin,
///      `feeHook` and `feeToken` (see IFungibleRouter).
interface IHypXERC20Lockbox is IFungibleRouter {
    /// @notice The lockbox minted, or the token burnt, another amount than was locked.
    error NotBurnt(uint256 amount);

    /// @notice The lockbox did not burn what it should release.
    error NotWithdrawn(uint256 amount);

    /// @notice Only this contract calls that.
    error NotMyself(address caller);

    /// @notice The lockbox.
    function lockbox() external view returns (IXERC20Lockbox);

    /// @notice The token that the lockbox mints, and that is burnt and minted here.
    function xERC20() external view returns (IXERC20);

    /// @notice The token that the lockbox locks.
    function wrappedToken() external view returns (IERC20);

    /// @notice Mints and takes out of the lockbox, or neither. This contract only.
    function mintAndWithdraw(address to, uint256 amount) external;
}
