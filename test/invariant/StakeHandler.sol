// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";
import {IStakeTerms} from "src/interfaces/IStakeTerms.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";

import {StakeTest} from "../kit/StakeTest.sol";

/// @notice Does what operators, delegators, reporters and strangers may do, in a token, and keeps its own books: who paid in
///         and got out how much, what was given, what was slashed, and in which epoch whose stake left.
contract StakeHandler is StakeTest {
    uint256 internal constant OPERATORS = 5;
    uint256 internal constant ACCOUNTS = 8; // the operators among them

    /// @dev What an account unbonded from a validator, for release in an epoch: one for all of it.
    struct Ticket {
        address account;
        address validator;
        uint48 releaseEpoch;
    }

    mapping(address account => uint256) public paidIn;
    mapping(address account => uint256) public paidOut;
    mapping(string action => uint256) public calls;

    /// @dev All that was given, and the most that of it, and of rounding, is anybody's.
    uint256 public given;
    uint256 public slashed;
    uint256 public burned;
    uint256 public rewarded;

    /// @dev Time at which each epoch began.
    mapping(uint256 epoch => uint256) public beganAt;
    /// @dev Open challenges: when they began, and in which epoch.
    mapping(address validator => uint48[]) internal _challenges;
    Ticket[] internal _tickets;
    address[] internal _accounts;

    /// @dev Set when something happened that must not: the invariants look at it.
    string public fault;

    constructor() {
        setUp();
        for (uint256 i; i < ACCOUNTS; ++i) {
            _accounts.push(i < OPERATORS ? _operator(i) : vm.addr(1000 + i));
        }
        beganAt[0] = block.timestamp;
    }

    function _asset() internal view override returns (address) {
        return address(token);
    }

    /// @dev Short, so that a run sees stake come and go many times.
    function _terms() internal view override returns (IStakeTerms.Terms memory terms) {
        terms = super._terms();
        (terms.setLifetime, terms.fraudWindow, terms.challengeWindow) = (uint32(EPOCH) + 1, uint32(EPOCH), 12 hours);
        terms.jailTime = uint32(EPOCH);
        (terms.unbondingEpochs, terms.minActive, terms.maxActive, terms.maxCandidates) = (3, 1, 2, 4);
    }

    function _slashingTerms() internal view override returns (ISlashingTerms.Terms memory terms) {
        terms = super._slashingTerms();
        terms.prematureWindow = 12 hours;
    }

    /* ---------------------------------------------------- accounts -------------------------------------------------- */

    function register(uint256 i, uint256 amount, uint16 commission) external {
        i = bound(i, 0, OPERATORS - 1);
        if (_isKnown(i)) return;
        amount = bound(amount, SELF_BOND, 3 * SELF_BOND);
        if (_isFullFor(amount)) return;
        _register(i, amount, uint16(bound(commission, 0, 10_000)));
        paidIn[_operator(i)] += amount;
        ++calls["register"];
    }

    function delegate(uint256 i, uint256 account, uint256 amount) external {
        (address validator, address who) = (_validator(i), _account(account));
        if (validator == address(0) || stake.validatorStatus(validator).jailedUntil == FOREVER) return;
        amount = bound(amount, 1, amount % 3 == 0 ? 100 : 2 * SELF_BOND);
        (uint256 tokens, uint256 shares) = stake.poolOf(validator);
        if ((amount * (shares + 1e6)) / (tokens + 1) == 0) return;
        uint256 before = _tokensOf(validator, who);
        _delegate(who, validator, amount);
        if (_tokensOf(validator, who) > before + amount + 1) fault = "delegating gave more than was paid";
        paidIn[who] += amount;
        ++calls["delegate"];
    }

    function unbond(uint256 i, uint256 account, uint256 share) external {
        (address validator, address who) = (_validator(i), _account(account));
        if (validator == address(0)) return;
        (uint256 shares, uint256 worth) = stake.delegationOf(validator, who);
        share = share % 2 == 0 ? shares : bound(share, 0, shares);
        (uint256 tokens, uint256 all) = stake.poolOf(validator);
        if ((share * (tokens + 1)) / (all + 1e6) == 0) return;
        vm.prank(who);
        (uint256 amount, uint48 releaseEpoch) = stake.unbond(validator, share);
        if (amount > worth) fault = "unbonding gave more than the stake was worth";
        ++calls["unbond"];
        for (uint256 j; j < _tickets.length; ++j) {
            Ticket storage t = _tickets[j];
            if (t.account == who && t.validator == validator && t.releaseEpoch == releaseEpoch) return;
        }
        _tickets.push(Ticket(who, validator, releaseEpoch));
    }

    /// @dev Tries to withdraw: what the books say must wait does wait.
    function withdraw(uint256 ticket) external {
        if (_tickets.length == 0) return;
        ticket = ticket % _tickets.length;
        Ticket memory t = _tickets[ticket];
        bool mayGo = stake.epoch() >= t.releaseEpoch && !_isHeld(t.validator, t.releaseEpoch);
        uint256 due = stake.unbondingOf(t.validator, t.account, t.releaseEpoch);
        vm.prank(t.account);
        try stake.withdraw(t.validator, t.releaseEpoch) returns (uint256 amount) {
            if (!mayGo) fault = "paid before its time";
            if (amount != due) fault = "paid other than what was due";
            _checkDelay(t);
            paidOut[t.account] += amount;
            ++calls["withdraw"];
            _tickets[ticket] = _tickets[_tickets.length - 1];
            _tickets.pop();
        } catch {
            if (mayGo) fault = "not paid in time";
            ++calls["withdraw refused"];
        }
    }

    function addReward(uint256 i, uint256 amount) external {
        address validator = _validator(i);
        if (validator == address(0) || !stake.validatorStatus(validator).isCandidate) return;
        amount = bound(amount, 0, SELF_BOND / 10);
        _reward(validator, amount);
        given += amount;
        ++calls["addReward"];
    }

    function withdrawCredit(uint256 account) external {
        address who = account % 10 == 9 ? BURN : account % 10 == 8 ? reporter : _account(account);
        uint256 credit = stake.creditOf(who);
        if (credit == 0) return;
        stake.withdrawCredit(who);
        paidOut[who] += credit;
        ++calls["withdrawCredit"];
    }

    /* ------------------------------------------------- operators' other acts ---------------------------------------- */

    function rejoin(uint256 i) external {
        address validator = _validator(i);
        if (validator == address(0)) return;
        vm.prank(validator);
        try stake.rejoin() {
            ++calls["rejoin"];
        } catch {
            ++calls["rejoin refused"];
        }
    }

    function rotate(uint256 i) external {
        i = bound(i, 0, OPERATORS - 1);
        if (!_isKnown(i) || stake.validatorStatus(_operator(i)).nextKey != address(0)) return;
        _rotate(i, ++calls["rotate"]);
    }

    function setCommission(uint256 i, uint16 commission) external {
        address validator = _validator(i);
        if (validator == address(0)) return;
        vm.prank(validator);
        stake.setCommission(uint16(bound(commission, 0, 10_000)));
        ++calls["setCommission"];
    }

    /* ----------------------------------------------- time and punishment -------------------------------------------- */

    function advance(uint256 late) external {
        vm.warp(uint256(stake.epochStart()) + EPOCH + (late % 3 == 0 ? bound(late, 0, 3 * EPOCH) : 0));
        address[] memory expected = _topCandidates();
        stake.advanceEpoch();
        _checkSet(expected);
        beganAt[stake.epoch()] = block.timestamp;
        ++calls["advance"];
    }

    function slash(uint256 i, uint256 share, bool forever) external {
        address validator = _validator(i);
        if (validator == address(0)) return;
        share = share % 5 == 0 ? WHOLE : bound(share, 0, share % 2 == 0 ? 0.05e18 : 0.6e18);
        uint256 own = _slashableOf(validator, validator);
        uint256 reward = stake.creditOf(reporter);
        uint256 credits = reward + stake.creditOf(BURN);
        uint256 amount = _slash(validator, share, forever && share > 0.5e18);
        reward = stake.creditOf(reporter) - reward;
        if (stake.creditOf(BURN) + stake.creditOf(reporter) != credits + amount) {
            fault = "slashed stake is not credited";
        }
        if (reward > (own * share) / WHOLE / 5) fault = "rewarded for more than the operator lost";
        slashed += amount;
        rewarded += reward;
        ++calls["slash"];
    }

    function freeze(uint256 i) external {
        address validator = _validator(i);
        if (validator == address(0)) return;
        _challenges[validator].push(_freeze(validator));
        ++calls["freeze"];
    }

    function unfreeze(uint256 i, uint256 challenge) external {
        address validator = _validator(i);
        uint48[] storage open = _challenges[validator];
        if (open.length == 0) return;
        challenge = challenge % open.length;
        _unfreeze(validator, open[challenge]);
        open[challenge] = open[open.length - 1];
        open.pop();
        ++calls["unfreeze"];
    }

    /// @dev A stranger, and everybody who has a part in it, tries what is the slasher's alone.
    function attack(uint256 i, uint256 account) external {
        address validator = _validator(i);
        if (validator == address(0)) return;
        bytes[3] memory attempts = [
            abi.encodeCall(stake.slash, (validator, WHOLE, reporter, true)),
            abi.encodeCall(stake.freeze, (validator)),
            abi.encodeCall(stake.unfreeze, (validator, stake.epoch()))
        ];
        vm.startPrank(account % 2 == 0 ? _account(account) : address(token));
        for (uint256 j; j < 3; ++j) {
            (bool success,) = address(stake).call(attempts[j]);
            if (success) fault = "slashed without the slasher";
        }
        vm.stopPrank();
        ++calls["attack"];
    }

    /* ----------------------------------------------------- books ---------------------------------------------------- */

    function accounts() external view returns (address[] memory) {
        return _accounts;
    }

    function operators() external view returns (address[] memory known) {
        uint256 count;
        known = new address[](OPERATORS);
        for (uint256 i; i < OPERATORS; ++i) {
            if (_isKnown(i)) known[count++] = _operator(i);
        }
        assembly ("memory-safe") {
            mstore(known, count)
        }
    }

    function tickets() external view returns (Ticket[] memory) {
        return _tickets;
    }

    function theStake() external view returns (address) {
        return address(stake);
    }

    function theToken() external view returns (address) {
        return address(token);
    }

    function theReporter() external view returns (address) {
        return reporter;
    }

    /// @dev The last set that the stake may have stood in could be sent until the epoch after began. From then on it stays
    ///      for the lifetime of a set and the fraud window, and until every challenge that began before is over.
    function _checkDelay(Ticket memory t) internal {
        uint256 lastInSet = t.releaseEpoch - 1 - _terms().unbondingEpochs;
        uint256 lastUse = beganAt[lastInSet + 1] + _terms().setLifetime;
        if (block.timestamp <= lastUse + _terms().fraudWindow) fault = "stake left before it could not be needed";
    }

    /// @dev By the definition: some open challenge that began before the release, and has not lapsed.
    function _isHeld(address validator, uint48 releaseEpoch) internal view returns (bool) {
        uint48[] storage open = _challenges[validator];
        for (uint256 i; i < open.length; ++i) {
            if (open[i] < releaseEpoch && open[i] + stake.holdEpochs() >= stake.epoch()) return true;
        }
        return false;
    }

    /// @dev All of an account's that a slash may reach, by the books: its stake, and its tickets that are not released, or are
    ///      held back.
    function _slashableOf(address validator, address account) internal view returns (uint256 total) {
        total = _tokensOf(validator, account);
        uint48 from = stake.epoch() > 10 ? stake.epoch() - 10 : 0;
        for (uint48 r = from; r <= stake.epoch() + 1 + _terms().unbondingEpochs; ++r) {
            if (r > stake.epoch() || _isHeld(validator, r)) total += stake.unbondingOf(validator, account, r);
        }
    }

    /// @dev By the definition: of the candidates whose self-bond suffices the one with most stake, then the next.
    function _topCandidates() internal view returns (address[] memory top) {
        address[] memory all = stake.candidates();
        uint256[] memory ranks = new uint256[](all.length);
        for (uint256 i; i < all.length; ++i) {
            bool qualifies = _tokensOf(all[i], all[i]) >= SELF_BOND;
            if (qualifies) ranks[i] = (_poolTokens(all[i]) << 160) | uint160(all[i]);
        }
        top = new address[](_terms().maxActive);
        for (uint256 place; place < top.length; ++place) {
            uint256 best;
            for (uint256 i; i < all.length; ++i) {
                if (ranks[i] > ranks[best]) best = i;
            }
            if (all.length == 0 || ranks[best] == 0) break;
            (top[place], ranks[best]) = (all[best], 0);
        }
    }

    function _checkSet(address[] memory expected) internal {
        (, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        for (uint256 i; i < expected.length; ++i) {
            if (expected[i] == address(0)) {
                if (members.length > i) fault = "a member that does not qualify";
                return;
            }
            if (members.length <= i) {
                fault = "a member that qualifies is not in the set";
                return;
            }
            if (stake.validatorOf(members[i].signingAddress) != expected[i]) fault = "not the largest";
            if (members[i].weight != _poolTokens(expected[i])) fault = "not its stake";
        }
        if (members.length > expected.length) fault = "too many members";
    }

    function _isFullFor(uint256 amount) internal view returns (bool) {
        address[] memory all = stake.candidates();
        if (all.length < _terms().maxCandidates) return false;
        for (uint256 i; i < all.length; ++i) {
            if (_tokensOf(all[i], all[i]) < SELF_BOND || _poolTokens(all[i]) < amount) return false;
        }
        return true;
    }

    function _isKnown(uint256 i) internal view returns (bool known) {
        (known,) = address(stake).staticcall(abi.encodeCall(stake.validatorStatus, (_operator(i))));
    }

    function _validator(uint256 i) internal view returns (address) {
        i = i % OPERATORS;
        return _isKnown(i) ? _operator(i) : address(0);
    }

    function _account(uint256 i) internal view returns (address) {
        return _accounts[i % ACCOUNTS];
    }
}
