// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {StakeTest} from "../../kit/StakeTest.sol";

/// @notice Who is in the set, from when to when, and weighs what.
contract ValidatorStakeEpochsTest is StakeTest {
    function _assertKeys(uint256[] memory indexes) internal view {
        address[] memory keys = stake.validators();
        (, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        assertEq(keys, _keysOf(indexes));
        assertEq(members.length, keys.length);
        for (uint256 i; i < keys.length; ++i) {
            assertEq(members[i].signingAddress, keys[i]);
        }
    }

    function _indexes(uint256 a, uint256 b) internal pure returns (uint256[] memory indexes) {
        indexes = new uint256[](2);
        (indexes[0], indexes[1]) = (a, b);
    }

    function _indexes(uint256 a, uint256 b, uint256 c, uint256 d) internal pure returns (uint256[] memory indexes) {
        indexes = new uint256[](4);
        (indexes[0], indexes[1], indexes[2], indexes[3]) = (a, b, c, d);
    }

    /// @dev Validators 0 to n - 1, each with more stake than the one before.
    function _registerRising(uint256 n) internal {
        for (uint256 i; i < n; ++i) {
            _register(i, SELF_BOND + i * 1 ether);
        }
    }

    /* ----------------------------------------------------- epochs --------------------------------------------------- */

    function test_advanceEpoch_tooEarly_reverts() public {
        uint256 endsAt = block.timestamp + EPOCH;
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.EpochNotOver.selector, endsAt));
        stake.advanceEpoch();
        skip(EPOCH - 1);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.EpochNotOver.selector, endsAt));
        stake.advanceEpoch();
        skip(1);
        vm.expectEmit(address(stake));
        emit IValidatorStake.EpochAdvanced(1);
        vm.expectEmit(address(stake));
        emit IValidatorStake.SetChanged(1, 1, 0, 0);
        stake.advanceEpoch();
        assertEq(stake.epoch(), 1);
        assertEq(stake.epochStart(), block.timestamp);
    }

    /// @dev Epochs that nobody ended do not pile up: many at once would let stake out before its time.
    function test_advanceEpoch_manyAtOnce_reverts() public {
        skip(100 * EPOCH);
        stake.advanceEpoch();
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.EpochNotOver.selector, block.timestamp + EPOCH));
        stake.advanceEpoch();
        assertEq(stake.epoch(), 1);
    }

    /* ------------------------------------------------------- set ---------------------------------------------------- */

    function test_set_isTheLargest_inFallingOrder() public {
        _registerRising(6);
        _delegate(alice, _operator(0), 10 ether);
        assertEq(stake.validators().length, 0);
        skip(EPOCH);
        vm.expectEmit(address(stake));
        emit IValidatorStake.SetChanged(1, 1, 4, 4 * SELF_BOND + 22 ether);
        stake.advanceEpoch();
        _assertKeys(_indexes(0, 5, 4, 3));
        (uint64 setId, IWeightedMultisigIsm.ValidatorInfo[] memory members, uint256 total) = stake.validatorSet();
        assertEq(setId, 1);
        assertEq(members[0].weight, SELF_BOND + 10 ether);
        assertEq(members[3].weight, SELF_BOND + 3 ether);
        assertEq(total, 4 * SELF_BOND + 22 ether);
        assertTrue(_isActive(_operator(0)));
        assertFalse(_isActive(_operator(1)));
    }

    /// @dev What comes or goes within an epoch counts from the next one on.
    function test_set_isFixedForTheEpoch() public {
        _registerRising(2);
        _advance();
        _register(2, 10 * SELF_BOND);
        _delegate(alice, _operator(0), 50 ether);
        _assertKeys(_indexes(1, 0));
        (,, uint256 total) = stake.validatorSet();
        assertEq(total, 2 * SELF_BOND + 1 ether);
        assertEq(_setId(), 1);
        _advance();
        assertEq(stake.validators()[0], _key(2));
        assertEq(stake.validators()[1], _key(0));
        assertEq(_setId(), 2);
    }

    /// @dev Of equal ones the higher address: whoever computes the set finds the same.
    function test_set_ties() public {
        for (uint256 i; i < 6; ++i) {
            _register(i, SELF_BOND);
        }
        _advance();
        address[] memory keys = stake.validators();
        address before = address(type(uint160).max);
        for (uint256 i; i < keys.length; ++i) {
            address operator = stake.validatorOf(keys[i]);
            assertLt(uint160(operator), uint160(before));
            before = operator;
        }
        for (uint256 i; i < 6; ++i) {
            if (!_isActive(_operator(i))) assertLt(uint160(_operator(i)), uint160(before));
        }
    }

    function test_set_selfBondTooSmall_leavesAtTheNextEpoch() public {
        _registerRising(3);
        _delegate(alice, _operator(2), 1000 ether);
        _advance();
        vm.prank(_operator(2));
        stake.unbond(_operator(2), 2 ether * 1e6 + 1);
        assertTrue(_isActive(_operator(2)));
        assertTrue(stake.validatorStatus(_operator(2)).isCandidate);
        skip(EPOCH);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateLeft(_operator(2), 2 + UNBONDING);
        stake.advanceEpoch();
        _assertKeys(_indexes(1, 0));
        assertFalse(stake.validatorStatus(_operator(2)).isCandidate);
        assertEq(stake.validatorOf(_key(2)), _operator(2));
        _advance(UNBONDING);
        assertEq(stake.validatorOf(_key(2)), address(0));
        assertEq(_tokensOf(_operator(2), alice), 1000 ether);
    }

    function test_set_exactSelfBond_stays() public {
        _registerRising(3);
        vm.prank(_operator(2));
        stake.unbond(_operator(2), 2 ether * 1e6);
        _advance();
        assertTrue(_isActive(_operator(2)));
    }

    /// @dev Stake that comes for the boundary and goes right after it weighs for an epoch, and is slashable for as long as
    ///      any: nothing is lent for a moment.
    function test_set_flashBondAroundTheBoundary_staysSlashable() public {
        _registerRising(2);
        vm.warp(stake.epochStart() + EPOCH);
        _delegate(bob, _operator(0), 1e6 ether);
        stake.advanceEpoch();
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(bob, _operator(0));
        assertEq(amount, 1e6 ether);
        assertEq(releaseEpoch, 1 + 1 + UNBONDING);
        _advance(UNBONDING);
        assertEq(stake.unbondingOf(_operator(0), bob, releaseEpoch), 1e6 ether);
        _slash(_operator(0), 0.5e18, true);
        assertEq(stake.unbondingOf(_operator(0), bob, releaseEpoch), 0.5e6 ether);
    }

    /* --------------------------------------------------- activation ------------------------------------------------- */

    function _dispatch(uint256 messages) internal {
        for (uint256 i; i < messages; ++i) {
            mailbox.dispatch(DESTINATION, bytes32(0), "");
        }
    }

    function _assertActivation(uint256 i, bool expected, uint32 expectedFrom) internal view {
        (bool active, uint32 fromIndex) = stake.activation(_operator(i));
        assertEq(active, expected);
        assertEq(fromIndex, expectedFrom);
    }

    function test_activation_isTheNonceAtWhichItEntered_andStaysWhileItStays() public {
        _registerRising(1);
        _dispatch(3);
        _assertActivation(0, false, 0);
        _advance();
        _dispatch(2);
        _register(1, SELF_BOND);
        _advance();
        _assertActivation(0, true, 3);
        _assertActivation(1, true, 5);
        _unbondAll(_operator(1), _operator(1));
        _advance();
        _assertActivation(0, true, 3);
        _assertActivation(1, false, 5);
        _delegate(_operator(1), _operator(1), SELF_BOND);
        vm.prank(_operator(1));
        stake.rejoin();
        _dispatch(4);
        _advance();
        _assertActivation(1, true, 9);
    }

    /// @dev Jailed and back within one epoch: it was out, and begins anew.
    function test_activation_afterJail() public {
        _registerRising(2);
        _dispatch(1);
        _advance();
        _slash(_operator(1), 0, false);
        _assertActivation(1, false, 1);
        skip(2 days);
        vm.prank(_operator(1));
        stake.rejoin();
        _assertActivation(1, false, 1);
        _dispatch(1);
        stake.advanceEpoch();
        _assertActivation(1, true, 2);
        _assertActivation(0, true, 1);
    }

    /* --------------------------------------------------- candidates ------------------------------------------------- */

    function test_candidates_full_theSmallestLosesItsPlace() public {
        _registerRising(6);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateLeft(_operator(0), 1 + UNBONDING);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateJoined(_operator(6));
        _register(6, SELF_BOND + 1);
        assertEq(stake.candidates().length, 6);
        assertFalse(stake.validatorStatus(_operator(0)).isCandidate);
        assertEq(_tokensOf(_operator(0), _operator(0)), SELF_BOND);
        (uint256 amount,) = _unbondAll(_operator(0), _operator(0));
        assertEq(amount, SELF_BOND);
    }

    function test_candidates_full_noMoreThanTheSmallest_reverts() public {
        _registerRising(6);
        bytes memory proof = _proof(_secret(6, 0), _operator(6));
        vm.deal(_operator(6), SELF_BOND);
        vm.prank(_operator(6));
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.CandidatesFull.selector, SELF_BOND, SELF_BOND));
        stake.register{value: SELF_BOND}(_key(6), proof, 0, SELF_BOND);
    }

    /// @dev One that does not qualify any more goes first, whatever stake it has.
    function test_candidates_full_whoDoesNotQualifyGoesFirst() public {
        _registerRising(6);
        _delegate(alice, _operator(3), 1000 ether);
        _unbondAll(_operator(3), _operator(3));
        _register(6, SELF_BOND);
        assertFalse(stake.validatorStatus(_operator(3)).isCandidate);
        assertTrue(stake.validatorStatus(_operator(0)).isCandidate);
    }

    /// @dev Who has the stake of one registers, takes it out, and registers again under another name: each time it drives out
    ///      itself, as the smallest, and what it took out is locked.
    function test_candidates_full_flashStakeDrivesOutItself() public {
        _registerRising(6);
        for (uint256 i = 6; i < 12; ++i) {
            _register(i, SELF_BOND + 2 ether);
            _unbondAll(_operator(i), _operator(i));
        }
        _advance();
        assertEq(stake.validatorStatus(_operator(0)).isCandidate, false);
        for (uint256 i = 1; i < 6; ++i) {
            assertTrue(stake.validatorStatus(_operator(i)).isCandidate);
        }
        _assertKeys(_indexes(5, 4, 3, 2));
        vm.prank(_operator(0));
        stake.rejoin();
    }

    /// @dev Driven out within an epoch, it is in the set until the epoch ends, and answers for that.
    function test_candidates_drivenOutOfTheSet() public {
        _registerRising(4);
        _advance();
        _register(4, SELF_BOND + 10 ether);
        _register(5, SELF_BOND + 10 ether);
        _register(6, SELF_BOND + 10 ether);
        assertFalse(stake.validatorStatus(_operator(0)).isCandidate);
        _assertKeys(_indexes(3, 2, 1, 0));
        assertEq(stake.validatorStatus(_operator(0)).exitEpoch, 2 + UNBONDING);
        _slash(_operator(0), WHOLE, true);
        assertEq(stake.validators().length, 3);
        assertFalse(_isActive(_operator(0)));
    }

    function test_rejoin() public {
        _registerRising(2);
        address operator = _operator(0);
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.AlreadyACandidate.selector, operator));
        stake.rejoin();
        stake.unbond(operator, 1e6);
        vm.stopPrank();
        _advance();
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(IValidatorStake.SelfBondTooSmall.selector, SELF_BOND - 1, SELF_BOND));
        stake.rejoin();
        _delegate(operator, operator, 1);
        vm.expectEmit(address(stake));
        emit IValidatorStake.CandidateJoined(operator);
        vm.prank(operator);
        stake.rejoin();
        assertEq(stake.validatorStatus(operator).exitEpoch, FOREVER);
        _advance();
        assertTrue(_isActive(operator));
    }

    /// @dev Its delay was over; it came back, and its key answers again.
    function test_rejoin_makesTheKeySlashableAgain() public {
        _registerRising(2);
        _unbondAll(_operator(0), _operator(0));
        _advance(2 + UNBONDING);
        assertEq(stake.validatorOf(_key(0)), address(0));
        _delegate(_operator(0), _operator(0), SELF_BOND);
        vm.prank(_operator(0));
        stake.rejoin();
        assertEq(stake.validatorOf(_key(0)), _operator(0));
    }

    /// @dev All leave at once: the list empties from its end, whoever is looked at.
    function test_set_everybodyLeaves() public {
        _registerRising(6);
        _advance();
        for (uint256 i; i < 6; ++i) {
            _unbondAll(_operator(i), _operator(i));
        }
        _advance();
        assertEq(stake.validators().length, 0);
        assertEq(stake.candidates().length, 0);
        _register(6, SELF_BOND);
        _advance();
        assertEq(stake.validators()[0], _key(6));
    }

    /* ---------------------------------------------------- reference ------------------------------------------------- */

    /// @dev The set by its definition: of those whose self-bond suffices, the one with most, then the next, until it is full.
    function testFuzz_set_isTheReference(uint256[6] memory bonds, uint256[6] memory delegations, uint8 leavers) public {
        uint256[6] memory stakes;
        for (uint256 i; i < 6; ++i) {
            address operator = _register(i, SELF_BOND + (bonds[i] % 4));
            uint256 amount = delegations[i] % 5;
            if (amount > 0) _delegate(alice, operator, amount);
            if ((leavers >> i) & 1 == 0) {
                stakes[i] = _poolTokens(operator);
            } else {
                vm.prank(operator);
                stake.unbond(operator, (SELF_BOND / 2) * 1e6);
            }
        }
        _advance();
        (, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        uint256 place;
        for (uint256 best = _best(stakes); place < 4 && stakes[best] > 0; best = _best(stakes)) {
            assertEq(members[place].signingAddress, _key(best));
            assertEq(members[place].weight, stakes[best]);
            stakes[best] = 0;
            ++place;
        }
        assertEq(members.length, place);
    }

    function _best(uint256[6] memory stakes) internal pure returns (uint256 best) {
        for (uint256 i = 1; i < 6; ++i) {
            bool tieWon = stakes[i] == stakes[best] && uint160(_operator(i)) > uint160(_operator(best));
            if (stakes[i] > stakes[best] || tieWon) best = i;
        }
    }
}
