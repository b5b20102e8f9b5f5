// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {UriMetadata} from "../../libraries/UriMetadata.sol";
import {HypERC721Collateral} from "./HypERC721Collateral.sol";

/// @title HypERC721URICollateral
/// @notice Locks tokens of an ERC-721 collection and sends their URIs along. See IHypERC721Collateral.
contract HypERC721URICollateral is HypERC721Collateral {
    constructor(
        IERC721Metadata erc721,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) HypERC721Collateral(erc721, mailbox_, hook_, module, owner_) {}

    function _metadata(uint256 id) internal view override returns (bytes memory) {
        return UriMetadata.encode(wrappedToken.tokenURI(id));
    }
}
