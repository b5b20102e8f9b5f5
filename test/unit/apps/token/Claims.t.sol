// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {BoundedCall} from "src/libraries/BoundedCall.sol";

import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {HostileToken} from "../../../mocks/HostileToken.sol";
import {Payee} from "../../../mocks/Payee.sol";

/// @notice Payments that fail, and what becomes of them.
contract ClaimsTest is TokenTest {
    uint256 internal constant AMOUNT = 3 ether;

    IHypNative internal native;
    IHypERC20Collateral internal collateral;
    IHypERC20 internal synthetic;
    IHypERC20 internal there;
    Payee internal payee;
    bytes32 internal payee32;

    function setUp() public override {
        super.setUp();
        native = _native(1, 1);
        collateral = _collateral(1, 1);
        synthetic = Shipped.hypERC20(1, 1, _config(originMailbox));
        there = _synthetic(1, 1);
        _connect(native, there);
        vm.deal(address(native), 100 ether);
        token.mint(address(collateral), 100 ether);
        payee = new Payee();
        payee32 = Reference.addr32(address(payee));
    }

    /// @dev A transfer of the synthetic's router to `to` is delivered.
    function _give(IFungibleRouter router, bytes32 to, uint256 amount) internal {
        _deliver(_giving(router, to, amount));
    }

    function _giving(IFungibleRouter router, bytes32 to, uint256 amount) internal returns (bytes memory) {
        vm.prank(owner);
        router.enrollRemoteRouter(DESTINATION, Reference.addr32(address(there)));
        return _forge(there, router, abi.encode(to, amount));
    }

    function _expectDeferred(IFungibleRouter router, bytes32 to) internal {
        bytes memory message = _giving(router, to, AMOUNT);
        vm.expectEmit(address(router));
        emit IFungibleRouter.PaymentDeferred(to, AMOUNT);
        _deliver(message);
        assertEq(router.claimable(to), AMOUNT);
    }

    /* ------------------------------------------------- native recipients -------------------------------------------- */

    function test_native_refused_waits_untilTaken() public {
        payee.set(Payee.Mode.Refuses);
        _expectDeferred(native, payee32);
        assertEq(address(native).balance, 100 ether);

        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.ClaimFailed.selector, address(payee), AMOUNT));
        native.claim(payee32, address(payee));
        assertEq(native.claimable(payee32), AMOUNT);

        payee.set(Payee.Mode.Takes);
        vm.expectEmit(address(native));
        emit IFungibleRouter.Claimed(payee32, address(payee), AMOUNT);
        vm.prank(attacker); // anyone may
        native.claim(payee32, address(payee));
        assertEq(address(payee).balance, AMOUNT);
        assertEq(address(native).balance, 100 ether - AMOUNT);
        assertEq(native.claimable(payee32), 0);
    }

    /// @dev Several add up.
    function test_native_claimsAddUp() public {
        payee.set(Payee.Mode.Refuses);
        _give(native, payee32, 1);
        _give(native, payee32, 2);
        assertEq(native.claimable(payee32), 3);
    }

    /// @dev The recipient burns what gas it gets: the relayer pays for `PAYMENT_GAS` of it and no more.
    function test_native_burnsGas_boundedly() public {
        _expectBounded(Payee.Mode.BurnsGas);
        assertEq(native.claimable(payee32), AMOUNT);
    }

    /// @dev 200 KB of revert data, which nobody copies.
    function test_native_refusesAtLength_boundedly() public {
        _expectBounded(Payee.Mode.RefusesAtLength);
        assertEq(native.claimable(payee32), AMOUNT);
    }

    function test_native_answersAtLength_boundedly() public {
        _expectBounded(Payee.Mode.AnswersAtLength);
        assertEq(address(payee).balance, AMOUNT);
    }

    function _expectBounded(Payee.Mode mode) internal {
        payee.set(mode);
        bytes memory message = _giving(native, payee32, AMOUNT);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        uint256 before = gasleft();
        mailbox.process(metadata, message);
        // What a delivery costs besides, and a claim.
        assertLt(before - gasleft(), native.PAYMENT_GAS() + 250_000);
    }

    /// @dev A recipient that needs no more than it is entitled to. A relayer tries every amount of gas: the delivery fails,
    ///      or the recipient is paid; never does the payment fail alone.
    function test_native_starvedByTheRelayer_isPaidOrNotDelivered() public {
        payee.setDemand(400_000);
        bytes memory message = _giving(native, payee32, AMOUNT);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        uint256 state = vm.snapshotState();
        bytes memory process = abi.encodeCall(mailbox.process, (metadata, message));
        uint256 starved;
        uint256 paid;
        for (uint256 gas = 60_000; gas < 800_000; gas += 4_000) {
            (bool delivered, bytes memory answer) = address(mailbox).call{gas: gas}(process);
            assertEq(native.claimable(payee32), 0);
            assertEq(address(payee).balance, delivered ? AMOUNT : 0);
            if (delivered) ++paid;
            else if (bytes4(answer) == BoundedCall.NotEnoughGas.selector) ++starved;
            vm.revertToState(state);
        }
        assertGt(paid, 10);
        assertGt(starved, 10);
    }

    /// @dev A recipient that refuses whatever it gets: with the least gas that delivers it had all that it is entitled to.
    function test_native_refused_takesTheGasOfAPayment() public {
        payee.set(Payee.Mode.Refuses);
        bytes memory message = _giving(native, payee32, AMOUNT);
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        bytes memory process = abi.encodeCall(mailbox.process, (metadata, message));
        uint256 limit = native.PAYMENT_GAS();
        (bool delivered, bytes memory answer) = address(mailbox).call{gas: limit}(process);
        assertFalse(delivered);
        assertEq(answer, abi.encodeWithSelector(BoundedCall.NotEnoughGas.selector));
        (delivered,) = address(mailbox).call{gas: limit + 200_000}(process);
        assertTrue(delivered);
    }

    /// @dev It claims in the middle of being paid. What waited is paid once, and the new payment is made beside it.
    function test_native_claimsWhileItIsPaid() public {
        payee.set(Payee.Mode.Refuses);
        _give(native, payee32, 1 ether);
        payee.set(Payee.Mode.Takes);
        payee.plan(address(native), abi.encodeCall(native.claim, (payee32, address(payee))));
        _give(native, payee32, AMOUNT);
        assertTrue(payee.called());
        assertEq(address(payee).balance, 1 ether + AMOUNT);
        assertEq(native.claimable(payee32), 0);
    }

    /// @dev It claims again in the middle of a claim, of which nothing is left.
    function test_native_claimsWhileItClaims() public {
        payee.set(Payee.Mode.Refuses);
        _give(native, payee32, AMOUNT);
        payee.set(Payee.Mode.Takes);
        payee.plan(address(native), abi.encodeCall(native.claim, (payee32, address(payee))));
        native.claim(payee32, address(payee));
        assertFalse(payee.called());
        assertEq(payee.returned(), abi.encodeWithSelector(IFungibleRouter.NothingToClaim.selector, payee32));
        assertEq(address(payee).balance, AMOUNT);
    }

    /// @dev A recipient that needs more gas than a delivery gives is paid by who claims for it.
    function test_native_needsMoreGas_isPaidByAClaim() public {
        payee.setDemand(600_000);
        _expectDeferred(native, payee32);
        native.claim(payee32, address(payee));
        assertEq(address(payee).balance, AMOUNT);
    }

    /* ------------------------------------------------------ tokens -------------------------------------------------- */

    function test_collateral_frozenAccount_waits() public {
        token.freeze(bob, true);
        _expectDeferred(collateral, bob32);
        assertEq(token.balanceOf(address(collateral)), 100 ether);

        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.ClaimFailed.selector, bob, AMOUNT));
        collateral.claim(bob32, bob);
        vm.prank(bob);
        collateral.claim(bob32, alice);
        assertEq(token.balanceOf(alice), AMOUNT);
    }

    /// @dev The issuer took the collateral away: nobody is paid, nothing is lost, and it goes on when it is back.
    function test_collateral_gone_waits() public {
        deal(address(token), address(collateral), AMOUNT - 1);
        _expectDeferred(collateral, bob32);
        deal(address(token), address(collateral), AMOUNT);
        collateral.claim(bob32, bob);
        assertEq(token.balanceOf(bob), AMOUNT);
    }

    /// @dev The token answers false rather than revert.
    function test_collateral_answeredFalse_waits() public {
        HostileToken hostile = new HostileToken();
        IHypERC20Collateral router = Shipped.hypERC20Collateral(hostile, 1, 1, _config(originMailbox));
        hostile.mint(address(router), AMOUNT);
        hostile.setAnswersFalse(true);
        _expectDeferred(router, bob32);
        hostile.setAnswersFalse(false);
        router.claim(bob32, bob);
        assertEq(hostile.balanceOf(bob), AMOUNT);
    }

    /* ----------------------------------------------- recipients that are none --------------------------------------- */

    /// @dev Zero, an address of another chain, and the router itself: on every kind the amount waits for the owner's word.
    function test_nobody_waitsForTheOwner() public {
        IFungibleRouter[3] memory routers = [IFungibleRouter(native), collateral, synthetic];
        for (uint256 i; i < routers.length; ++i) {
            IFungibleRouter router = routers[i];
            bytes32[4] memory nobodies = [
                bytes32(0),
                keccak256("of another chain"),
                bytes32(uint256(1) << 160) | bob32,
                Reference.addr32(address(router))
            ];
            for (uint256 j; j < nobodies.length; ++j) {
                _expectDeferred(router, nobodies[j]);
                _expectNotClaimant(router, attacker, nobodies[j], attacker);
                _expectNotClaimant(router, bob, nobodies[j], bob);
                uint256 before = router.balanceOf(alice);
                vm.prank(owner);
                router.claim(nobodies[j], alice);
                assertEq(router.balanceOf(alice), before + AMOUNT);
            }
        }
        assertEq(synthetic.totalSupply(), 4 * AMOUNT);
    }

    /// @dev A synthetic is minted when it is claimed, not before.
    function test_nobody_synthetic_isNotMintedYet() public {
        _expectDeferred(synthetic, 0);
        assertEq(synthetic.totalSupply(), 0);
    }

    /* ---------------------------------------------------- who may claim --------------------------------------------- */

    function test_claim_ofAnAccount_isNotTheOwnersNorAnyoneElses() public {
        payee.set(Payee.Mode.Refuses);
        _give(native, payee32, AMOUNT);
        _expectNotClaimant(native, owner, payee32, owner);
        _expectNotClaimant(native, attacker, payee32, attacker);
        _expectNotClaimant(native, attacker, payee32, bob);
        payee.act(address(native), abi.encodeCall(native.claim, (payee32, bob)));
        assertEq(bob.balance, AMOUNT);
    }

    /// @dev Tokens for nobody, or for the router itself, would be lost.
    function test_claim_toNobody_reverts() public {
        token.freeze(bob, true);
        _give(collateral, bob32, AMOUNT);
        _expectNotClaimant(collateral, bob, bob32, address(0));
        _expectNotClaimant(collateral, bob, bob32, address(collateral));
        _give(collateral, 0, AMOUNT);
        _expectNotClaimant(collateral, owner, 0, address(0));
        _expectNotClaimant(collateral, attacker, 0, address(0));
    }

    function test_claim_ofNothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.NothingToClaim.selector, bob32));
        native.claim(bob32, bob);
    }

    function _expectNotClaimant(IFungibleRouter router, address caller, bytes32 to, address where) internal {
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.NotClaimant.selector, caller, to, where));
        router.claim(to, where);
    }
}
