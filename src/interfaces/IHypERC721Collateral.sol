// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {INonFungibleRouter} from "./INonFungibleRouter.sol";

/// @title IHypERC721Collateral
/// @notice A token route's contract that locks tokens of an ERC-721 collection and releases what was locked.
/// @dev What is sent has to be the caller's before and this contract's afterwards. HypERC721URICollateral sends the token's URI
///      along, as it is then; one that is longer than the UriMetadata library allows can not be sent by it.
///
///      Warning: the collection's code decides whose its tokens are. One that lies, moves nothing or takes back what is locked
///      cheats its own users, on every chain of the route; nobody else's.
interface IHypERC721Collateral is INonFungibleRouter {
    /// @notice The collection did not move the token to this contract.
    error NotTaken(uint256 id);

    /// @notice The collection.
    function wrappedToken() external view returns (IERC721Metadata);
}
