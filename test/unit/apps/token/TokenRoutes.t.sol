// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {MailboxClient} from "src/MailboxClient.sol";
import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenRouter, Quote} from "src/interfaces/ITokenRouter.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {RecordingHook} from "../../../mocks/RecordingHook.sol";

/// @notice What all kinds of routes have in common, tried on each of them: collateral or native here, synthetic there.
abstract contract TokenRouteTest is TokenTest {
    uint256 internal constant AMOUNT = 5 ether;
    uint256 internal constant FEE = 7;

    IFungibleRouter internal here;
    IHypERC20 internal there;
    RecordingHook internal hook;

    function setUp() public override {
        super.setUp();
        here = _deployHere();
        there = _synthetic(1, 1);
        _connect(here, there);
        hook = new RecordingHook(FEE);
        vm.prank(owner);
        here.setHook(hook);
        _fund(alice, address(here), AMOUNT);
    }

    function _deployHere() internal virtual returns (IFungibleRouter);

    function _asset() internal view virtual returns (address);

    function _balance(address account) internal view returns (uint256) {
        return here.balanceOf(account);
    }

    function _send() internal returns (bytes memory) {
        return _transfer(alice, here, bob32, AMOUNT);
    }

    /* ------------------------------------------------- both directions ---------------------------------------------- */

    function test_transferRemote_andBack() public {
        uint256 before = _balance(alice);
        bytes memory message = _send();

        assertEq(
            message,
            Reference.message(
                0,
                ORIGIN,
                address(here),
                DESTINATION,
                Reference.addr32(address(there)),
                bytes.concat(bob32, bytes32(AMOUNT))
            )
        );
        assertEq(_balance(address(here)), AMOUNT);
        // Native value beside the amount was dealt for the hook.
        assertEq(_balance(alice), _asset() == address(0) ? before : before - AMOUNT);
        assertEq(hook.value(), FEE);

        vm.expectEmit(address(there));
        emit ITokenRouter.ReceivedTransferRemote(ORIGIN, bob32, AMOUNT);
        _deliver(message);
        assertEq(there.balanceOf(bob), AMOUNT);
        assertEq(there.totalSupply(), AMOUNT);

        address carol = makeAddr("carol");
        message = _transfer(bob, there, Reference.addr32(carol), AMOUNT - 1);
        assertEq(there.totalSupply(), 1);
        _deliver(message);
        assertEq(_balance(carol), AMOUNT - 1);
        assertEq(_balance(address(here)), 1);
    }

    function test_transferRemote_emits() public {
        vm.expectEmit(address(here));
        emit ITokenRouter.SentTransferRemote(DESTINATION, bob32, AMOUNT);
        _send();
    }

    function test_transferRemote_returnsTheId() public {
        Quote[] memory quotes = here.quoteTransferRemote(DESTINATION, bob32, AMOUNT);
        uint256 value = FEE + (_asset() == address(0) ? AMOUNT : 0);
        assertEq(quotes.length, 2);
        assertEq(quotes[0].token, address(0));
        assertEq(quotes[0].amount, FEE);
        assertEq(quotes[1].token, _asset());
        assertEq(quotes[1].amount, AMOUNT);
        vm.prank(alice);
        bytes32 id = here.transferRemote{value: value}(DESTINATION, bob32, AMOUNT);
        assertEq(id, originMailbox.latestDispatchedId());
    }

    /// @dev Surplus value goes to the hooks, with the sender as who is refunded.
    function test_transferRemote_passesTheSurplusOn() public {
        vm.prank(alice);
        here.transferRemote{value: FEE + 3 + (_asset() == address(0) ? AMOUNT : 0)}(DESTINATION, bob32, AMOUNT);
        assertEq(hook.value(), FEE + 3);
        assertEq(hook.metadata(), abi.encodePacked(uint16(1), uint256(0), uint256(0), alice));
    }

    function test_transferRemote_toNobody_reverts() public {
        vm.expectRevert(ITokenRouter.ZeroRecipient.selector);
        vm.prank(alice);
        here.transferRemote{value: AMOUNT + FEE}(DESTINATION, 0, AMOUNT);
    }

    function test_transferRemote_ofNothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooSmall.selector, 0));
        vm.prank(alice);
        here.transferRemote{value: FEE}(DESTINATION, bob32, 0);
    }

    function test_transferRemote_whereNoRouterIs_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NoRouter.selector, 3000));
        vm.prank(alice);
        here.transferRemote{value: AMOUNT + FEE}(3000, bob32, AMOUNT);
    }

    /// @dev A quote does not need an amount that can be sent.
    function test_quoteTransferRemote_ofNothing() public view {
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, 0)[1].amount, 0);
    }

    function test_views() public view {
        assertEq(here.token(), _asset());
        assertEq(here.scaleNumerator(), 1);
        assertEq(here.scaleDenominator(), 1);
        assertEq(address(here.feeRecipient()), address(0));
        assertEq(here.PAYMENT_GAS(), 500_000);
    }

    /// @dev Clients that know of no token routes but the ecosystem's ask this first.
    function test_packageVersion() public view {
        assertEq(IOwnedMailbox(address(here)).PACKAGE_VERSION(), "11.0.0");
    }

    /* ----------------------------------------------- only by the way it goes ---------------------------------------- */

    /// @dev Somebody calls `handle` without the Mailbox.
    function test_handle_notByTheMailbox_reverts() public {
        _send();
        bytes memory body = abi.encode(attacker, AMOUNT);
        for (uint256 i; i < 2; ++i) {
            (IFungibleRouter to, IFungibleRouter from) = i == 0 ? (here, IFungibleRouter(there)) : (there, here);
            vm.prank(attacker);
            vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
            to.handle(i == 0 ? DESTINATION : ORIGIN, Reference.addr32(address(from)), body);
        }
    }

    /// @dev An authentic message with a transfer in it, of who is no router.
    function test_handle_ofAStranger_reverts() public {
        _send();
        bytes memory body = abi.encode(attacker, AMOUNT);
        for (uint256 i; i < 2; ++i) {
            (uint32 to, address router) = i == 0 ? (ORIGIN, address(here)) : (DESTINATION, address(there));
            vm.recordLogs();
            vm.prank(attacker);
            (i == 0 ? destinationMailbox : originMailbox).dispatch(to, Reference.addr32(router), body);
            (IOwnedMailbox mailbox, bytes memory metadata) = _quorumOfLast();
            vm.expectRevert(
                abi.encodeWithSelector(
                    IRouter.NotTheRouter.selector, i == 0 ? DESTINATION : ORIGIN, Reference.addr32(attacker)
                )
            );
            mailbox.process(metadata, _last);
        }
    }

    /// @dev One validator of three signs a transfer that the router never sent.
    function test_handle_withoutAQuorum_reverts() public {
        _send();
        bytes memory forged = Reference.message(
            9, DESTINATION, address(there), ORIGIN, Reference.addr32(address(here)), abi.encode(attacker, AMOUNT)
        );
        bytes32 tree = Reference.addr32(address(destinationMailbox.merkleTreeHook()));
        Reference.Checkpoint memory checkpoint =
            Reference.Checkpoint(DESTINATION, tree, bytes32(0), 9, keccak256(forged));
        bytes32 hash = Reference.checkpointHash(checkpoint);
        bytes memory metadata = bytes.concat(
            Reference.messageIdMetadata(checkpoint), _sign(validatorKeys[0], hash), _sign(attackerKey, hash)
        );
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, attacker));
        originMailbox.process(metadata, forged);
        assertEq(_balance(attacker), 0);
    }

    /// @dev Value of a delivery would belong to nobody, or be taken for collateral.
    function test_handle_withValue_reverts() public {
        bytes memory message = _send();
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(ITokenRouter.ValueNotTaken.selector, 1));
        mailbox.process{value: 1}(metadata, message);
        assertEq(there.totalSupply(), 0);
    }

    function test_handle_ofAShortBody_reverts() public {
        _send();
        bytes memory message = _forge(there, here, abi.encodePacked(bob32, uint248(AMOUNT)));
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        vm.expectRevert(abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, 63));
        mailbox.process(metadata, message);
    }

    /// @dev What follows the amount is not for this kind of token.
    function test_handle_ofABodyWithMetadata() public {
        _send();
        _deliver(_forge(there, here, abi.encodePacked(bob32, AMOUNT, "more")));
        assertEq(_balance(bob), AMOUNT);
    }

    function test_handle_twice_reverts() public {
        bytes memory message = _send();
        _deliver(message);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
        mailbox.process(metadata, message);
    }

    bytes internal _last;

    function _quorumOfLast() internal returns (IOwnedMailbox, bytes memory) {
        _last = _dispatched();
        return _quorum(_last);
    }
}

