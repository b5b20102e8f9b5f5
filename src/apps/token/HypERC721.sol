// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";

import {IHypERC721} from "../../interfaces/IHypERC721.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {Router} from "../Router.sol";
import {NonFungibleRouter} from "./NonFungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypERC721
/// @notice A synthetic collection: an ERC-721 of what its route holds elsewhere. See IHypERC721.
contract HypERC721 is IHypERC721, NonFungibleRouter, ERC721Enumerable {
    constructor(
        string memory name_,
        string memory symbol_,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) ERC721(name_, symbol_) Router(mailbox_, hook_, module, owner_) {}

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(this);
    }

    function _collect(uint256 id) internal override {
        if (_ownerOf(id) != msg.sender) revert NotTheHolder(id, msg.sender);

        _burn(id);
    }

    function _pay(address to, uint256 id, uint256) internal override returns (bool) {
        _mint(to, id);
        return true;
    }

    function _hold(uint256 id) internal override {
        _mint(address(this), id);
    }

    function _release(address to, uint256 id) internal override returns (bool) {
        _transfer(address(this), to, id);
        return true;
    }
}
