// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Asset
/// @notice Takes and pays either the native token (address zero) or an ERC-20.
/// @dev Both call out, perhaps into whoever is paid: the last thing that a function does.
library Asset {
    using SafeERC20 for IERC20;

    /// @notice The value sent is not the amount, or is not zero where the asset is a token.
    error WrongValue(uint256 value, uint256 expected);

    /// @notice The token took a fee.
    error WrongAmountReceived(uint256 received, uint256 amount);

    /// @notice The native token could not be paid to the account.
    error PaymentFailed(address account, uint256 amount);

    // slither-disable-start msg-value-in-nonpayable
    /// @notice Takes `amount` from the caller: as the value sent, or by its approval. Not more and not less arrives.
    function pull(address asset, uint256 amount) internal {
        uint256 value = asset == address(0) ? amount : 0;
        if (msg.value != value) revert WrongValue(msg.value, value);
        if (asset == address(0)) return;

        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(asset).balanceOf(address(this)) - before;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }

    // slither-disable-end msg-value-in-nonpayable

    /// @notice Pays `amount` to an account.
    function pay(address asset, address account, uint256 amount) internal {
        if (asset != address(0)) {
            IERC20(asset).safeTransfer(account, amount);
            return;
        }
        (bool paid,) = account.call{value: amount}("");
        if (!paid) revert PaymentFailed(account, amount);
    }
}
