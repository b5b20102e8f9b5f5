// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable no-empty-blocks

import {IERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Enumerable.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {INonFungibleRouter} from "./INonFungibleRouter.sol";

/// @title IHypERC721
/// @notice A token route's contract that is the collection itself, an ERC-721: it burns what is sent and mints what is
///         received.
/// @dev A token that waits is this contract's own until it is claimed. `tokenURI` is empty; of HypERC721URIStorage it is what
///      the message brought, and travels on with the token.
///
///      A token that is there already is not minted again: the delivery reverts until it has left. That can happen only where
///      several chains of a route hold collections of the same ids. They must not.
///
///      Left out of the ecosystem's ABI: an initial supply, which nothing would stand behind.
interface IHypERC721 is INonFungibleRouter, IERC721Metadata, IERC721Enumerable {}
