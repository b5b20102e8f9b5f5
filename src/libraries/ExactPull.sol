// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title ExactPull
/// @notice Takes tokens that were approved, and sees that they arrived.
/// @dev Warning: a token may call anyone while it transfers. A contract that pulls for several parties guards every function
///      that moves the token against reentrance, so that tokens of another pull are not taken for those of this one.
library ExactPull {
    using SafeERC20 for IERC20;

    /// @notice Less of a token arrived than was due: it keeps a part of what is transferred, or does not transfer.
    error TokenUnderpaid(address token, uint256 received, uint256 due);

    /// @notice Takes `amount` of `token` from an account, which must have agreed to that: this does not ask who calls.
    function pull(IERC20 token, address from, uint256 amount) internal {
        if (amount == 0) return;
        uint256 before = token.balanceOf(address(this));

        // slither-disable-next-line arbitrary-send-erc20
        token.safeTransferFrom(from, address(this), amount);

        uint256 received = token.balanceOf(address(this)) - before;
        if (received < amount) revert TokenUnderpaid(address(token), received, amount);
    }
}
