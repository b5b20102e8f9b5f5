// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

import {IValidatorStake} from "src/interfaces/IValidatorStake.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {StakeHandler} from "./StakeHandler.sol";

/// @notice The invariants in prose: README.md beside this file.
/// forge-config: default.invariant.runs = 8
/// forge-config: deep.invariant.runs = 10000
contract StakeInvariantTest is Test {
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant SELF_BOND = 100 ether;
    uint256 internal constant MAX_ACTIVE = 2;
    uint48 internal constant UNBONDING = 3;

    StakeHandler internal handler;
    IValidatorStake internal stake;
    IERC20 internal token;

    function setUp() public {
        handler = new StakeHandler();
        stake = IValidatorStake(handler.theStake());
        token = IERC20(handler.theToken());
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = handler.register.selector;
        selectors[1] = handler.delegate.selector;
        selectors[2] = handler.unbond.selector;
        selectors[3] = handler.withdraw.selector;
        selectors[4] = handler.addReward.selector;
        selectors[5] = handler.withdrawCredit.selector;
        selectors[6] = handler.rejoin.selector;
        selectors[7] = handler.rotate.selector;
        selectors[8] = handler.setCommission.selector;
        selectors[9] = handler.advance.selector;
        selectors[10] = handler.slash.selector;
        selectors[11] = handler.freeze.selector;
        selectors[12] = handler.unfreeze.selector;
        selectors[13] = handler.attack.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /* ------------------------------------------------------ money --------------------------------------------------- */

    function invariant_balanceIsStakesUnbondingsAndCredits() public view {
        address[] memory operators = handler.operators();
        uint256 pools;
        for (uint256 i; i < operators.length; ++i) {
            (uint256 tokens,) = stake.poolOf(operators[i]);
            pools += tokens;
        }
        assertEq(pools, stake.totalStake());

        StakeHandler.Ticket[] memory tickets = handler.tickets();
        uint256 unbonding;
        for (uint256 i; i < tickets.length; ++i) {
            if (!_isFirstOfItsPool(tickets, i)) continue;
            (uint256 leaving,) = stake.unbondingPoolOf(tickets[i].validator, tickets[i].releaseEpoch);
            unbonding += leaving;
        }
        uint256 credits = stake.creditOf(BURN) + stake.creditOf(handler.theReporter());
        address[] memory accounts = handler.accounts();
        for (uint256 i; i < accounts.length; ++i) {
            credits += stake.creditOf(accounts[i]);
        }
        // What those who were paid left to rounding is in pools that nobody has a ticket to.
        uint256 owed = pools + unbonding + credits;
        uint256 balance = token.balanceOf(address(stake));
        assertLe(owed, balance);
        assertLe(balance - owed, handler.calls("withdraw"));
    }

    /// @dev With what it could take out at once counted as taken out.
    function invariant_nobodyTakesOutMoreThanItPutInAndWasGiven() public view {
        address[] memory accounts = handler.accounts();
        uint256 allOut = handler.paidOut(BURN) + handler.paidOut(handler.theReporter());
        uint256 allIn = handler.given();
        for (uint256 i; i < accounts.length; ++i) {
            // Where a pool was slashed to nothing, a unit of who comes after is anybody's.
            uint256 mayHave = handler.paidIn(accounts[i]) + handler.given() + handler.calls("slash") + 1;
            assertLe(_all(accounts[i]), mayHave, "an account took out more than it put in");
            allOut += handler.paidOut(accounts[i]);
            allIn += handler.paidIn(accounts[i]);
        }
        assertEq(token.balanceOf(address(stake)), allIn - allOut);
    }

    /// @dev What an account took out, and what it could take out if time passed and nothing were slashed.
    function _all(address account) internal view returns (uint256 all) {
        address[] memory operators = handler.operators();
        all = handler.paidOut(account) + stake.creditOf(account);
        for (uint256 i; i < operators.length; ++i) {
            (, uint256 tokens) = stake.delegationOf(operators[i], account);
            all += tokens;
        }
        StakeHandler.Ticket[] memory tickets = handler.tickets();
        for (uint256 i; i < tickets.length; ++i) {
            if (tickets[i].account != account) continue;
            all += stake.unbondingOf(tickets[i].validator, account, tickets[i].releaseEpoch);
        }
    }

    function _isFirstOfItsPool(StakeHandler.Ticket[] memory tickets, uint256 i) internal pure returns (bool) {
        for (uint256 j; j < i; ++j) {
            bool same = tickets[j].validator == tickets[i].validator;
            if (same && tickets[j].releaseEpoch == tickets[i].releaseEpoch) return false;
        }
        return true;
    }

    /// @dev What the handler saw go wrong: early payments, wrong amounts, a set that is not the top of those that qualify,
    ///      slashes without the slasher, rewards above the operator's own loss.
    function invariant_noFault() public view {
        assertEq(handler.fault(), "");
    }

    /* ------------------------------------------------------- set ---------------------------------------------------- */

    function invariant_setIsWhoTheStatusSays() public view {
        address[] memory operators = handler.operators();
        uint256 active;
        for (uint256 i; i < operators.length; ++i) {
            if (_isActive(operators[i])) ++active;
        }
        (, IWeightedMultisigIsm.ValidatorInfo[] memory members, uint256 totalWeight) = stake.validatorSet();
        assertEq(members.length, active);
        assertLe(active, MAX_ACTIVE);
        assertLe(totalWeight, type(uint96).max);
    }

    /// @dev Whatever weighs in the set that is sent now is slashable now.
    function invariant_whatWeighsIsSlashable() public view {
        address[] memory operators = handler.operators();
        for (uint256 i; i < operators.length; ++i) {
            if (!_isActive(operators[i])) continue;
            (uint256 slashable,) = stake.poolOf(operators[i]);
            for (uint48 r = stake.epoch() + 1; r <= stake.epoch() + 1 + UNBONDING; ++r) {
                (uint256 leaving,) = stake.unbondingPoolOf(operators[i], r);
                slashable += leaving;
            }
            assertGe(slashable, _weightOf(operators[i]));
            assertEq(stake.validatorOf(stake.validatorStatus(operators[i]).key), operators[i]);
            assertLe(stake.validatorStatus(operators[i]).jailedUntil, block.timestamp);
        }
    }

    /// @dev Candidates are who the status says, once each, and no more than may be.
    function invariant_candidates() public view {
        address[] memory operators = handler.operators();
        address[] memory all = stake.candidates();
        uint256 count;
        for (uint256 i; i < operators.length; ++i) {
            bool listed;
            for (uint256 j; j < all.length; ++j) {
                if (all[j] == operators[i]) listed = true;
            }
            assertEq(stake.validatorStatus(operators[i]).isCandidate, listed);
            if (listed) ++count;
        }
        assertEq(all.length, count);
        assertLe(count, stake.terms().maxCandidates);
    }

    function _isActive(address validator) internal view returns (bool active) {
        (active,) = stake.activation(validator);
    }

    function _weightOf(address validator) internal view returns (uint256) {
        (, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        address key = stake.validatorStatus(validator).key;
        for (uint256 i; i < members.length; ++i) {
            if (members[i].signingAddress == key) return members[i].weight;
        }
        return 0;
    }

    /* ----------------------------------------------------- handler -------------------------------------------------- */

    /// @dev Every action of the handler can happen: an invariant over nothing would hold too.
    function test_handler_everyActionWorks() public {
        for (uint256 i; i < 5; ++i) {
            handler.register(i, SELF_BOND + i, 1000);
        }
        handler.delegate(1, 6, 50 ether);
        handler.advance(1);
        handler.addReward(4, 1 ether);
        handler.withdrawCredit(4);
        handler.unbond(1, 6, 0);
        handler.withdraw(0);
        handler.freeze(1);
        for (uint256 i; i < 4; ++i) {
            handler.advance(1);
        }
        handler.withdraw(0);
        handler.unfreeze(1, 0);
        handler.withdraw(0);
        handler.slash(4, 1, false);
        handler.rejoin(4);
        handler.rejoin(0);
        handler.rotate(2);
        handler.setCommission(2, 7);
        handler.attack(1, 2);
        handler.attack(1, 1);
        string[15] memory names = [
            "register",
            "delegate",
            "advance",
            "addReward",
            "withdrawCredit",
            "unbond",
            "withdraw refused",
            "freeze",
            "unfreeze",
            "withdraw",
            "slash",
            "rejoin refused",
            "rotate",
            "setCommission",
            "attack"
        ];
        for (uint256 i; i < names.length; ++i) {
            assertGt(handler.calls(names[i]), 0, names[i]);
        }
        assertGt(handler.calls("rejoin"), 0, "rejoin");
        assertEq(handler.fault(), "");
    }
}
