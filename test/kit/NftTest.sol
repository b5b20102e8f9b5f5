// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC721} from "src/interfaces/IHypERC721.sol";
import {IHypERC721Collateral} from "src/interfaces/IHypERC721Collateral.sol";
import {INonFungibleRouter} from "src/interfaces/INonFungibleRouter.sol";
import {ITokenRouter} from "src/interfaces/ITokenRouter.sol";

import {AnyCollection} from "../mocks/AnyCollection.sol";
import {Shipped} from "./Shipped.sol";
import {TokenTest} from "./TokenTest.sol";

/// @notice A route of a collection between the two domains, with URIs, guarded by the real multisig.
abstract contract NftTest is TokenTest {
    uint256 internal constant ID = 7;
    string internal constant URI = "ipfs://seven";
    bytes32 internal constant FOREIGN = bytes32(uint256(0xf0e1) << 200);

    AnyCollection internal collection;
    IHypERC721Collateral internal here;
    IHypERC721 internal there;

    function setUp() public virtual override {
        super.setUp();
        collection = new AnyCollection();
        here = Shipped.hypERC721Collateral(true, collection, _config(originMailbox));
        there = Shipped.hypERC721(true, _config(destinationMailbox));
        _connect(here, there);
    }

    /// @dev The account gets a token of the collection, which the route may move.
    function _own(address account, uint256 id, string memory uri) internal {
        collection.mint(account, id, uri);
        _approve(account);
    }

    function _approve(address account) internal {
        vm.prank(account);
        collection.setApprovalForAll(address(here), true);
    }

    function _sendNft(address account, ITokenRouter from, bytes32 to, uint256 id) internal returns (bytes memory) {
        return _transfer(account, IFungibleRouter(address(from)), to, id);
    }

    /// @dev A message of the counterpart of `to`.
    function _forgeNft(ITokenRouter from, ITokenRouter to, bytes memory body) internal returns (bytes memory) {
        return _forge(IFungibleRouter(address(from)), IFungibleRouter(address(to)), body);
    }

    /// @dev The token goes there, to the account.
    function _bring(address account, uint256 id) internal {
        _own(account, id, URI);
        _deliver(_sendNft(account, here, bytes32(uint256(uint160(account))), id));
        assertEq(there.ownerOf(id), account);
    }

    function _expectNotClaimant(INonFungibleRouter router, uint256 id, bytes32 waiting, address by, address to)
        internal
    {
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NotClaimant.selector, by, waiting, to));
        vm.prank(by);
        router.claim(id, to);
    }
}
