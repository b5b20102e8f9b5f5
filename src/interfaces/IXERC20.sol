// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title IXERC20
/// @notice What routes need of a token that bridges mint and burn, each within limits (ERC-7281).
interface IXERC20 is IERC20 {
    /// @notice Mints `amount` for `user`, within the caller's limit.
    function mint(address user, uint256 amount) external;

    /// @notice Burns `amount` of `user`, within the caller's limit; what is not the caller's takes an approval for it.
    function burn(address user, uint256 amount) external;
}
