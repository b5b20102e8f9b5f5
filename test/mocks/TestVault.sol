// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice A vault that loses what anyone says, and pays nothing out while it is shut.
contract TestVault is ERC4626 {
    bool internal _shut;

    error Shut();

    constructor(IERC20 asset_) ERC20("Vault", "VLT") ERC4626(asset_) {}

    function setShut(bool shut) external {
        _shut = shut;
    }

    function lose(uint256 assets) external {
        SafeERC20.safeTransfer(IERC20(asset()), address(0xdead), assets);
    }

    function _withdraw(address caller, address receiver, address owner, uint256 assets, uint256 shares)
        internal
        override
    {
        if (_shut) revert Shut();
        super._withdraw(caller, receiver, owner, assets, shares);
    }
}
