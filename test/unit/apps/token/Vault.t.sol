// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC4626Collateral} from "src/interfaces/IHypERC4626Collateral.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {HostileToken} from "../../../mocks/HostileToken.sol";
import {TestVault} from "../../../mocks/TestVault.sol";

/// @notice A vault's shares as collateral.
contract VaultTest is TokenTest {
    uint256 internal constant AMOUNT = 1e18;

    address internal carol = makeAddr("carol");
    address internal mallory = makeAddr("mallory");

    TestVault internal vault;
    IHypERC4626Collateral internal here;
    IHypERC20 internal there;

    function setUp() public override {
        super.setUp();
        vault = new TestVault(token);
        here = Shipped.hypERC4626Collateral(vault, 1, 1, _config(originMailbox));
        there = _synthetic(1, 1);
        _connect(here, there);
        _fund(alice, address(here), type(uint128).max);
    }

    function _expectConserved() internal view {
        assertEq(vault.balanceOf(address(here)), there.totalSupply() + here.claimable(bob32));
        assertEq(token.balanceOf(address(here)), 0);
        assertEq(token.allowance(address(here), address(vault)), 0);
    }

    /* --------------------------------------------------- both ways -------------------------------------------------- */

    /// @dev Who holds the synthetic token earns what the vault does.
    function test_transferRemote_thereAndBackWithAProfit() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        assertEq(there.balanceOf(bob), AMOUNT);
        _expectConserved();

        token.mint(address(vault), AMOUNT); // earned
        _deliver(_transfer(alice, here, Reference.addr32(carol), AMOUNT));
        assertApproxEqAbs(there.balanceOf(carol), AMOUNT / 2, 1);

        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertApproxEqAbs(token.balanceOf(bob), 2 * AMOUNT, 2);
        _expectConserved();
    }

    /// @dev Who holds it loses what the vault does, and nobody more than others.
    function test_transferRemote_thereAndBackWithALoss() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        vault.lose(AMOUNT / 4);
        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertApproxEqAbs(token.balanceOf(bob), (AMOUNT * 3) / 4, 1);
        _expectConserved();
    }

    /// @dev Transfers of any amounts, while the vault earns and loses at random: shares here are supply there, and nobody has
    ///      more than the vault.
    function testFuzz_transferRemote_conserves(uint256[8] memory amounts, uint256[8] memory moves) public {
        for (uint256 i; i < amounts.length; ++i) {
            uint256 held = there.balanceOf(bob);
            if (i % 2 == 0 || held == 0) {
                uint256 least = vault.previewMint(1);
                _deliver(_transfer(alice, here, bob32, bound(amounts[i], least, least + 1e30)));
            } else {
                _deliver(_transfer(bob, there, bob32, bound(amounts[i], 1, held)));
            }
            _expectConserved();
            uint256 assets = vault.totalAssets();
            if (moves[i] % 2 == 0) token.mint(address(vault), bound(moves[i], 0, assets));
            else vault.lose(bound(moves[i], 0, assets / 2));
        }
    }

    function testFuzz_transferRemote_inFinerUnits_keepsDust(uint256 received) public {
        IHypERC4626Collateral fine = Shipped.hypERC4626Collateral(vault, 1e6, 1, _config(originMailbox));
        IHypERC20 far = _synthetic(1, 1);
        _connect(fine, far);
        vm.prank(alice);
        token.approve(address(fine), AMOUNT);
        _deliver(_transfer(alice, fine, bob32, AMOUNT));
        assertEq(far.balanceOf(bob), AMOUNT * 1e6);

        received = bound(received, 1, AMOUNT * 1e6);
        _deliver(_transfer(bob, far, bob32, received));
        assertEq(fine.dust(bob32), received % 1e6);
        assertEq(vault.balanceOf(address(fine)), AMOUNT - received / 1e6);
    }

    /* ----------------------------------------------------- rate ----------------------------------------------------- */

    function test_transferRemote_tellsTheRate() public {
        _transfer(alice, here, bob32, AMOUNT);
        token.mint(address(vault), AMOUNT);
        bytes memory message = _transfer(alice, here, bob32, AMOUNT);
        (bytes32 recipient, uint256 shares, uint256 rate, uint256 nonce) =
            abi.decode(_body(message), (bytes32, uint256, uint256, uint256));
        assertEq(recipient, bob32);
        assertApproxEqAbs(shares, AMOUNT / 2, 1);
        assertApproxEqAbs(rate, 2 * here.PRECISION(), 1);
        assertEq(nonce, 2);
        assertEq(here.rateUpdateNonce(), 2);
    }

    function test_rebase_tellsTheRateAlone() public {
        vm.recordLogs();
        here.rebase(DESTINATION);
        bytes memory message = _dispatched();
        assertEq(_body(message), abi.encode(here.NULL_RECIPIENT(), 0, here.PRECISION(), 1));
        _deliver(message);
        assertEq(there.totalSupply(), 0);
        assertEq(there.claimable(here.NULL_RECIPIENT()), 0);
    }

    function _body(bytes memory message) internal pure returns (bytes memory body) {
        body = new bytes(message.length - 77);
        for (uint256 i; i < body.length; ++i) {
            body[i] = message[77 + i];
        }
    }

    /* ---------------------------------------------------- attacks --------------------------------------------------- */

    /// @dev The vault pays nothing now: the shares wait, and go on earning.
    function test_handle_whenTheVaultIsShut_waits() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        vault.setShut(true);
        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertEq(here.claimable(bob32), AMOUNT);
        _expectConserved();

        token.mint(address(vault), AMOUNT);
        vault.setShut(false);
        here.claim(bob32, bob);
        assertApproxEqAbs(token.balanceOf(bob), 2 * AMOUNT, 1);
        _expectConserved();
    }

    /// @dev Mallory owns the first share and gives the vault so much that a deposit rounds to nothing: it is refused.
    function test_transferRemote_whenItRoundsToNothing_reverts() public {
        token.mint(mallory, 1 + 100 * AMOUNT);
        vm.startPrank(mallory);
        token.approve(address(vault), 1);
        vault.deposit(1, mallory);
        token.transfer(address(vault), 100 * AMOUNT);
        vm.stopPrank();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooSmall.selector, AMOUNT));
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    function test_transferRemote_ofNothing_reverts() public {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooSmall.selector, 0));
        here.transferRemote(DESTINATION, bob32, 0);
    }

    /// @dev While the asset moves its sender sends again, so that shares of both would count for the first.
    function test_transferRemote_withinATransfer_reverts() public {
        HostileToken hostile = new HostileToken();
        TestVault ofHostile = new TestVault(hostile);
        IHypERC4626Collateral route = Shipped.hypERC4626Collateral(ofHostile, 1, 1, _config(originMailbox));
        _connect(route, there);
        hostile.mint(address(hostile), AMOUNT);
        hostile.mint(alice, AMOUNT);
        vm.prank(address(hostile));
        hostile.approve(address(route), AMOUNT);
        vm.prank(alice);
        hostile.approve(address(route), AMOUNT);
        hostile.plan(address(route), abi.encodeCall(route.transferRemote, (DESTINATION, bob32, AMOUNT)));
        vm.prank(alice);
        route.transferRemote(DESTINATION, bob32, AMOUNT);
        assertTrue(hostile.called());
        assertFalse(hostile.succeeded());
        assertEq(
            hostile.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    /* ----------------------------------------------- fees, construction --------------------------------------------- */

    function test_transferRemote_withAFee_paysItInTheAsset() public {
        ITokenFee fee = Shipped.linearFee(address(token), AMOUNT / 20, AMOUNT / 2, owner);
        vm.prank(owner);
        here.setFeeRecipient(fee);
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, AMOUNT)[1].amount, AMOUNT + AMOUNT / 20);
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        assertEq(token.balanceOf(address(fee)), AMOUNT / 20);
        assertEq(there.balanceOf(bob), AMOUNT);
        _expectConserved();
    }

    function test_views() public view {
        assertEq(address(here.vault()), address(vault));
        assertEq(address(here.wrappedToken()), address(token));
        assertEq(here.token(), address(token));
        assertEq(here.balanceOf(alice), type(uint128).max);
    }

    function test_constructor_withCoarserUnitsOrNoAsset_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IHypERC4626Collateral.SharesTooFine.selector, 1, 10));
        this.deploy(vault, 1, 10);
        vm.mockCall(address(vault), abi.encodeCall(IERC4626.asset, ()), abi.encode(bob));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        this.deploy(vault, 1, 1);
    }

    function deploy(IERC4626 vault_, uint256 numerator, uint256 denominator) external {
        Shipped.hypERC4626Collateral(vault_, numerator, denominator, _config(originMailbox));
    }
}