contract HypERC20CollateralRouteTest is TokenRouteTest {
    function _deployHere() internal override returns (IFungibleRouter) {
        return _collateral(1, 1);
    }

    function _asset() internal view override returns (address) {
        return address(token);
    }

    function test_wrappedToken() public view {
        assertEq(address(IHypERC20Collateral(address(here)).wrappedToken()), address(token));
    }

    function test_transferRemote_withoutApproval_reverts() public {
        token.mint(bob, AMOUNT);
        vm.deal(bob, FEE);
        vm.prank(bob);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(here), 0, AMOUNT)
        );
        here.transferRemote{value: FEE}(DESTINATION, bob32, AMOUNT);
    }
}

contract HypNativeRouteTest is TokenRouteTest {
    function _deployHere() internal override returns (IFungibleRouter) {
        return _native(1, 1);
    }

    function _asset() internal pure override returns (address) {
        return address(0);
    }

    /// @dev Somebody sends less than the amount, hoping that others' collateral makes up for it.
    function test_transferRemote_withLessThanTheAmount_reverts() public {
        _send();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IHypNative.ValueTooLow.selector, AMOUNT - 1, AMOUNT));
        here.transferRemote{value: AMOUNT - 1}(DESTINATION, bob32, AMOUNT);
    }

    /// @dev The hooks are never paid with collateral.
    function test_transferRemote_withoutTheHooksFee_reverts() public {
        _send();
        vm.prank(alice);
        vm.expectRevert();
        here.transferRemote{value: AMOUNT + FEE - 1}(DESTINATION, bob32, AMOUNT);
    }

    function test_receivesNothingElse() public {
        vm.prank(alice);
        (bool success, bytes memory answer) = address(here).call{value: 1}("");
        assertFalse(success);
        assertEq(answer.length, 0);
    }
}

contract HypERC20Test is TokenTest {
    IHypERC20 internal here;
    IHypERC20 internal there;

    function setUp() public override {
        super.setUp();
        here = Shipped.hypERC20(1, 1, _config(originMailbox));
        there = _synthetic(1, 1);
        _connect(here, there);
    }

    function test_metadata() public view {
        assertEq(here.name(), "Synthetic");
        assertEq(here.symbol(), "SYN");
        assertEq(here.decimals(), 18);
        assertEq(here.token(), address(here));
        assertEq(here.totalSupply(), 0);
    }

    /// @dev Who has none burns nothing, and sends nothing.
    function test_transferRemote_ofWhatOneHasNot_reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 0, 1));
        here.transferRemote(DESTINATION, bob32, 1);
    }

    function test_syntheticToSynthetic() public {
        _deliver(_forge(there, here, abi.encode(alice, 10)));
        _deliver(_transfer(alice, here, bob32, 4));
        assertEq(here.balanceOf(alice), 6);
        assertEq(here.totalSupply(), 6);
        assertEq(there.balanceOf(bob), 4);
        vm.prank(bob);
        there.transfer(alice, 1);
        assertEq(there.balanceOf(alice), 1);
    }
}
