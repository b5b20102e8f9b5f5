// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypERC20} from "../../interfaces/IHypERC20.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypERC20
/// @notice A synthetic token: an ERC-20 that is what its route holds elsewhere. See IHypERC20.
contract HypERC20 is IHypERC20, FungibleRouter, ERC20 {
    uint8 internal immutable _decimals;

    constructor(
        string memory name_,
        string memory symbol_,
        uint8 decimals_,
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) ERC20(name_, symbol_) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {
        _decimals = decimals_;
    }

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(this);
    }

    /// @inheritdoc IERC20Metadata
    function decimals() public view override(IERC20Metadata, ERC20) returns (uint8) {
        return _decimals;
    }

    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) public view override(IHypERC20, IFungibleRouter, ERC20) returns (uint256) {
        return super.balanceOf(account);
    }

    function _collect(uint256 amount, address feeTo, uint256 fee) internal override returns (uint256) {
        _burn(msg.sender, amount);
        if (fee != 0) _transfer(msg.sender, feeTo, fee);
        return msg.value;
    }

    function _pay(address to, uint256 amount, uint256) internal override returns (bool) {
        _mint(to, amount);
        return true;
    }
}
