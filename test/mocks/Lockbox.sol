// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IXERC20} from "src/interfaces/IXERC20.sol";
import {IXERC20Lockbox} from "src/interfaces/IXERC20Lockbox.sol";

/// @notice A lockbox, that can be told to mint or to burn another amount than it locks or releases.
contract Lockbox is IXERC20Lockbox {
    using SafeERC20 for IERC20;

    IXERC20 public immutable XERC20;
    IERC20 public immutable ERC20;
    uint256 internal _kept;
    uint256 internal _spared;

    constructor(IXERC20 xerc20, IERC20 erc20) {
        (XERC20, ERC20) = (xerc20, erc20);
    }

    function setKept(uint256 kept) external {
        _kept = kept;
    }

    function setSpared(uint256 spared) external {
        _spared = spared;
    }

    function deposit(uint256 amount) external {
        ERC20.safeTransferFrom(msg.sender, address(this), amount);
        XERC20.mint(msg.sender, amount - _kept);
    }

    function withdrawTo(address to, uint256 amount) external {
        XERC20.burn(msg.sender, amount - _spared);
        ERC20.safeTransfer(to, amount);
    }
}
