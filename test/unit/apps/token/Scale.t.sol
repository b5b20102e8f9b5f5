// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypERC20Collateral} from "src/interfaces/IHypERC20Collateral.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {Quote} from "src/interfaces/ITokenRouter.sol";

import {Reference} from "../../../kit/Reference.sol";
import {IOwnedMailbox} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";

/// @notice Routes between tokens of different decimals.
contract ScaleTest is TokenTest {
    uint256 internal constant FACTOR = 1e12;
    uint256 internal constant LIMIT = 1e60;

    /* -------------------------------------------------- the finer unit here ----------------------------------------- */

    /// @dev Eighteen decimals here, six in messages and there. What six can not say stays with the sender.
    function testFuzz_send_leavesTheDustWithTheSender(uint256 amount) public {
        amount = bound(amount, FACTOR, LIMIT);
        IHypERC20Collateral here = _collateral(1, FACTOR);
        IHypERC20 there = _synthetic(1, 1);
        _connect(here, there);
        _fund(alice, address(here), amount);

        assertEq(here.quoteTransferRemote(DESTINATION, bob32, amount)[1].amount, amount - (amount % FACTOR));
        _deliver(_transfer(alice, here, bob32, amount));

        assertEq(token.balanceOf(alice), amount % FACTOR);
        assertEq(there.totalSupply() * FACTOR, token.balanceOf(address(here)));
        assertEq(there.balanceOf(bob), amount / FACTOR);

        _deliver(_transfer(bob, there, bob32, amount / FACTOR));
        assertEq(token.balanceOf(bob), amount - (amount % FACTOR));
        assertEq(here.dust(bob32), 0);
    }

    function test_send_lessThanOneUnitOfTheMessage_reverts() public {
        IHypERC20Collateral here = _collateral(1, FACTOR);
        _fund(alice, address(here), FACTOR);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooSmall.selector, FACTOR - 1));
        here.transferRemote(DESTINATION, bob32, FACTOR - 1);
    }

    /// @dev The value of native dust is not kept: the hooks get it, and give it back.
    function test_send_native_quotesExactly() public {
        IHypNative here = _native(1, FACTOR);
        _connect(here, _synthetic(1, 1));
        Quote[] memory quotes = here.quoteTransferRemote(DESTINATION, bob32, 3 * FACTOR + 5);
        assertEq(quotes[0].amount, 0);
        assertEq(quotes[1].amount, 3 * FACTOR);
        uint256 before = alice.balance;
        vm.prank(alice);
        here.transferRemote{value: 3 * FACTOR + 5}(DESTINATION, bob32, 3 * FACTOR + 5);
        assertEq(before - alice.balance, 3 * FACTOR);
        assertEq(address(here).balance, 3 * FACTOR);
    }

    function testFuzz_receive_tooMuchForTheUnitHere_reverts(uint256 sent) public {
        sent = bound(sent, type(uint256).max / FACTOR + 1, type(uint256).max);
        _expectTooLarge(_collateral(1, FACTOR), sent);
    }

    /* ------------------------------------------------- the coarser unit here ---------------------------------------- */

    /// @dev Six decimals here, eighteen in messages and there. What six can not say is kept for the recipient.
    function testFuzz_receive_keepsTheDustForTheRecipient(uint256[8] memory parts) public {
        IHypERC20Collateral here = _collateral(FACTOR, 1);
        IHypERC20 there = _synthetic(1, 1);
        _connect(here, there);
        _fund(alice, address(here), LIMIT / FACTOR);
        _deliver(_transfer(alice, here, bob32, LIMIT / FACTOR));
        assertEq(there.balanceOf(bob), LIMIT);

        uint256 sent;
        for (uint256 i; i < parts.length; ++i) {
            uint256 part = bound(parts[i], 1, i % 2 == 0 ? 2 * FACTOR : LIMIT / 8);
            _deliver(_transfer(bob, there, bob32, part));
            sent += part;
            assertEq(token.balanceOf(bob), sent / FACTOR);
            assertEq(here.dust(bob32), sent % FACTOR);
            assertEq(token.balanceOf(address(here)) * FACTOR, there.totalSupply() + here.dust(bob32), "locked is owed");
        }
    }

    /// @dev One's dust is not another's.
    function test_receive_dustOfOthers_doesNotAddUp() public {
        IHypERC20Collateral here = _collateral(2, 1);
        IHypERC20 there = _synthetic(1, 1);
        _connect(here, there);
        token.mint(address(here), 1);
        _deliver(_forge(there, here, abi.encode(bob, 1)));
        _deliver(_forge(there, here, abi.encode(alice, 1)));
        assertEq(token.balanceOf(bob) + token.balanceOf(alice), 0);
        assertEq(here.dust(bob32), 1);
        assertEq(here.dust(Reference.addr32(alice)), 1);
        _deliver(_forge(there, here, abi.encode(bob, 1)));
        assertEq(token.balanceOf(bob), 1);
        assertEq(here.dust(bob32), 0);
    }

    /// @dev Dust and a message that together do not fit.
    function test_receive_dustAndTooMuch_reverts() public {
        IHypERC20Collateral here = _collateral(2, 1);
        IHypERC20 there = _synthetic(1, 1);
        _connect(here, there);
        _deliver(_forge(there, here, abi.encode(bob, 1)));
        _expectTooLarge(here, type(uint256).max);
    }

    function testFuzz_send_tooMuchForTheMessage_reverts(uint256 amount) public {
        amount = bound(amount, type(uint256).max / FACTOR + 1, type(uint256).max);
        IHypERC20Collateral here = _collateral(FACTOR, 1);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooLarge.selector, amount));
        here.transferRemote(DESTINATION, bob32, amount);
    }

    /* ----------------------------------------------------- the scale ------------------------------------------------ */

    /// @dev Neither part may be zero, and one has to divide the other: else values are created or lost in rounding.
    function testFuzz_constructor_refusesWhatWouldRound(uint256 numerator, uint256 denominator) public {
        (numerator, denominator) = (numerator % 64, denominator % 64);
        bool fits = numerator != 0 && denominator != 0 && (numerator % denominator == 0 || denominator % numerator == 0);
        if (!fits) {
            vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.InvalidScale.selector, numerator, denominator));
        }
        IFungibleRouter router = this.deploy(numerator, denominator);
        if (!fits) return;
        assertEq(router.scaleNumerator(), numerator);
        assertEq(router.scaleDenominator(), denominator);
    }

    /// @dev As clients write it that do not shorten: 10^18 to 10^6.
    function test_scale_ofAnyTermsIsItsRatio() public {
        IHypERC20Collateral here = _collateral(1e18, 1e6);
        IHypERC20 there = _synthetic(1e6, 1e6);
        _connect(here, there);
        _fund(alice, address(here), 7);
        _deliver(_transfer(alice, here, bob32, 7));
        assertEq(there.balanceOf(bob), 7 * FACTOR);
    }

    function deploy(uint256 numerator, uint256 denominator) external returns (IFungibleRouter) {
        return _native(numerator, denominator);
    }

    function _expectTooLarge(IFungibleRouter here, uint256 sent) internal {
        IHypERC20 there = _synthetic(1, 1);
        _connect(here, there);
        bytes memory message = _forge(there, here, abi.encode(bob, sent));
        (IOwnedMailbox mailbox, bytes memory metadata) = _quorum(message);
        vm.expectRevert(abi.encodeWithSelector(IFungibleRouter.AmountTooLarge.selector, sent));
        mailbox.process(metadata, message);
    }
}
