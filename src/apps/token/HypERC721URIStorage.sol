// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Enumerable.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {UriMetadata} from "../../libraries/UriMetadata.sol";
import {HypERC721} from "./HypERC721.sol";

/// @title HypERC721URIStorage
/// @notice A synthetic collection whose tokens have the URIs that messages bring. See IHypERC721.
contract HypERC721URIStorage is HypERC721, ERC721URIStorage {
    constructor(
        string memory name_,
        string memory symbol_,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) HypERC721(name_, symbol_, mailbox_, hook_, module, owner_) {}

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(IERC165, ERC721Enumerable, ERC721URIStorage)
        returns (bool)
    {
        return super.supportsInterface(interfaceId);
    }

    /// @inheritdoc IERC721Metadata
    function tokenURI(uint256 id)
        public
        view
        override(IERC721Metadata, ERC721, ERC721URIStorage)
        returns (string memory)
    {
        return super.tokenURI(id);
    }

    function _metadata(uint256 id) internal view override returns (bytes memory) {
        return UriMetadata.encode(tokenURI(id));
    }

    function _give(bytes32 recipient, uint256 id, bytes calldata metadata) internal override {
        _setTokenURI(id, UriMetadata.decode(metadata));
        super._give(recipient, id, metadata);
    }

    function _update(address to, uint256 id, address auth)
        internal
        override(ERC721, ERC721Enumerable)
        returns (address)
    {
        return super._update(to, id, auth);
    }

    function _increaseBalance(address account, uint128 value) internal override(ERC721, ERC721Enumerable) {
        super._increaseBalance(account, value);
    }
}
