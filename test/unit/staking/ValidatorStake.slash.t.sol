// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeAccounts} from "src/interfaces/IStakeAccounts.sol";
import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";

import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice What a slash takes and from whom, and what a challenge holds back.
contract ValidatorStakeSlashTest is StakeTest {
    address internal validator;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < 3; ++i) {
            _register(i, SELF_BOND + i * 1 ether);
        }
        validator = _operator(0);
        _advance();
    }

    /* ---------------------------------------------------- who may --------------------------------------------------- */

    function test_slash_freeze_unfreeze_byOthersThanTheSlasher_reverts() public {
        address[5] memory others = [alice, validator, address(mailbox), address(this), address(0)];
        for (uint256 i; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IValidatorStake.NotSlasher.selector, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(reason);
            stake.slash(validator, WHOLE, others[i], true);
            vm.expectRevert(reason);
            stake.freeze(validator);
            vm.expectRevert(reason);
            stake.unfreeze(validator, 0);
            vm.stopPrank();
        }
    }

    function test_slash_whoIsNoValidator_reverts() public {
        vm.prank(address(stake.slasher()));
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.UnknownValidator.selector, alice));
        stake.slash(alice, WHOLE, reporter, true);
    }

    /* ------------------------------------------------------ what ---------------------------------------------------- */

    /// @dev Self-bond and delegations lose pro rata, to the unit; the reporter is paid of the operator's loss.
    function test_slash_delegatorsShareTheLoss() public {
        _delegate(alice, validator, 300 ether);
        _delegate(bob, validator, 7);
        uint256 total = stake.totalStake();
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateLeft(validator, 2 + UNBONDING);
        vm.expectEmit(address(stake));
        emit IValidatorStake.SetChanged(2, 1, 2, 2 * SELF_BOND + 3 ether);
        vm.expectEmit(address(stake));
        emit IValidatorStake.Slashed(validator, reporter, 0.25e18, 100 ether + 2, 5 ether, FOREVER);
        uint256 slashed = _slash(validator, 0.25e18, true);
        assertEq(slashed, 100 ether + 2);
        assertEq(_tokensOf(validator, validator), 75 ether);
        assertEq(_tokensOf(validator, alice), 225 ether);
        assertEq(_tokensOf(validator, bob), 5);
        assertEq(stake.totalStake(), total - slashed);
        assertEq(stake.creditOf(reporter), 5 ether);
        assertEq(stake.creditOf(BURN), slashed - 5 ether);
        assertEq(stake.BURN_ADDRESS(), BURN);
        stake.withdrawCredit(reporter);
        stake.withdrawCredit(BURN);
        assertEq(reporter.balance, 5 ether);
        assertEq(BURN.balance, slashed - 5 ether);
        assertEq(address(stake).balance, total - slashed);
    }

    /// @dev Who sees the proof coming and unbonds first loses as much, in each of the epochs before the release.
    function test_slash_unbondingJustBefore() public {
        _delegate(alice, validator, 40 ether);
        _delegate(bob, validator, 40 ether);
        (, uint48 early) = _unbondAll(alice, validator);
        _advance(UNBONDING);
        (, uint48 late) = _unbondAll(validator, validator);
        assertEq(early, stake.epoch() + 1);
        uint256 slashed = _slash(validator, 0.5e18, true);
        assertEq(slashed, 20 ether + 20 ether + SELF_BOND / 2);
        assertEq(stake.unbondingOf(validator, alice, early), 20 ether);
        assertEq(stake.unbondingOf(validator, validator, late), SELF_BOND / 2);
        assertEq(stake.creditOf(reporter), SELF_BOND / 10); // the operator's loss counts where it unbonds too
        _advance();
        assertEq(_withdraw(alice, validator, early), 20 ether);
        _advance(UNBONDING);
        assertEq(_withdraw(validator, validator, late), SELF_BOND / 2);
    }

    /// @dev Its delay is over: it is out of reach, paid or not.
    function test_slash_doesNotReachWhatIsReleased() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        assertEq(_slash(validator, WHOLE, true), SELF_BOND);
        assertEq(_withdraw(alice, validator, releaseEpoch), 40 ether);
    }

    function test_slash_ofOthers_isNotFelt() public {
        _delegate(alice, _operator(1), 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, _operator(1));
        _slash(validator, WHOLE, true);
        assertEq(stake.unbondingOf(_operator(1), alice, releaseEpoch), 40 ether);
        assertEq(_tokensOf(_operator(1), _operator(1)), SELF_BOND + 1 ether);
    }

    /// @dev All of it: shares are left, tokens are not. Nobody can do anything with them, and nothing is stuck for others.
    function test_slash_all() public {
        uint256 shares = _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(validator, validator);
        assertEq(_slash(validator, WHOLE, true), SELF_BOND + 40 ether);
        assertEq(_poolTokens(validator), 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.NothingToStake.selector, 0));
        stake.unbond(validator, shares);
        assertEq(_slash(validator, WHOLE, true), 0);
        _advance(1 + UNBONDING);
        assertEq(_withdraw(validator, validator, releaseEpoch), 0);
        assertEq(stake.totalStake(), 2 * SELF_BOND + 3 ether);
    }

    /// @dev A pool that was slashed to nothing, not for ever: who stakes then owes the former holders nothing.
    function test_slash_all_notForever_thenStakeAnew() public {
        _delegate(alice, validator, 40 ether);
        _slash(validator, WHOLE, false);
        _delegate(validator, validator, SELF_BOND);
        assertGe(_tokensOf(validator, validator), SELF_BOND - 1);
        assertLe(_tokensOf(validator, alice), 1);
        _delegate(bob, validator, 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(bob, validator);
        _advance(1 + UNBONDING);
        assertGe(_withdraw(bob, validator, releaseEpoch), 10 ether - 2);
    }

    /// @dev A dust of unbonding stake that a slash makes nothing of must not keep others from unbonding in that epoch.
    function test_slash_ofDust_doesNotStopUnbonding() public {
        _delegate(alice, validator, 40 ether);
        vm.prank(validator);
        stake.unbond(validator, 1e6);
        _slash(validator, 1, false);
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(alice, validator);
        assertGe(amount, 40 ether - 41);
        assertGe(stake.unbondingOf(validator, alice, releaseEpoch), amount - 1);
    }

    function testFuzz_slash_everyShare(uint256 share, uint96 delegated, uint96 unbonded) public {
        share = bound(share, 0, WHOLE);
        uint256 amount = bound(delegated, 1, 1e27);
        _delegate(alice, validator, amount);
        uint256 leaving = bound(unbonded, 1, amount);
        vm.prank(alice);
        (uint256 left, uint48 releaseEpoch) = stake.unbond(validator, leaving * 1e6);
        uint256 before = SELF_BOND + amount;
        uint256 slashed = _slash(validator, share, true);
        assertGe(slashed, (before * share) / WHOLE);
        assertLe(slashed, (before * share) / WHOLE + 2);
        assertLe(stake.unbondingOf(validator, alice, releaseEpoch), left - (left * share) / WHOLE);
        assertLe(_tokensOf(validator, alice), (amount - leaving) - ((amount - leaving) * share) / WHOLE);
        assertEq(stake.creditOf(reporter) + stake.creditOf(BURN), slashed);
        assertLe(stake.creditOf(reporter), SELF_BOND / 5);
    }

    /// @dev An operator with many delegators reports itself, from another account: it gets less than it loses.
    function testFuzz_slash_reportingOneselfNeverPays(uint256 delegated, uint256 share) public {
        _delegate(alice, validator, bound(delegated, 1, 1e28));
        share = bound(share, 1e12, WHOLE);
        _slash(validator, share, true);
        uint256 lost = SELF_BOND - _tokensOf(validator, validator);
        assertLe(stake.creditOf(reporter), lost / 2);
    }

    /* ------------------------------------------------------ jail ---------------------------------------------------- */

    /// @dev At once: the set that is sent from now on is without it. The others stay, at their weights.
    function test_slash_leavesTheSetAtOnce() public {
        assertEq(_setId(), 1);
        _slash(_operator(1), 0.1e18, false);
        (uint64 setId,, uint256 total) = stake.validatorSet();
        assertEq(setId, 2);
        assertEq(total, 2 * SELF_BOND + 2 ether);
        assertEq(stake.validators().length, 2);
        assertEq(stake.validators()[0], _key(2));
        assertEq(stake.validators()[1], _key(0));
        _slash(_operator(2), 0.1e18, false); // the first
        assertEq(stake.validators().length, 1);
        assertEq(stake.validators()[0], _key(0));
        _slash(_operator(0), 0.1e18, false); // the only one
        assertEq(stake.validators().length, 0);
        assertEq(_setId(), 4);
        _advance();
        assertEq(stake.validators().length, 0);
        assertEq(_setId(), 5);
    }

    /// @dev Once out of the set, another slash changes no set.
    function test_slash_again_doesNotChangeTheSet() public {
        _slash(validator, 0.1e18, false);
        assertEq(_slash(validator, 0.1e18, false), (SELF_BOND * 9) / 100);
        assertEq(_setId(), 2);
        assertEq(stake.candidates().length, 2);
    }

    function test_rejoin_afterJail() public {
        _slash(validator, 0.1e18, false);
        uint48 until = uint48(block.timestamp) + 2 days;
        assertEq(stake.validatorStatus(validator).jailedUntil, until);
        _delegate(validator, validator, SELF_BOND);
        vm.warp(until - 1);
        vm.prank(validator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.Jailed.selector, validator, until));
        stake.rejoin();
        vm.warp(until);
        vm.prank(validator);
        stake.rejoin();
        _advance();
        assertTrue(_isActive(validator));
    }

    function test_rejoin_jailedForever_reverts() public {
        _slash(validator, 0, true);
        _slash(validator, 0, false); // a sentence is never made shorter
        assertEq(stake.validatorStatus(validator).jailedUntil, FOREVER);
        skip(1000 days);
        vm.prank(validator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.Jailed.selector, validator, FOREVER));
        stake.rejoin();
    }

    /// @dev Delegators of a jailed validator leave as others do, and add no more where it is for ever.
    function test_jailed_delegatorsLeave() public {
        _delegate(alice, validator, 40 ether);
        _slash(validator, 0.5e18, true);
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(alice, validator);
        assertEq(amount, 20 ether);
        _advance(1 + UNBONDING);
        assertEq(_withdraw(alice, validator, releaseEpoch), 20 ether);
    }

    /// @dev Jailed in the last epoch, its keys answer for as long as what they signed in it can be used and proven.
    function test_jailed_keysStaySlashableForTheirDelay() public {
        _slash(validator, 0, true);
        _advance(UNBONDING);
        assertEq(stake.validatorOf(_key(0)), validator);
        _advance();
        assertEq(stake.validatorOf(_key(0)), address(0));
    }

    /* ----------------------------------------------------- freeze --------------------------------------------------- */

    /// @dev The challenge began before the release: what was to be released is held back, and slashed with the rest.
    function test_freeze_holdsBackWhatIsNotReleased() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(UNBONDING);
        uint48 since = stake.epoch();
        vm.expectEmit(address(stake));
        emit IValidatorStake.Frozen(validator, since);
        assertEq(_freeze(validator), since);
        _advance();
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.HeldBack.selector, validator, since));
        stake.withdraw(validator, releaseEpoch);
        assertEq(_slash(validator, 0.5e18, true), SELF_BOND / 2 + 20 ether);
        vm.expectEmit(address(stake));
        emit IValidatorStake.Unfrozen(validator, since);
        _unfreeze(validator, since);
        assertEq(_withdraw(alice, validator, releaseEpoch), 20 ether);
    }

    /// @dev A challenge that began after the release holds nothing of it: else an operator could keep its delegators for ever,
    ///      by challenges against itself that follow each other.
    function test_freeze_afterTheRelease_holdsNothing() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        _freeze(validator);
        assertEq(_slash(validator, 0.5e18, true), SELF_BOND / 2);
        assertEq(_withdraw(alice, validator, releaseEpoch), 40 ether);
    }

    /// @dev Of several the oldest counts, until all that began before the release are over.
    function test_freeze_several() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(UNBONDING - 1);
        uint48 first = _freeze(validator);
        _freeze(validator);
        _advance();
        uint48 second = _freeze(validator);
        _advance();
        _freeze(validator);
        _unfreeze(validator, first);
        _assertHeld(releaseEpoch, first);
        _unfreeze(validator, first);
        _assertHeld(releaseEpoch, second);
        _unfreeze(validator, second);
        assertEq(_withdraw(alice, validator, releaseEpoch), 40 ether);
    }

    function _assertHeld(uint48 releaseEpoch, uint48 since) internal {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.HeldBack.selector, validator, since));
        stake.withdraw(validator, releaseEpoch);
    }

    /// @dev Nobody resolves it: it lapses, after its window and an epoch more in which anyone could have.
    function test_freeze_lapses() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(UNBONDING);
        uint48 since = _freeze(validator);
        uint256 began = block.timestamp;
        _advance(HOLD);
        _assertHeld(releaseEpoch, since);
        assertGe(block.timestamp, began + 2 days + EPOCH);
        _advance();
        uint256 pool = _poolTokens(validator);
        assertEq(_slash(validator, WHOLE, true), pool);
        assertEq(_withdraw(alice, validator, releaseEpoch), 40 ether);
    }

    /// @dev A challenge against a validator that has left began in the last epoch in which its key answered. It lets the tree
    ///      grow past what it signed, and waits until no proof can name it any more: in vain.
    function test_freeze_keysAnswerOn() public {
        _rotate(0, 1);
        (, uint48 releaseEpoch) = _unbondAll(validator, validator);
        _advance(UNBONDING);
        assertEq(stake.validatorStatus(validator).exitEpoch, releaseEpoch);
        uint48 since = _freeze(validator);
        _advance();
        assertEq(stake.epoch(), releaseEpoch);
        assertEq(stake.validatorOf(_key(0)), validator);
        assertEq(stake.validatorOf(_key(0, 1)), validator);
        assertEq(_slash(validator, 0.5e18, true), SELF_BOND / 2);
        _unfreeze(validator, since);
        assertEq(stake.validatorOf(_key(0)), address(0));
        assertEq(stake.validatorOf(_key(0, 1)), address(0));
    }

    /// @dev One that began after the delay was over does not call the key back.
    function test_freeze_afterTheDelay_keysDoNotAnswer() public {
        _rotate(0, 1);
        _unbondAll(validator, validator);
        _advance(UNBONDING + 1);
        _freeze(validator);
        _advance();
        assertEq(stake.validatorOf(_key(0)), address(0));
        assertEq(stake.validatorOf(_key(0, 1)), address(0));
    }

    function test_freeze_ofOthers_isNotFelt() public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _freeze(_operator(1));
        _advance(1 + UNBONDING);
        assertEq(_withdraw(alice, validator, releaseEpoch), 40 ether);
    }

    function test_unfreeze_whatIsNotFrozen_reverts() public {
        uint48 since = _freeze(validator);
        vm.startPrank(address(stake.slasher()));
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotFrozen.selector, validator, since + 1));
        stake.unfreeze(validator, since + 1);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotFrozen.selector, _operator(1), since));
        stake.unfreeze(_operator(1), since);
        stake.unfreeze(validator, since);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.NotFrozen.selector, validator, since));
        stake.unfreeze(validator, since);
    }

    /// @dev In every epoch before its release a slash reaches what unbonds; with a challenge that is open in every epoch after
    ///      as well, until the challenge lapses.
    function testFuzz_slash_reachesAllThatIsNotReleased(uint256 atEpoch, uint256 frozenAt) public {
        _delegate(alice, validator, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        atEpoch = bound(atEpoch, 1, 1 + UNBONDING + HOLD + 3);
        frozenAt = bound(frozenAt, 1, atEpoch);
        while (stake.epoch() < atEpoch) {
            if (stake.epoch() == frozenAt) _freeze(validator);
            _advance();
        }
        bool frozen = frozenAt < atEpoch && frozenAt < releaseEpoch && frozenAt + HOLD >= atEpoch;
        bool reached = atEpoch < releaseEpoch || frozen;
        assertEq(_slash(validator, 0.5e18, true), SELF_BOND / 2 + (reached ? 20 ether : 0));
    }
}
