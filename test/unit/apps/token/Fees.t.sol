// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IFungibleRouter} from "src/interfaces/IFungibleRouter.sol";
import {IHypERC20} from "src/interfaces/IHypERC20.sol";
import {IHypNative} from "src/interfaces/IHypNative.sol";
import {IRouter} from "src/interfaces/IRouter.sol";
import {ITokenFee} from "src/interfaces/ITokenFee.sol";
import {Quote} from "src/interfaces/ITokenRouter.sol";

import {IOwnedMailbox, Shipped} from "../../../kit/Shipped.sol";
import {TokenTest} from "../../../kit/TokenTest.sol";
import {AnyFee} from "../../../mocks/AnyFee.sol";

/// @notice Fees on top of what is sent.
contract FeesTest is TokenTest {
    uint256 internal constant AMOUNT = 1_000_000;
    /// One in a hundred, at most 50,000.
    uint256 internal constant MAX_FEE = 50_000;
    uint256 internal constant HALF_AMOUNT = 2_500_000;
    uint256 internal constant LARGEST = 1 << 127;

    IHypERC20 internal there;

    function setUp() public override {
        super.setUp();
        there = _synthetic(1, 1);
    }

    /* ---------------------------------------------------- paid on top ----------------------------------------------- */

    function test_collateral_paysTheFee() public {
        IFungibleRouter here = _collateral(1, 1);
        _fund(alice, address(here), AMOUNT + 10_000);
        _paysTheFee(here, address(token));
    }

    function test_native_paysTheFee() public {
        IFungibleRouter here = _native(1, 1);
        _paysTheFee(here, address(0));
        assertEq(address(here).balance, AMOUNT);
    }

    function test_synthetic_paysTheFee() public {
        IHypERC20 here = Shipped.hypERC20(1, 1, _config(originMailbox));
        _connect(here, there);
        _deliver(_forge(there, here, abi.encode(alice, AMOUNT + 10_000)));
        _paysTheFee(here, address(here));
        assertEq(here.totalSupply(), 10_000);
    }

    function _paysTheFee(IFungibleRouter here, address asset) internal {
        _connect(here, there);
        ITokenFee fee = Shipped.linearFee(asset, MAX_FEE, HALF_AMOUNT, owner);
        vm.expectEmit(address(here));
        emit IFungibleRouter.FeeRecipientSet(address(fee));
        vm.prank(owner);
        here.setFeeRecipient(fee);
        assertEq(address(here.feeRecipient()), address(fee));

        Quote[] memory quotes = here.quoteTransferRemote(DESTINATION, bob32, AMOUNT);
        assertEq(quotes[1].token, asset);
        assertEq(quotes[1].amount, AMOUNT + 10_000);
        uint256 before = here.balanceOf(alice);
        bytes memory message = _transfer(alice, here, bob32, AMOUNT);
        assertEq(here.balanceOf(alice), asset == address(0) ? before : before - AMOUNT - 10_000);
        assertEq(here.balanceOf(address(fee)), 10_000);
        _deliver(message);
        assertEq(there.balanceOf(bob), AMOUNT);

        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        vm.prank(attacker);
        fee.claim(attacker);
        address treasury = makeAddr("treasury");
        vm.prank(owner);
        fee.claim(treasury);
        assertEq(here.balanceOf(treasury), 10_000);
        assertEq(here.balanceOf(address(fee)), 0);
    }

    /// @dev The fee is of what is taken: dust that stays with the sender costs nothing.
    function test_feeIsOfWhatIsTaken() public {
        IFungibleRouter here = _collateral(1, 100);
        _connect(here, there);
        ITokenFee fee = Shipped.linearFee(address(token), MAX_FEE, HALF_AMOUNT, owner);
        vm.prank(owner);
        here.setFeeRecipient(fee);
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, 10_099)[1].amount, 10_100);
        _fund(alice, address(here), 10_100);
        _transfer(alice, here, bob32, 10_099);
        assertEq(token.balanceOf(address(fee)), 100);
    }

    function test_setFeeRecipient_toNone_endsFees() public {
        IFungibleRouter here = _collateral(1, 1);
        _connect(here, there);
        AnyFee fee = new AnyFee();
        fee.add(address(token), 1);
        vm.startPrank(owner);
        here.setFeeRecipient(ITokenFee(address(fee)));
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, AMOUNT)[1].amount, AMOUNT + 1);
        here.setFeeRecipient(ITokenFee(address(0)));
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, AMOUNT)[1].amount, AMOUNT);
        vm.stopPrank();
    }

    /* ------------------------------------------------- hostile fee contracts ---------------------------------------- */

    function test_setFeeRecipient_notByTheOwner_reverts() public {
        IFungibleRouter here = _collateral(1, 1);
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        here.setFeeRecipient(ITokenFee(address(0)));
    }

    function test_setFeeRecipient_toNoContract_reverts() public {
        IFungibleRouter here = _collateral(1, 1);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRouter.NotAContract.selector, bob));
        here.setFeeRecipient(ITokenFee(bob));
    }

    /// @dev A tenth is the most that an owner can have a sender pay who looked at no quote.
    function test_fee_ofMoreThanATenth_reverts() public {
        (IFungibleRouter here, AnyFee fee) = _withAnyFee();
        fee.add(address(token), AMOUNT / 10 + 1);
        _expectRefused(here, abi.encodeWithSelector(IFungibleRouter.FeeTooHigh.selector, AMOUNT / 10 + 1, AMOUNT));
    }

    function test_fee_ofATenth() public {
        (IFungibleRouter here, AnyFee fee) = _withAnyFee();
        fee.add(address(token), AMOUNT / 10);
        _transfer(alice, here, bob32, AMOUNT);
        assertEq(token.balanceOf(address(fee)), AMOUNT / 10);
    }

    function test_fee_ofNoEntry_isNone() public {
        (IFungibleRouter here,) = _withAnyFee();
        assertEq(here.quoteTransferRemote(DESTINATION, bob32, AMOUNT)[1].amount, AMOUNT);
        _transfer(alice, here, bob32, AMOUNT);
    }

    function test_fee_inAnotherToken_reverts() public {
        (IFungibleRouter here, AnyFee fee) = _withAnyFee();
        fee.add(address(0), 1);
        _expectRefused(here, abi.encodeWithSelector(IFungibleRouter.WrongFee.selector, address(fee)));
    }

    function test_fee_inTwoEntries_reverts() public {
        (IFungibleRouter here, AnyFee fee) = _withAnyFee();
        fee.add(address(token), 1);
        fee.add(address(token), 1);
        _expectRefused(here, abi.encodeWithSelector(IFungibleRouter.WrongFee.selector, address(fee)));
    }

    /// @dev A fee contract that takes no native coin: the transfer is refused, the fee not forgotten.
    function test_fee_native_notTaken_reverts() public {
        IFungibleRouter here = _native(1, 1);
        _connect(here, there);
        AnyFee fee = new AnyFee();
        fee.add(address(0), 1);
        vm.prank(owner);
        here.setFeeRecipient(ITokenFee(address(fee)));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IHypNative.FeeNotTaken.selector, address(fee), 1));
        here.transferRemote{value: AMOUNT + 1}(DESTINATION, bob32, AMOUNT);
    }

    /// @dev The value covers the amount and not the fee: collateral does not pay it.
    function test_fee_native_notSent_reverts() public {
        IFungibleRouter here = _native(1, 1);
        _connect(here, there);
        vm.deal(address(here), AMOUNT);
        ITokenFee fee = Shipped.linearFee(address(0), MAX_FEE, HALF_AMOUNT, owner);
        vm.prank(owner);
        here.setFeeRecipient(fee);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IHypNative.ValueTooLow.selector, AMOUNT + 9_999, AMOUNT + 10_000));
        here.transferRemote{value: AMOUNT + 9_999}(DESTINATION, bob32, AMOUNT);
    }

    function _withAnyFee() internal returns (IFungibleRouter here, AnyFee fee) {
        here = _collateral(1, 1);
        _connect(here, there);
        _fund(alice, address(here), 2 * AMOUNT);
        fee = new AnyFee();
        vm.prank(owner);
        here.setFeeRecipient(ITokenFee(address(fee)));
    }

    function _expectRefused(IFungibleRouter here, bytes memory reason) internal {
        vm.expectRevert(reason);
        here.quoteTransferRemote(DESTINATION, bob32, AMOUNT);
        vm.prank(alice);
        vm.expectRevert(reason);
        here.transferRemote(DESTINATION, bob32, AMOUNT);
    }

    /* ----------------------------------------------------- the curves ----------------------------------------------- */

    function test_views() public {
        ITokenFee fee = Shipped.linearFee(address(token), MAX_FEE, HALF_AMOUNT, owner);
        assertEq(fee.feeType(), 1);
        assertEq(fee.token(), address(token));
        assertEq(fee.maxFee(), MAX_FEE);
        assertEq(fee.halfAmount(), HALF_AMOUNT);
        assertEq(IOwnedMailbox(address(fee)).owner(), owner);
        assertEq(IOwnedMailbox(address(fee)).PACKAGE_VERSION(), "0.1.0");
        assertEq(Shipped.progressiveFee(address(token), MAX_FEE, HALF_AMOUNT, owner).feeType(), 3);
    }

    function test_linear() public {
        ITokenFee fee = Shipped.linearFee(address(token), MAX_FEE, HALF_AMOUNT, owner);
        assertEq(_feeOf(fee, 0), 0);
        assertEq(_feeOf(fee, 99), 0);
        assertEq(_feeOf(fee, 100), 1);
        assertEq(_feeOf(fee, HALF_AMOUNT), MAX_FEE / 2);
        assertEq(_feeOf(fee, 2 * HALF_AMOUNT - 1), MAX_FEE - 1);
        assertEq(_feeOf(fee, 2 * HALF_AMOUNT), MAX_FEE);
        assertEq(_feeOf(fee, type(uint256).max), MAX_FEE);
    }

    function test_progressive() public {
        ITokenFee fee = Shipped.progressiveFee(address(token), MAX_FEE, HALF_AMOUNT, owner);
        assertEq(_feeOf(fee, 0), 0);
        assertEq(_feeOf(fee, HALF_AMOUNT / 10), MAX_FEE / 101);
        assertEq(_feeOf(fee, HALF_AMOUNT), MAX_FEE / 2);
        assertEq(_feeOf(fee, HALF_AMOUNT * 3), (MAX_FEE * 9) / 10);
        assertEq(_feeOf(fee, LARGEST), MAX_FEE - 1);
        assertEq(_feeOf(fee, LARGEST + 1), MAX_FEE);
        assertEq(_feeOf(fee, type(uint256).max), MAX_FEE);
    }

    /// @dev Whatever the amounts: neither reverts, shrinks, nor exceeds the greatest fee.
    function testFuzz_curves(uint256 maxFee, uint256 halfAmount, uint256 amount, uint256 more) public {
        halfAmount = bound(halfAmount, 1, LARGEST);
        more = bound(more, amount, type(uint256).max);
        ITokenFee[2] memory fees = [
            Shipped.linearFee(address(token), maxFee, halfAmount, owner),
            Shipped.progressiveFee(address(token), maxFee, halfAmount, owner)
        ];
        for (uint256 i; i < 2; ++i) {
            assertLe(_feeOf(fees[i], amount), _feeOf(fees[i], more));
            assertLe(_feeOf(fees[i], more), maxFee);
            assertEq(_feeOf(fees[i], halfAmount), maxFee / 2);
        }
    }

    function test_constructor_halfAmountOutOfRange_reverts() public {
        uint256[2] memory bad = [uint256(0), LARGEST + 1];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITokenFee.InvalidHalfAmount.selector, bad[i]));
            this.deploy(bad[i]);
        }
    }

    function deploy(uint256 halfAmount) external {
        Shipped.linearFee(address(token), MAX_FEE, halfAmount, owner);
    }

    function test_claim_native_notTaken_reverts() public {
        ITokenFee fee = Shipped.linearFee(address(0), MAX_FEE, HALF_AMOUNT, owner);
        vm.deal(address(fee), 5);
        address refusing = address(new AnyFee());
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ITokenFee.ClaimFailed.selector, refusing, 5));
        fee.claim(refusing);
    }

    function _feeOf(ITokenFee fee, uint256 amount) internal view returns (uint256) {
        Quote[] memory quotes = fee.quoteTransferRemote(DESTINATION, bob32, amount);
        assertEq(quotes.length, 1);
        assertEq(quotes[0].token, address(token));
        return quotes[0].amount;
    }
}
