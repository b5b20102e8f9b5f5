// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypXERC20} from "src/interfaces/IHypXERC20.sol";
import {IHypXERC20Lockbox} from "src/interfaces/IHypXERC20Lockbox.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";
import {IXERC20} from "src/interfaces/IXERC20.sol";
import {IXERC20Lockbox} from "src/interfaces/IXERC20Lockbox.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {HostileToken} from "../../../mocks/HostileToken.sol";
import {LimitedXERC20} from "../../../mocks/LimitedXERC20.sol";
import {Lockbox} from "../../../mocks/Lockbox.sol";

/// @notice The lockbox of a token on one chain, its xERC20 on the other.
contract XERC20Test is TokenTest {
    uint256 internal constant AMOUNT = 1000;

    address internal mallory = makeAddr("mallory");

    LimitedXERC20 internal xHere;
    LimitedXERC20 internal xThere;
    Lockbox internal box;
    IHypXERC20Lockbox internal here;
    IHypXERC20 internal there;

    function setUp() public override {
        super.setUp();
        (xHere, xThere) = (new LimitedXERC20(), new LimitedXERC20());
        box = new Lockbox(xHere, token);
        here = Shipped.hypXERC20Lockbox(box, 1, 1, _config(originMailbox));
        there = Shipped.hypXERC20(xThere, 1, 1, _config(destinationMailbox));
        _connect(here, there);
        xHere.setLimits(address(box), type(uint256).max, type(uint256).max);
        xHere.setLimits(address(here), type(uint256).max, type(uint256).max);
        xThere.setLimits(address(there), type(uint256).max, type(uint256).max);
        _fund(alice, address(here), 10 * AMOUNT);
        vm.prank(bob);
        xThere.approve(address(there), type(uint256).max);
    }

    function _expectEmpty() internal view {
        assertEq(token.balanceOf(address(here)), 0);
        assertEq(xHere.balanceOf(address(here)), 0);
        assertEq(xThere.balanceOf(address(there)), 0);
        assertEq(token.allowance(address(here), address(box)), 0);
        assertEq(xHere.allowance(address(here), address(box)), 0);
    }

    /* --------------------------------------------------- both ways -------------------------------------------------- */

    function test_transferRemote_thereAndBack() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        assertEq(token.balanceOf(address(box)), AMOUNT);
        assertEq(xThere.balanceOf(bob), AMOUNT);
        assertEq(xHere.totalSupply(), 0);
        _expectEmpty();

        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertEq(xThere.totalSupply(), 0);
        assertEq(token.balanceOf(bob), AMOUNT);
        assertEq(token.balanceOf(address(box)), 0);
        _expectEmpty();
    }

    /// @dev The fee is of the token that the sender has, and is neither locked nor burnt.
    function test_transferRemote_takesTheFeeOnTop_bothWays() public {
        ITokenFee feeHere = Shipped.linearFee(address(token), AMOUNT / 20, (5 * AMOUNT) / 2, owner);
        ITokenFee feeThere = Shipped.linearFee(address(xThere), AMOUNT / 20, (5 * AMOUNT) / 2, owner);
        vm.startPrank(owner);
        here.setFeeRecipient(feeHere);
        there.setFeeRecipient(feeThere);
        vm.stopPrank();

        _deliver(_transfer(alice, here, bob32, AMOUNT));
        assertEq(token.balanceOf(address(feeHere)), AMOUNT / 100);
        assertEq(token.balanceOf(alice), 9 * AMOUNT - AMOUNT / 100);
        assertEq(token.balanceOf(address(box)), AMOUNT);
        assertEq(xThere.balanceOf(bob), AMOUNT);

        _deliver(_transfer(bob, there, bob32, AMOUNT / 2));
        assertEq(xThere.balanceOf(address(feeThere)), AMOUNT / 200);
        assertEq(xThere.balanceOf(bob), AMOUNT / 2 - AMOUNT / 200);
        assertEq(token.balanceOf(bob), AMOUNT / 2);
        _expectEmpty();
    }

    /// @dev A token that calls back: nothing of another transfer is to pass for this one's.
    function test_transferRemote_isNotReentrant() public {
        HostileToken hostile = new HostileToken();
        IHypXERC20Lockbox route = Shipped.hypXERC20Lockbox(new Lockbox(xHere, hostile), 1, 1, _config(originMailbox));
        _connect(route, there);
        hostile.mint(alice, AMOUNT);
        vm.prank(alice);
        hostile.approve(address(route), AMOUNT);
        hostile.plan(address(route), abi.encodeCall(route.transferRemote, (DESTINATION, bob32, AMOUNT)));
        xHere.setLimits(address(route.lockbox()), AMOUNT, 0);
        xHere.setLimits(address(route), 0, AMOUNT);
        vm.prank(alice);
        route.transferRemote(DESTINATION, bob32, AMOUNT);
        assertTrue(hostile.called());
        assertFalse(hostile.succeeded());
        assertEq(
            hostile.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function testFuzz_transferRemote_conserves(uint256[8] memory amounts) public {
        token.mint(alice, type(uint128).max);
        vm.prank(alice);
        token.approve(address(here), type(uint256).max);
        for (uint256 i; i < amounts.length; ++i) {
            uint256 held = xThere.balanceOf(bob);
            if (i % 2 == 0 || held == 0) {
                _deliver(_transfer(alice, here, bob32, bound(amounts[i], 1, 1e30)));
            } else {
                _deliver(_transfer(bob, there, bob32, bound(amounts[i], 1, held)));
            }
            assertEq(token.balanceOf(address(box)), xThere.totalSupply());
            assertEq(xHere.totalSupply(), 0);
            _expectEmpty();
        }
    }

    function test_views() public view {
        assertEq(address(here.lockbox()), address(box));
        assertEq(address(here.xERC20()), address(xHere));
        assertEq(address(here.wrappedToken()), address(token));
        assertEq(here.token(), address(token));
        assertEq(here.balanceOf(alice), 10 * AMOUNT);
        assertEq(address(there.wrappedToken()), address(xThere));
        assertEq(there.token(), address(xThere));
        assertEq(there.balanceOf(alice), 0);
    }

    /* ---------------------------------------------------- limits ---------------------------------------------------- */

    /// @dev What can not be minted now is not lost, and does not hold the message up.
    function test_handle_overTheMintLimit_waits() public {
        xThere.setLimits(address(there), AMOUNT - 1, 0);
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        assertEq(xThere.totalSupply(), 0);
        assertEq(there.claimable(bob32), AMOUNT);

        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.ClaimFailed.selector, bob, AMOUNT));
        there.claim(bob32, bob);

        xThere.setLimits(address(there), AMOUNT, 0);
        there.claim(bob32, bob);
        assertEq(xThere.balanceOf(bob), AMOUNT);
        assertEq(there.claimable(bob32), 0);
    }

    /// @dev The mint succeeds and the lockbox refuses: the mint must go back, too, or it would be minted again by the claim.
    function test_handle_whenTheLockboxRefuses_waitsAndMintsNothing() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        token.freeze(bob, true);
        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertEq(here.claimable(bob32), AMOUNT);
        assertEq(xHere.totalSupply(), 0);

        token.freeze(bob, false);
        here.claim(bob32, bob);
        assertEq(token.balanceOf(bob), AMOUNT);
        _expectEmpty();
    }

    function test_transferRemote_overTheBurnLimit_reverts() public {
        xHere.setLimits(address(here), 0, AMOUNT - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(LimitedXERC20.OverLimit.selector, AMOUNT, AMOUNT - 1));
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /* ---------------------------------------------------- attacks --------------------------------------------------- */

    /// @dev Mallory names herself, without the message.
    function test_mintAndWithdraw_byAnyoneElse_reverts() public {
        for (uint256 i; i < 3; ++i) {
            address caller = i == 0 ? mallory : i == 1 ? owner : address(box);
            vm.prank(caller);
            vm.expectRevert(abi.encodeWithSelector(IHypXERC20Lockbox.NotMyself.selector, caller));
            here.mintAndWithdraw(caller, 1);
        }
    }

    /// @dev A message names the router as its recipient, to be called by itself.
    function test_handle_toTheRouterItself_waits() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        _deliver(_transfer(bob, there, _asRecipient(address(here)), AMOUNT));
        assertEq(here.claimable(_asRecipient(address(here))), AMOUNT);
    }

    /// @dev Somebody sends what is not theirs: the burn is of the caller's alone, and approved.
    function test_transferRemote_withoutApproval_reverts() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        vm.prank(bob);
        xThere.approve(address(there), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(there), 0, AMOUNT)
        );
        vm.prank(bob);
        there.transferRemote(ORIGIN, bob32, AMOUNT);
    }

    /// @dev The token burns one unit less than it should, on either side.
    function test_transferRemote_ofATokenThatBurnsLess_reverts() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        xThere.setSpared(1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IHypXERC20.NotBurnt.selector, AMOUNT));
        there.transferRemote(ORIGIN, bob32, AMOUNT);

        xHere.setSpared(1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IHypXERC20Lockbox.NotBurnt.selector, AMOUNT));
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /// @dev The lockbox keeps a unit of a deposit; that the router has some of its own, by a gift, must not hide it.
    function test_transferRemote_whenTheLockboxMintsLess_reverts() public {
        box.setKept(1);
        xHere.setLimits(address(this), 1, 0);
        xHere.mint(address(here), 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IHypXERC20Lockbox.NotBurnt.selector, AMOUNT));
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /// @dev It releases, but burns a unit less: what is left would be the router's for ever.
    function test_handle_whenTheLockboxBurnsLess_waits() public {
        _deliver(_transfer(alice, here, bob32, AMOUNT));
        box.setSpared(1);
        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertEq(here.claimable(bob32), AMOUNT);
        assertEq(token.balanceOf(bob), 0);
        _expectEmpty();
    }

    /* -------------------------------------------------- construction ------------------------------------------------ */

    function test_constructor_withoutContracts_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        this.deployX(IXERC20(bob));
        Lockbox ofNothing = new Lockbox(IXERC20(bob), token);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        this.deployBox(ofNothing);
        // A lockbox of the native coin names no token.
        Lockbox ofNative = new Lockbox(xHere, IERC20(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, address(0)));
        this.deployBox(ofNative);
    }

    function deployX(IXERC20 xerc20) external {
        Shipped.hypXERC20(xerc20, 1, 1, _config(originMailbox));
    }

    function deployBox(IXERC20Lockbox lockbox) external {
        Shipped.hypXERC20Lockbox(lockbox, 1, 1, _config(originMailbox));
    }

    function _asRecipient(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
