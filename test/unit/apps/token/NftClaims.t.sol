// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IHypERC721Collateral} from "src/interfaces/IHypERC721Collateral.sol";
import {INonFungibleRouter} from "src/interfaces/INonFungibleRouter.sol";
import {BoundedCall} from "src/libraries/BoundedCall.sol";

import {NftTest} from "../../../kit/NftTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {AnyCollection} from "../../../mocks/AnyCollection.sol";

/// @notice Tokens that can not be given, and hostile collections.
contract NftClaimsTest is NftTest {
    /// @dev Sent there and on its way back to `to`.
    function _returning(bytes32 to) internal returns (bytes memory) {
        _bring(alice, ID);
        return _sendNft(alice, there, to, ID);
    }

    function _expectDeferred(INonFungibleRouter router, bytes32 to, bytes32 waiting, bytes memory message) internal {
        vm.expectEmit(address(router));
        emit INonFungibleRouter.TokenDeferred(to, ID);
        _deliver(message);
        assertEq(router.claimable(ID), waiting);
    }

    /* ---------------------------------------------------- recipients ------------------------------------------------ */

    /// @dev A contract that knows nothing of ERC-721 gets its token, minted or released.
    function test_contractWithoutCallback_getsIt() public {
        bytes32 plain = Reference.addr32(address(recipient));
        _own(alice, ID, URI);
        _deliver(_sendNft(alice, here, plain, ID));
        assertEq(there.ownerOf(ID), address(recipient));
        _deliver(_sendNft(address(recipient), there, plain, ID));
        assertEq(collection.ownerOf(ID), address(recipient));
    }

    /// @dev An address of another chain, one bit beyond Bob's, and the router itself: it waits for the owner's word.
    function test_synthetic_nobody_waitsForTheOwner() public {
        bytes32[3] memory nobodies = [FOREIGN, bytes32(uint256(1) << 160) | bob32, Reference.addr32(address(there))];
        for (uint256 i; i < 3; ++i) {
            uint256 state = vm.snapshotState();
            _own(alice, ID, URI);
            _expectDeferred(there, nobodies[i], nobodies[i], _sendNft(alice, here, nobodies[i], ID));
            assertEq(there.ownerOf(ID), address(there));
            _claimOfNobody(there, nobodies[i]);
            assertEq(there.ownerOf(ID), bob);
            assertEq(there.tokenURI(ID), URI);
            vm.revertToState(state);
        }
    }

    function test_collateral_nobody_waitsForTheOwner() public {
        bytes32[2] memory nobodies = [FOREIGN, Reference.addr32(address(here))];
        for (uint256 i; i < 2; ++i) {
            uint256 state = vm.snapshotState();
            _expectDeferred(here, nobodies[i], nobodies[i], _returning(nobodies[i]));
            _claimOfNobody(here, nobodies[i]);
            assertEq(collection.ownerOf(ID), bob);
            vm.revertToState(state);
        }
    }

    /// @dev Zero, which our routes do not send: the router stands for it.
    function test_zero_waitsForTheOwner() public {
        bytes memory message = _forgeNft(here, there, abi.encodePacked(bytes32(0), ID, URI));
        _expectDeferred(there, 0, Reference.addr32(address(there)), message);
        _claimOfNobody(there, Reference.addr32(address(there)));
    }

    function _claimOfNobody(INonFungibleRouter router, bytes32 nobody) internal {
        _expectNotClaimant(router, ID, nobody, attacker, attacker);
        _expectNotClaimant(router, ID, nobody, bob, bob);
        _expectNotClaimant(router, ID, nobody, owner, address(0));
        _expectNotClaimant(router, ID, nobody, owner, address(router));
        vm.expectEmit(address(router));
        emit INonFungibleRouter.TokenClaimed(nobody, bob, ID);
        vm.prank(owner);
        router.claim(ID, bob);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NothingToClaim.selector, ID));
        vm.prank(owner);
        router.claim(ID, bob);
    }

    /* --------------------------------------------------- refusals --------------------------------------------------- */

    /// @dev The collection froze Bob: it waits for him, not for the owner nor the attacker; he has it given to Alice.
    function test_collateral_refused_waits() public {
        bytes memory message = _returning(bob32);
        collection.freeze(bob, true);
        _expectDeferred(here, bob32, bob32, message);
        assertEq(collection.ownerOf(ID), address(here));

        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.ClaimFailed.selector, bob, ID));
        here.claim(ID, bob);
        assertEq(here.claimable(ID), bob32);
        _expectNotClaimant(here, ID, bob32, attacker, attacker);
        _expectNotClaimant(here, ID, bob32, owner, owner);
        vm.prank(bob);
        here.claim(ID, alice);
        assertEq(collection.ownerOf(ID), alice);
        assertEq(here.claimable(ID), 0);
    }

    /// @dev Anyone brings it to the recipient itself.
    function test_collateral_refused_anyoneClaimsForIt() public {
        bytes memory message = _returning(bob32);
        collection.freeze(bob, true);
        _deliver(message);
        collection.freeze(bob, false);
        vm.prank(attacker);
        here.claim(ID, bob);
        assertEq(collection.ownerOf(ID), bob);
    }

    /// @dev The relayer pays for `PAYMENT_GAS` and no more; with less of it there is no delivery.
    function test_collateral_burnsGas_boundedly() public {
        bytes memory message = _returning(bob32);
        collection.set(AnyCollection.Mode.BurnsGas);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        bytes memory process = abi.encodeCall(mailbox.process, (metadata, message));
        (bool delivered, bytes memory answer) = address(mailbox).call{gas: 500_000}(process);
        assertFalse(delivered);
        assertEq(answer, abi.encodeWithSelector(BoundedCall.NotEnoughGas.selector));
        uint256 before = gasleft();
        mailbox.process(metadata, message);
        assertLt(before - gasleft(), here.PAYMENT_GAS() + 250_000);
        assertEq(here.claimable(ID), bob32);
    }

    /// @dev The relayer tries every amount of gas: Bob gets his token, or there is no delivery.
    function test_collateral_starvedByTheRelayer_isGivenOrNotDelivered() public {
        bytes memory message = _returning(bob32);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        bytes memory process = abi.encodeCall(mailbox.process, (metadata, message));
        uint256 state = vm.snapshotState();
        uint256 starved;
        uint256 given;
        for (uint256 gas = 40_000; gas < 300_000; gas += 2_000) {
            (bool delivered, bytes memory answer) = address(mailbox).call{gas: gas}(process);
            assertEq(here.claimable(ID), 0);
            assertEq(collection.ownerOf(ID), delivered ? bob : address(here));
            if (delivered) ++given;
            else if (bytes4(answer) == BoundedCall.NotEnoughGas.selector) ++starved;
            vm.revertToState(state);
        }
        assertGt(given, 10);
        assertGt(starved, 5);
    }

    /* ------------------------------------------------ hostile collections ------------------------------------------- */

    /// @dev It moves nothing and says so to nobody: Alice would have tokens on two chains.
    function test_movesNothing_isNotSent() public {
        _own(alice, ID, URI);
        collection.set(AnyCollection.Mode.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(IHypERC721Collateral.NotTaken.selector, ID));
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, ID);
    }

    /// @dev Bob's token is locked, and transfers do nothing: the attacker sends it to itself.
    function test_movesNothing_lockedTokens_areSafe() public {
        _own(bob, ID, URI);
        _sendNft(bob, here, bob32, ID);
        collection.set(AnyCollection.Mode.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NotTheHolder.selector, ID, attacker));
        vm.prank(attacker);
        here.transferRemote(DESTINATION, Reference.addr32(attacker), ID);
    }

    /// @dev It says what the route wants to hear: the attacker has its token on both chains. Tokens of other collections stay
    ///      locked.
    function test_lies_cheatsItsOwnUsersAlone() public {
        AnyCollection other = new AnyCollection();
        IHypERC721Collateral route = Shipped.hypERC721Collateral(false, other, _config(originMailbox));
        _connect(route, there);
        other.mint(bob, ID, URI);
        vm.prank(bob);
        other.approve(address(route), ID);
        vm.prank(bob);
        route.transferRemote(DESTINATION, bob32, ID);
        _connect(here, there);

        _own(attacker, ID, URI);
        collection.reenter(address(collection), abi.encodeCall(collection.lie, (ID, address(here))));
        _deliver(_sendNft(attacker, here, Reference.addr32(attacker), ID));
        collection.seize(ID, attacker);
        assertEq(there.ownerOf(ID), attacker);
        bytes memory message = _sendNft(attacker, there, Reference.addr32(attacker), ID);
        _expectDeferred(here, Reference.addr32(attacker), Reference.addr32(attacker), message);
        assertEq(other.ownerOf(ID), address(route));
    }

    /// @dev It calls back while it moves one token, and has another one sent.
    function test_reentrant_isRefused() public {
        _own(address(collection), 9, URI);
        _own(alice, 8, URI);
        collection.reenter(address(here), abi.encodeCall(here.transferRemote, (DESTINATION, bob32, 9)));
        uint32 nonce = originMailbox.nonce();
        _sendNft(alice, here, bob32, 8);
        assertFalse(collection.called());
        assertEq(
            collection.returned(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        assertEq(originMailbox.nonce(), nonce + 1);
    }

    /// @dev While a token is given, or claimed, the collection has it claimed again.
    function test_reentrant_claimsOnce() public {
        bytes memory message = _returning(bob32);
        bytes memory plan = abi.encodeCall(here.claim, (ID, bob));
        bytes memory nothing = abi.encodeWithSelector(INonFungibleRouter.NothingToClaim.selector, ID);
        uint256 state = vm.snapshotState();
        collection.reenter(address(here), plan);
        _deliver(message);
        assertEq(collection.returned(), nothing);
        vm.revertToState(state);

        collection.freeze(bob, true);
        _deliver(message);
        collection.freeze(bob, false);
        collection.reenter(address(here), plan);
        here.claim(ID, bob);
        assertEq(collection.returned(), nothing);
        assertEq(collection.ownerOf(ID), bob);
    }

    /// @dev A chain of the route, since left, forged a message for a token that was not locked, so that it waited for the
    ///      attacker. Alice sends that token: it is not the attacker's.
    function test_staleClaim_endsWhenTheTokenComes() public {
        bytes32 attacker32 = Reference.addr32(attacker);
        collection.mint(alice, ID, URI);
        _expectDeferred(here, attacker32, attacker32, _forgeNft(there, here, abi.encode(attacker32, ID)));
        _approve(alice);
        _sendNft(alice, here, bob32, ID);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.NothingToClaim.selector, ID));
        vm.prank(attacker);
        here.claim(ID, attacker);
    }

    /// @dev Whoever waits is not replaced; the second message can be delivered later.
    function test_alreadyWaiting_reverts() public {
        bytes memory first = _returning(bob32);
        bytes memory second = _forgeNft(there, here, abi.encode(Reference.addr32(attacker), ID));
        collection.freeze(bob, true);
        collection.freeze(attacker, true);
        _deliver(first);
        vm.expectRevert(abi.encodeWithSelector(INonFungibleRouter.AlreadyWaiting.selector, ID));
        this.deliver(second);
        assertEq(here.claimable(ID), bob32);
        vm.prank(bob);
        here.claim(ID, alice);
        _deliver(second);
        assertEq(here.claimable(ID), Reference.addr32(attacker));
        assertEq(collection.ownerOf(ID), alice);
    }

    /// @dev Its administrator takes what is locked: its user loses it, and the delivery still goes through.
    function test_seized_waits() public {
        bytes memory message = _returning(bob32);
        collection.seize(ID, attacker);
        _expectDeferred(here, bob32, bob32, message);
    }

    function deliver(bytes memory message) external {
        _deliver(message);
    }
}
