// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Asset} from "src/libraries/Asset.sol";

import {HostileToken} from "../../mocks/HostileToken.sol";
import {StakeAccountsTest} from "./StakeAccountsTest.sol";

/// @notice Stake in a token that may turn hostile.
contract TokenStakeAccountsTest is StakeAccountsTest {
    function _asset() internal view override returns (address) {
        return address(token);
    }

    function _expectFailure() internal {
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
    }

    /// @dev Credited with what it did not pay, who comes in would take it from the others.
    function test_delegate_feeOnTransfer_reverts() public {
        token.setFee(1);
        _fund(alice, 10 ether);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongAmountReceived.selector, 10 ether - 1, 10 ether));
        stake.delegate(validator, 10 ether);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongAmountReceived.selector, 10 ether - 1, 10 ether));
        stake.addReward(validator, 10 ether);
    }

    function test_delegate_answersFalse_reverts() public {
        _fund(alice, 10 ether);
        token.setAnswersFalse(true);
        vm.startPrank(alice);
        _expectFailure();
        stake.delegate(validator, 10 ether);
        _expectFailure();
        stake.addReward(validator, 10 ether);
    }

    function test_register_answersFalse_orFee_reverts() public {
        bytes memory proof = _proof(_secret(2, 0), alice);
        _fund(alice, SELF_BOND);
        token.setFee(1);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongAmountReceived.selector, SELF_BOND - 1, SELF_BOND));
        stake.register(_key(2), proof, 0, SELF_BOND);
        token.setAnswersFalse(true);
        _expectFailure();
        stake.register(_key(2), proof, 0, SELF_BOND);
        assertEq(stake.validatorOf(_key(2)), address(0));
    }

    /// @dev What was not paid stays owed.
    function test_withdraw_answersFalse_staysOwed() public {
        _delegate(alice, validator, 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        _reward(validator, 1 ether);
        token.setAnswersFalse(true);
        vm.prank(alice);
        _expectFailure();
        stake.withdraw(validator, releaseEpoch);
        _expectFailure();
        stake.withdrawCredit(validator);
        assertEq(stake.creditOf(validator), 0.1 ether);
        token.setAnswersFalse(false);
        assertEq(_withdraw(alice, validator, releaseEpoch), 10 ether);
    }

    /// @dev Nobody can stop a slash, not even who can stop the token.
    function test_slash_whileTheTokenRefuses() public {
        token.setRefuses(true);
        uint256 slashed = _slash(validator, 0.5e18, true);
        assertEq(slashed, SELF_BOND / 2);
        vm.expectRevert(HostileToken.Refused.selector);
        stake.withdrawCredit(BURN);
        token.setRefuses(false);
        assertEq(stake.withdrawCredit(BURN), slashed - slashed / 5);
        assertEq(token.balanceOf(BURN), slashed - slashed / 5);
    }

    /* ------------------------------------------------- calls of the token ------------------------------------------- */

    /// @dev As an ERC-777 asks the payer: what is measured before and after must not hold two payments.
    function _assertRefusedWithin(bytes memory inner, bytes memory outer) internal {
        token.plan(address(stake), inner);
        vm.prank(alice);
        (bool success,) = address(stake).call(outer);
        assertTrue(success);
        assertTrue(token.called());
        assertFalse(token.succeeded());
        assertEq(
            token.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function test_delegate_reentered_reverts() public {
        _fund(alice, 10 ether);
        token.mint(address(token), 10 ether);
        _assertRefusedWithin(
            abi.encodeCall(stake.delegate, (validator, 0)), abi.encodeCall(stake.delegate, (validator, 10 ether))
        );
        assertEq(_tokensOf(validator, alice), 10 ether);
    }

    function test_delegate_reenteredByReward_reverts() public {
        _fund(alice, 10 ether);
        _assertRefusedWithin(
            abi.encodeCall(stake.addReward, (validator, 0)), abi.encodeCall(stake.delegate, (validator, 10 ether))
        );
    }

    /// @dev A payment out within a payment in would make the measured difference too small, one within a fee hide it.
    function test_delegate_reenteredByWithdrawCredit_reverts() public {
        _reward(validator, 1 ether);
        _fund(alice, 10 ether);
        _assertRefusedWithin(
            abi.encodeCall(stake.withdrawCredit, (validator)), abi.encodeCall(stake.delegate, (validator, 10 ether))
        );
        assertEq(stake.creditOf(validator), 0.1 ether);
    }

    function test_register_reenteredByDelegate_reverts() public {
        _fund(alice, SELF_BOND);
        _assertRefusedWithin(
            abi.encodeCall(stake.delegate, (validator, 0)),
            abi.encodeCall(stake.register, (_key(2), _proof(_secret(2, 0), alice), 0, SELF_BOND))
        );
    }

    function test_addReward_reenteredByRegister_reverts() public {
        _fund(alice, 10 ether);
        _assertRefusedWithin(
            abi.encodeCall(stake.register, (_key(2), _proof(_secret(2, 0), address(token)), 0, SELF_BOND)),
            abi.encodeCall(stake.addReward, (validator, 10 ether))
        );
    }

    /// @dev What is not guarded may run within a payment, and finds a state that is final.
    function test_delegate_reenteredByAdvance_isAsIfAfter() public {
        _fund(alice, 10 ether);
        skip(EPOCH);
        token.plan(address(stake), abi.encodeCall(stake.advanceEpoch, ()));
        vm.prank(alice);
        stake.delegate(validator, 10 ether);
        assertTrue(token.succeeded());
        (,, uint256 weight) = stake.validatorSet();
        assertEq(weight, 2 * SELF_BOND + 10 ether);
    }
}
