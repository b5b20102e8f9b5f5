// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Enumerable} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Enumerable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IHypERC721} from "src/interfaces/IHypERC721.sol";
import {IHypERC721Collateral} from "src/interfaces/IHypERC721Collateral.sol";
import {INonFungibleRouter} from "src/interfaces/INonFungibleRouter.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenRouter, Quote} from "src/interfaces/ITokenRouter.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";
import {UriMetadata} from "src/libraries/UriMetadata.sol";

import {NftTest} from "../../../kit/NftTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";

/// @notice Routes of collections, forth and back.
contract NftRoutesTest is NftTest {
    uint256 internal constant MAX_URI = 1024;

    /* ----------------------------------------------------- transfers ------------------------------------------------ */

    function test_forthAndBack() public {
        _own(alice, ID, URI);
        vm.expectEmit(address(here));
        emit ITokenRouter.SentTransferRemote(DESTINATION, bob32, ID);
        bytes memory message = _sendNft(alice, here, bob32, ID);
        assertEq(_body(message), abi.encodePacked(bob32, ID, URI));
        assertEq(collection.ownerOf(ID), address(here));

        vm.expectEmit(address(there));
        emit ITokenRouter.ReceivedTransferRemote(ORIGIN, bob32, ID);
        _deliver(message);
        assertEq(there.ownerOf(ID), bob);
        assertEq(there.tokenURI(ID), URI);
        assertEq(there.totalSupply(), 1);
        assertEq(there.tokenOfOwnerByIndex(bob, 0), ID);

        message = _sendNft(bob, there, Reference.addr32(alice), ID);
        assertEq(there.totalSupply(), 0);
        assertEq(_body(message), abi.encodePacked(Reference.addr32(alice), ID, URI));
        _deliver(message);
        assertEq(collection.ownerOf(ID), alice);
    }

    function test_withoutUris() public {
        here = Shipped.hypERC721Collateral(false, collection, _config(originMailbox));
        there = Shipped.hypERC721(false, _config(destinationMailbox));
        _connect(here, there);
        _own(alice, ID, URI);
        bytes memory message = _sendNft(alice, here, bob32, ID);
        assertEq(_body(message), abi.encode(bob32, ID));
        _deliver(message);
        assertEq(there.ownerOf(ID), bob);
        assertEq(there.tokenURI(ID), "");
        _deliver(_sendNft(bob, there, bob32, ID));
        assertEq(collection.ownerOf(ID), bob);
    }

    /// @dev Any id, any bytes for a URI, any recipient that is an account.
    function testFuzz_forthAndBack(uint256 id, bytes memory uri, address to) public {
        vm.assume(to != address(0) && to != address(there) && to != address(here));
        if (uri.length > MAX_URI) uri = "";
        _own(alice, id, string(uri));
        _deliver(_sendNft(alice, here, Reference.addr32(to), id));
        assertEq(there.ownerOf(id), to);
        assertEq(there.tokenURI(id), string(uri));
        _deliver(_sendNft(to, there, Reference.addr32(to), id));
        assertEq(collection.ownerOf(id), to);
        assertEq(there.totalSupply(), 0);
    }

    /// @dev The URI that comes last holds, also an empty one.
    function test_uri_isThatOfTheLastMessage() public {
        _bring(bob, ID);
        _deliver(_sendNft(bob, there, bob32, ID));
        here = Shipped.hypERC721Collateral(false, collection, _config(originMailbox));
        _connect(here, there);
        vm.prank(bob);
        collection.transferFrom(bob, alice, ID);
        _approve(alice);
        _deliver(_sendNft(alice, here, bob32, ID));
        assertEq(there.tokenURI(ID), "");
    }

    function test_quote_hasTheId() public {
        _own(alice, ID, URI);
        Quote[] memory quotes = here.quoteTransferRemote(DESTINATION, bob32, ID);
        assertEq(quotes.length, 2);
        assertEq(quotes[0].token, address(0));
        assertEq(quotes[1].token, address(collection));
        assertEq(quotes[1].amount, ID);
    }

    function test_views() public {
        INonFungibleRouter[2] memory routers = [INonFungibleRouter(here), there];
        for (uint256 i; i < 2; ++i) {
            assertEq(routers[i].scaleNumerator(), 1);
            assertEq(routers[i].scaleDenominator(), 1);
            assertEq(routers[i].feeRecipient(), address(0));
            assertEq(routers[i].PAYMENT_GAS(), 500_000);
        }
        assertEq(here.token(), address(collection));
        assertEq(address(here.wrappedToken()), address(collection));
        assertEq(there.token(), address(there));
        assertEq(there.name(), "Synthetic");
        assertEq(there.symbol(), "SYN");
        bytes4[5] memory ids = [
            type(IERC165).interfaceId,
            type(IERC721).interfaceId,
            type(IERC721Metadata).interfaceId,
            type(IERC721Enumerable).interfaceId,
            bytes4(0x49064906) // ERC-4906
        ];
        IHypERC721 plain = Shipped.hypERC721(false, _config(originMailbox));
        for (uint256 i; i < 5; ++i) {
            assertTrue(there.supportsInterface(ids[i]));
            assertEq(plain.supportsInterface(ids[i]), i < 4);
        }
        assertFalse(there.supportsInterface(0xffffffff));
    }

    /* ----------------------------------------------------- refusals ------------------------------------------------- */

    function test_send_toZero_reverts() public {
        _bring(bob, ID);
        _own(alice, 8, URI);
        vm.expectRevert(ITokenRouter.ZeroRecipient.selector);
        vm.prank(alice);
        here.transferRemote(DESTINATION, 0, 8);
        vm.expectRevert(ITokenRouter.ZeroRecipient.selector);
        vm.prank(bob);
        there.transferRemote(ORIGIN, 0, ID);
    }

    /// @dev An operator of all of Alice's tokens sends one to itself.
    function test_send_byAnOperator_reverts() public {
        _bring(alice, ID);
        _own(alice, 8, URI);
        vm.startPrank(alice);
        collection.setApprovalForAll(attacker, true);
        there.setApprovalForAll(attacker, true);
        vm.stopPrank();
        vm.startPrank(attacker);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NotTheHolder.selector, 8, attacker));
        here.transferRemote(DESTINATION, bob32, 8);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NotTheHolder.selector, ID, attacker));
        there.transferRemote(ORIGIN, bob32, ID);
        vm.stopPrank();
    }

    /// @dev What is locked is nobody's to send again.
    function test_send_whatIsLocked_reverts() public {
        _own(alice, ID, URI);
        _sendNft(alice, here, bob32, ID);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NotTheHolder.selector, ID, alice));
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, ID);
    }

    /// @dev Sent without approval.
    function test_send_unapproved_reverts() public {
        collection.mint(alice, ID, URI);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, address(here), ID));
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, ID);
    }

    function test_send_toNoRouter_reverts() public {
        _own(alice, ID, URI);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NoRouter.selector, 9));
        vm.prank(alice);
        here.transferRemote(9, bob32, ID);
        assertEq(collection.ownerOf(ID), alice);
    }

    /// @dev The longest URI goes, and comes back; the next longer one stays where it is.
    function test_uri_bounded() public {
        _own(alice, ID, string(new bytes(MAX_URI)));
        _deliver(_sendNft(alice, here, bob32, ID));
        assertEq(bytes(there.tokenURI(ID)).length, MAX_URI);
        _deliver(_sendNft(bob, there, bob32, ID));

        _own(alice, 8, string(new bytes(MAX_URI + 1)));
        vm.expectRevert(abi.encodeWithSelector(UriMetadata.UriTooLong.selector, MAX_URI + 1));
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, 8);
    }

    /// @dev A router of other software sends 20 KB. The token arrives without, and can leave again.
    function test_uri_tooLong_arrivesWithout() public {
        _own(alice, ID, URI);
        _sendNft(alice, here, bob32, ID);
        _deliver(_forgeNft(here, there, abi.encodePacked(bob32, ID, new bytes(20_000))));
        assertEq(there.ownerOf(ID), bob);
        assertEq(there.tokenURI(ID), "");
        _deliver(_sendNft(bob, there, bob32, ID));
        assertEq(collection.ownerOf(ID), bob);
    }

    function test_handle_tooShort_reverts() public {
        bytes memory message = _forgeNft(here, there, new bytes(63));
        vm.expectRevert(abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, 63));
        this.deliver(message);
    }

    /// @dev The attacker dispatches the body itself, from an account that is no router.
    function test_handle_ofAStranger_reverts() public {
        vm.recordLogs();
        vm.prank(attacker);
        originMailbox.dispatch(DESTINATION, Reference.addr32(address(there)), abi.encode(attacker, ID));
        bytes memory message = _dispatched();
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotTheRouter.selector, ORIGIN, Reference.addr32(attacker)));
        this.deliver(message);
    }

    /// @dev Two chains of a route lock the same id: the second one waits for the first to leave, and its URI too.
    function test_synthetic_idThatIsThere_isDeliveredLater() public {
        _bring(bob, ID);
        bytes memory second = _forgeNft(here, there, abi.encodePacked(Reference.addr32(alice), ID, "other"));
        bytes memory nobodys = _forgeNft(here, there, abi.encodePacked(FOREIGN, ID, "other"));
        bytes memory reason = abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0));
        vm.expectRevert(reason);
        this.deliver(second);
        vm.expectRevert(reason);
        this.deliver(nobodys);
        assertEq(there.tokenURI(ID), URI);

        _sendNft(bob, there, bob32, ID);
        _deliver(second);
        assertEq(there.ownerOf(ID), alice);
        assertEq(there.tokenURI(ID), "other");
    }

    /// @dev By mistake, straight to the router: refused, where the collection asks.
    function test_safeTransfer_toTheRouter_reverts() public {
        _own(alice, ID, URI);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(here)));
        vm.prank(alice);
        collection.safeTransferFrom(alice, address(here), ID);
    }

    function test_constructor_noCollection_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        this.deployOver(IERC721Metadata(bob));
    }

    function deployOver(IERC721Metadata nothing) external returns (IHypERC721Collateral) {
        return Shipped.hypERC721Collateral(false, nothing, _config(originMailbox));
    }

    function deliver(bytes memory message) external {
        _deliver(message);
    }

    function _body(bytes memory message) internal view returns (bytes memory) {
        return this.bodyOf(message);
    }

    function bodyOf(bytes calldata message) external pure returns (bytes memory) {
        return message[77:];
    }
}
