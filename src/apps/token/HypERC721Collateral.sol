// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IHypERC721Collateral} from "../../interfaces/IHypERC721Collateral.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {Router} from "../Router.sol";
import {NonFungibleRouter} from "./NonFungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypERC721Collateral
/// @notice Locks tokens of an ERC-721 collection for a route. See IHypERC721Collateral.
contract HypERC721Collateral is IHypERC721Collateral, NonFungibleRouter, ReentrancyGuardTransient {
    /// @inheritdoc IHypERC721Collateral
    IERC721Metadata public immutable wrappedToken;

    constructor(
        IERC721Metadata erc721,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) Router(mailbox_, hook_, module, owner_) {
        if (address(erc721).code.length == 0) revert NotAContract(address(erc721));
        wrappedToken = erc721;
    }

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(wrappedToken);
    }

    /// @dev The holder is asked before, too: a collection whose transfers may do nothing, without reverting, would else have
    ///      anyone send what somebody else has locked. Not reentrant: one token locked is one message.
    function _collect(uint256 id) internal override nonReentrant {
        if (wrappedToken.ownerOf(id) != msg.sender) revert NotTheHolder(id, msg.sender);

        // Whoever it waited for: it is not here any more, and what comes is not that one's.
        delete claimable[id];

        wrappedToken.transferFrom(msg.sender, address(this), id);
        if (wrappedToken.ownerOf(id) != address(this)) revert NotTaken(id);
    }

    function _pay(address to, uint256 id, uint256 gasLimit) internal override returns (bool) {
        bytes memory data = abi.encodeCall(IERC721.transferFrom, (address(this), to, id));
        return BoundedCall.tryCall(address(wrappedToken), 0, data, gasLimit);
    }

    /// @dev It is locked here already.
    function _hold(uint256) internal override {} // solhint-disable-line no-empty-blocks

    function _release(address to, uint256 id) internal override returns (bool) {
        return _pay(to, id, gasleft());
    }
}
