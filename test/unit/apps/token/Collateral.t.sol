// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ExactPull} from "src/libraries/ExactPull.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {HostileToken} from "../../../mocks/HostileToken.sol";
import {SilentToken} from "../../../mocks/PaymentToken.sol";

/// @notice Collateral of tokens that do not do what they say.
contract CollateralTest is TokenTest {
    uint256 internal constant AMOUNT = 1000;

    HostileToken internal hostile;
    IHypERC20Collateral internal here;
    IHypERC20 internal there;

    function setUp() public override {
        super.setUp();
        hostile = new HostileToken();
        here = Shipped.hypERC20Collateral(hostile, 1, 1, _config(originMailbox));
        there = _synthetic(1, 1);
        _connect(here, there);
        hostile.mint(alice, 2 * AMOUNT);
        vm.prank(alice);
        hostile.approve(address(here), type(uint256).max);
    }

    function test_constructor_withoutAToken_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        this.deploy(IERC20(bob));
    }

    function deploy(IERC20 erc20) external {
        Shipped.hypERC20Collateral(erc20, 1, 1, _config(originMailbox));
    }

    /// @dev Less arrives than the message would say.
    function test_transferRemote_ofATokenThatTakesAFee_reverts() public {
        hostile.setFee(1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ExactPull.TokenUnderpaid.selector, address(hostile), AMOUNT - 1, AMOUNT));
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /// @dev As above, but while the token moves the sender sends again, so that more arrives in the meantime.
    function test_transferRemote_withinATransfer_reverts() public {
        hostile.plan(address(this), abi.encodeCall(this.sendAgain, ()));
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, AMOUNT);
        assertTrue(hostile.called());
        assertFalse(hostile.succeeded());
        assertEq(
            hostile.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        assertEq(originMailbox.nonce(), 1);
    }

    function sendAgain() external {
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /// @dev A token that calls who is paid: it sends on at once.
    function test_handle_recipientSendsOnWhileItIsPaid() public {
        vm.prank(alice);
        here.transferRemote(DESTINATION, bob32, AMOUNT);
        hostile.plan(address(this), abi.encodeCall(this.sendAgain, ()));
        _deliver(_forge(there, here, abi.encode(bob, AMOUNT)));
        assertTrue(hostile.succeeded());
        assertEq(hostile.balanceOf(bob), AMOUNT);
        assertEq(hostile.balanceOf(address(here)), AMOUNT);
        assertEq(originMailbox.nonce(), 2);
    }

    /// @dev As one of the most used tokens does.
    function test_ofATokenThatAnswersNothing() public {
        SilentToken silent = new SilentToken();
        IHypERC20Collateral router = Shipped.hypERC20Collateral(IERC20(address(silent)), 1, 1, _config(originMailbox));
        _connect(router, there);
        silent.mint(alice, AMOUNT);
        vm.prank(alice);
        silent.approve(address(router), AMOUNT);
        _deliver(_transfer(alice, router, bob32, AMOUNT));
        _deliver(_transfer(bob, there, bob32, AMOUNT));
        assertEq(silent.balanceOf(bob), AMOUNT);
    }
}
