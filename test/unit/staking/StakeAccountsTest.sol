// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeAccounts} from "src/interfaces/IStakeAccounts.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";
import {Asset} from "src/libraries/Asset.sol";

import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice What is whose: the same for the native token and for another one.
abstract contract StakeAccountsTest is StakeTest {
    address internal validator;

    function setUp() public virtual override {
        super.setUp();
        validator = _register(0, SELF_BOND, 1000);
        _register(1, SELF_BOND);
        _advance();
    }

    /* ---------------------------------------------------- delegate -------------------------------------------------- */

    function test_delegate() public {
        _fund(alice, 10 ether);
        vm.expectEmit(address(stake));
        emit IStakeAccounts.Delegated(validator, alice, 10 ether, 10 ether * 1e6);
        vm.prank(alice);
        uint256 shares = stake.delegate{value: _asset() == address(0) ? 10 ether : 0}(validator, 10 ether);
        assertEq(shares, 10 ether * 1e6);
        assertEq(_tokensOf(validator, alice), 10 ether);
        assertEq(_poolTokens(validator), SELF_BOND + 10 ether);
        assertEq(stake.totalStake(), 2 * SELF_BOND + 10 ether);
        assertEq(_balance(address(stake)), 2 * SELF_BOND + 10 ether);
        assertEq(_balance(alice), 0);
    }

    function test_delegate_toNobody_reverts() public {
        uint256 value = _fund(alice, 1 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.UnknownValidator.selector, bob));
        stake.delegate{value: value}(bob, 1 ether);
    }

    function test_delegate_nothing_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToStake.selector, 0));
        stake.delegate(validator, 0);
    }

    /// @dev The price of a share is so high that a unit buys none: it would be a gift.
    function test_delegate_lessThanAShare_reverts() public {
        _reward(validator, SELF_BOND * 1e7);
        uint256 value = _fund(alice, 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToStake.selector, 1));
        stake.delegate{value: value}(validator, 1);
    }

    function test_delegate_toWhomIsJailedForever_reverts() public {
        _slash(validator, 0, true);
        uint256 value = _fund(alice, 1 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.JailedForever.selector, validator));
        stake.delegate{value: value}(validator, 1 ether);
    }

    /// @dev More than a set may weigh: the set could not be sent. All pools count, not one.
    function test_delegate_moreThanASetMayWeigh_reverts() public {
        uint256 room = type(uint96).max - 2 * SELF_BOND;
        _delegate(alice, validator, room / 2);
        _delegate(alice, _operator(1), room - room / 2 - 1);
        uint256 value = _fund(alice, 2);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.TooMuchStake.selector, uint256(type(uint96).max) + 1));
        stake.delegate{value: value}(validator, 2);
        _delegate(bob, validator, 1);
        assertEq(stake.totalStake(), type(uint96).max);

        value = _fund(carol, 10);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.TooMuchStake.selector, uint256(type(uint96).max) + 9));
        stake.addReward{value: value}(validator, 10);
        _advance();
        (,, uint256 weight) = stake.validatorSet();
        assertEq(weight, type(uint96).max);
    }

    /* ----------------------------------------------------- unbond --------------------------------------------------- */

    function test_unbond_withdraw_toTheUnit() public {
        _delegate(alice, validator, 10 ether + 7);
        vm.expectEmit(address(stake));
        emit IStakeAccounts.Unbonded(validator, alice, 10 ether + 7, (10 ether + 7) * 1e6, 1 + 1 + UNBONDING);
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(alice, validator);
        assertEq(amount, 10 ether + 7);
        assertEq(releaseEpoch, stake.epoch() + 1 + UNBONDING);
        assertEq(_tokensOf(validator, alice), 0);
        assertEq(_poolTokens(validator), SELF_BOND);
        assertEq(stake.unbondingOf(validator, alice, releaseEpoch), 10 ether + 7);
        assertEq(stake.totalStake(), 2 * SELF_BOND);

        _advance(UNBONDING);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NotReleased.selector, releaseEpoch, releaseEpoch - 1));
        stake.withdraw(validator, releaseEpoch);
        _advance();
        vm.expectEmit(address(stake));
        emit IStakeAccounts.Withdrawn(validator, alice, releaseEpoch, 10 ether + 7);
        assertEq(_withdraw(alice, validator, releaseEpoch), 10 ether + 7);
        assertEq(_balance(alice), 10 ether + 7);
        assertEq(_balance(address(stake)), 2 * SELF_BOND);
        (uint256 tokens, uint256 shares) = stake.unbondingPoolOf(validator, releaseEpoch);
        assertEq(tokens + shares, 0);
    }

    /// @dev Nobody but who staked is paid, and nobody twice.
    function test_withdraw_byOthers_orTwice_reverts() public {
        _delegate(alice, validator, 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToWithdraw.selector, bob));
        stake.withdraw(validator, releaseEpoch);
        _withdraw(alice, validator, releaseEpoch);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToWithdraw.selector, alice));
        stake.withdraw(validator, releaseEpoch);
    }

    function test_unbond_moreThanOnesOwn_reverts() public {
        uint256 shares = _delegate(alice, validator, 10 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NotEnoughShares.selector, shares + 1, shares));
        stake.unbond(validator, shares + 1);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NotEnoughShares.selector, 1, 0));
        stake.unbond(validator, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.UnknownValidator.selector, bob));
        stake.unbond(bob, 1);
    }

    function test_unbond_whatIsWorthNothing_reverts() public {
        _delegate(alice, validator, 10 ether);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToStake.selector, 0));
        stake.unbond(validator, 1e6 - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToStake.selector, 0));
        stake.unbond(validator, 0);
    }

    /// @dev Epochs do not pass by themselves; the leaver can end them, each after its time.
    function test_unbond_whereNobodyAdvances_theLeaverDoes() public {
        _delegate(alice, validator, 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        skip(365 days);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NotReleased.selector, releaseEpoch, 1));
        stake.withdraw(validator, releaseEpoch);
        stake.advanceEpoch();
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.EpochNotOver.selector, block.timestamp + EPOCH));
        stake.advanceEpoch();
        for (uint256 i; i < UNBONDING; ++i) {
            skip(EPOCH);
            stake.advanceEpoch();
        }
        assertEq(stake.withdraw(validator, releaseEpoch), 10 ether);
    }

    function testFuzz_unbond_inAnyPieces_paysNoMore(uint256 amount, uint256[4] memory pieces) public {
        amount = bound(amount, 4, 1e27);
        uint256 shares = _delegate(alice, validator, amount);
        uint256 total;
        for (uint256 i; i < 4; ++i) {
            uint256 piece = i < 3 ? bound(pieces[i], 0, shares) : shares;
            if (piece < 1e6) continue;
            shares -= piece;
            vm.prank(alice);
            (uint256 got,) = stake.unbond(validator, piece);
            total += got;
        }
        assertLe(total, amount);
        assertGe(total + 7, amount);
        _advance(1 + UNBONDING);
        assertEq(_withdraw(alice, validator, 2 + UNBONDING), total);
    }

    /* ----------------------------------------------------- rewards -------------------------------------------------- */

    function test_addReward_commissionToTheOperator_theRestToThePool() public {
        _delegate(alice, validator, 3 * SELF_BOND);
        uint256 value = _fund(carol, 40 ether + 1);
        vm.expectEmit(address(stake));
        emit IStakeAccounts.RewardAdded(validator, carol, 40 ether + 1, 4 ether);
        vm.prank(carol);
        stake.addReward{value: value}(validator, 40 ether + 1);
        assertEq(stake.creditOf(validator), 4 ether);
        assertEq(_poolTokens(validator), 4 * SELF_BOND + 36 ether + 1);
        assertEq(_tokensOf(validator, alice), 3 * SELF_BOND + 27 ether);
        assertEq(_tokensOf(validator, validator), SELF_BOND + 9 ether);
        assertEq(stake.totalStake(), 5 * SELF_BOND + 36 ether + 1);

        vm.expectEmit(address(stake));
        emit IStakeAccounts.CreditWithdrawn(validator, 4 ether);
        vm.prank(bob); // anyone may call; the account is paid
        assertEq(stake.withdrawCredit(validator), 4 ether);
        assertEq(_balance(validator), 4 ether);
        assertEq(_balance(bob), 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToWithdraw.selector, validator));
        stake.withdrawCredit(validator);
    }

    function test_addReward_whereNobodyWouldGetIt_reverts() public {
        uint256 value = _fund(carol, 2 ether);
        vm.startPrank(carol);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.UnknownValidator.selector, bob));
        stake.addReward{value: value}(bob, 2 ether);
        vm.stopPrank();
        _slash(validator, 0, false);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NotACandidate.selector, validator));
        stake.addReward{value: value}(validator, 2 ether);
    }

    /// @dev The operator takes out all but a share, gives its pool a fortune, and waits for a delegator to round down.
    function test_addReward_toInflateTheShare_costsTheAttacker() public {
        (uint256 shares,) = stake.delegationOf(validator, validator);
        vm.prank(validator);
        stake.unbond(validator, shares - 1);
        _reward(validator, 1e6 ether);
        _delegate(alice, validator, 10 ether);
        assertGe(_tokensOf(validator, alice), 9 ether);
        assertLe(_tokensOf(validator, validator), 1 ether);
    }

    /// @dev A reward is stake like any other: what it adds to the weight is slashed.
    function test_addReward_toInflateTheWeight_isSlashable() public {
        _reward(validator, 100 * SELF_BOND);
        uint256 pool = _poolTokens(validator);
        assertEq(_slash(validator, WHOLE, true), pool);
    }

    /* ------------------------------------------------- payment, in and out ------------------------------------------ */

    /// @dev What is sent past the functions is nobody's, and changes no price.
    function test_donation_changesNothing() public {
        _delegate(alice, validator, 10 ether);
        if (_asset() == address(0)) vm.deal(address(stake), address(stake).balance + 1000 ether);
        else token.mint(address(stake), 1000 ether);
        assertEq(_tokensOf(validator, alice), 10 ether);
        _delegate(bob, validator, 10 ether);
        assertEq(_tokensOf(validator, bob), 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        assertEq(_withdraw(alice, validator, releaseEpoch), 10 ether);
    }

    function test_wrongValue_reverts() public {
        bool native = _asset() == address(0);
        uint256 value = _fund(alice, 10 ether);
        vm.deal(alice, 20 ether);
        uint256 wrong = native ? 10 ether - 1 : 1;
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, wrong, value));
        stake.delegate{value: wrong}(validator, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, wrong, value));
        stake.addReward{value: wrong}(validator, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, value + 1, value));
        stake.delegate{value: value + 1}(validator, 10 ether);
    }

    /// @dev Nothing of the protocol falls back on another function.
    function test_unknownFunction_andPlainValue_revertWithoutData() public {
        (bool success, bytes memory data) = address(stake).call(abi.encodeWithSignature("owner()"));
        assertFalse(success);
        assertEq(data.length, 0);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        (success, data) = address(stake).call{value: 1 ether}("");
        assertFalse(success);
        assertEq(data.length, 0);
    }
}
