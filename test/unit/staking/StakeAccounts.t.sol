// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Asset} from "src/libraries/Asset.sol";

import {PlainRecipient} from "../../mocks/PlainRecipient.sol";
import {ReentrantCaller} from "../../mocks/ReentrantCaller.sol";
import {StakeAccountsTest} from "./StakeAccountsTest.sol";

/// @notice Stake in the native token: whoever is paid runs code of its own.
contract NativeStakeAccountsTest is StakeAccountsTest {
    ReentrantCaller internal thief;

    /// @dev The thief has 10 ether to be withdrawn in the epoch after, and beside it a credit.
    function _thief() internal returns (uint48 releaseEpoch) {
        thief = new ReentrantCaller();
        _delegate(address(thief), validator, 10 ether);
        (, releaseEpoch) = _unbondAll(address(thief), validator);
        _advance(1 + UNBONDING);
        vm.prank(address(stake.slasher()));
        stake.slash(validator, 0.1e18, address(thief), false);
        assertGt(stake.creditOf(address(thief)), 0);
    }

    function _assertThiefGets(uint256 amount) internal view {
        assertEq(thief.entries(), 1);
        assertFalse(thief.succeeded());
        assertEq(
            thief.returned(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        assertEq(address(thief).balance, amount);
    }

    function test_withdraw_reentered_paysOnce() public {
        uint48 releaseEpoch = _thief();
        thief.plan(address(stake), abi.encodeCall(stake.withdraw, (validator, releaseEpoch)));
        assertEq(_withdraw(address(thief), validator, releaseEpoch), 10 ether);
        _assertThiefGets(10 ether);
    }

    /// @dev From one way of being paid into the other.
    function test_withdraw_reenteredForTheCredit() public {
        uint48 releaseEpoch = _thief();
        thief.plan(address(stake), abi.encodeCall(stake.withdrawCredit, (address(thief))));
        _withdraw(address(thief), validator, releaseEpoch);
        _assertThiefGets(10 ether);
    }

    function test_withdrawCredit_reentered_paysOnce() public {
        uint48 releaseEpoch = _thief();
        uint256 credit = stake.creditOf(address(thief));
        thief.plan(address(stake), abi.encodeCall(stake.withdraw, (validator, releaseEpoch)));
        stake.withdrawCredit(address(thief));
        _assertThiefGets(credit);
    }

    /// @dev What is not guarded finds a state that is final: what was paid is gone from the books before it is paid.
    function test_withdraw_reenteredByUnbond_findsFinalState() public {
        uint48 releaseEpoch = _thief();
        _delegate(address(thief), validator, 1 ether);
        (uint256 shares,) = stake.delegationOf(validator, address(thief));
        thief.plan(address(stake), abi.encodeCall(stake.unbond, (validator, shares)));
        _withdraw(address(thief), validator, releaseEpoch);
        assertTrue(thief.succeeded());
        assertEq(address(thief).balance, 10 ether);
        assertEq(stake.unbondingOf(validator, address(thief), releaseEpoch), 0);
        assertEq(_tokensOf(validator, address(thief)), 0);
    }

    /// @dev Who does not take the payment stays unpaid; nobody else is held up.
    function test_withdraw_toWhomRefuses_reverts() public {
        address refuser = address(new PlainRecipient());
        _delegate(refuser, validator, 10 ether);
        _delegate(alice, validator, 10 ether);
        (, uint48 releaseEpoch) = _unbondAll(refuser, validator);
        _unbondAll(alice, validator);
        _advance(1 + UNBONDING);
        vm.prank(refuser);
        vm.expectRevert(abi.encodeWithSelector(Asset.PaymentFailed.selector, refuser, 10 ether));
        stake.withdraw(validator, releaseEpoch);
        assertEq(_withdraw(alice, validator, releaseEpoch), 10 ether);
        assertEq(stake.unbondingOf(validator, refuser, releaseEpoch), 10 ether);
    }
}
