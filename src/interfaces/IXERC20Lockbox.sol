// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IXERC20} from "./IXERC20.sol";

/// @title IXERC20Lockbox
/// @notice What routes need of the contract that locks a token and mints as much of its xERC20 (ERC-7281).
interface IXERC20Lockbox {
    /// @notice The token that is minted.
    function XERC20() external view returns (IXERC20);

    /// @notice The token that is locked.
    function ERC20() external view returns (IERC20);

    /// @notice Locks `amount` of the caller's, who approved it, and mints it as much.
    function deposit(uint256 amount) external;

    /// @notice Burns `amount` of the caller's, and releases as much to `to`.
    function withdrawTo(address to, uint256 amount) external;
}
