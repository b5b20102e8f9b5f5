// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "../interfaces/IMailbox.sol";
import {IValidatorStake} from "../interfaces/IValidatorStake.sol";
import {IWeightedMultisigIsm} from "../interfaces/IWeightedMultisigIsm.sol";
import {StakePool} from "../libraries/StakePool.sol";
import {StakeRanking} from "../libraries/StakeRanking.sol";
import {ValidatorSignatures} from "../libraries/ValidatorSignatures.sol";
import {StakeAccounts} from "./StakeAccounts.sol";

/// @title ValidatorSet
/// @notice Base of ValidatorStake: the candidates, the epochs, and the set. See IValidatorStake.
abstract contract ValidatorSet is IValidatorStake, StakeAccounts {
    using StakePool for StakePool.Pool;
    using StakeRanking for uint256[];
    using ValidatorSignatures for uint256;

    /// @inheritdoc IValidatorStake
    IMailbox public immutable mailbox;

    /// @inheritdoc IValidatorStake
    uint48 public epochStart;
    uint64 internal _setId;

    address[] internal _candidates;

    /// @dev Words of uint96 weight ‖ operator.
    uint256[] internal _set;

    constructor(IMailbox mailbox_) {
        if (address(mailbox_).code.length == 0) revert IMailbox.NotAContract(address(mailbox_));
        mailbox = mailbox_;
        epochStart = _now();
    }

    /// @inheritdoc IValidatorStake
    function advanceEpoch() external {
        uint256 endsAt = uint256(epochStart) + _epochLength;
        if (_now() < endsAt) revert EpochNotOver(endsAt);

        (uint256[] memory top, uint256 size) = _rankCandidates();
        uint48 next = _epoch + 1;
        _epoch = next;
        epochStart = _now();
        emit EpochAdvanced(next);
        _replaceSet(top, size, next);
    }

    /// @inheritdoc IValidatorStake
    function epoch() external view returns (uint48) {
        return _epoch;
    }

    /// @inheritdoc IValidatorStake
    function candidates() external view returns (address[] memory) {
        return _candidates;
    }

    /// @inheritdoc IValidatorStake
    function validators() external view returns (address[] memory keys) {
        keys = new address[](_set.length);
        for (uint256 i; i < keys.length; ++i) {
            keys[i] = _keyOf(_validators[_set[i].addressOf()]);
        }
    }

    /// @inheritdoc IValidatorStake
    function validatorSet()
        external
        view
        returns (uint64 setId, IWeightedMultisigIsm.ValidatorInfo[] memory members, uint256 totalWeight)
    {
        uint256[] memory words = _signers();
        setId = _setId;
        members = new IWeightedMultisigIsm.ValidatorInfo[](words.length);
        for (uint256 i; i < words.length; ++i) {
            members[i] = IWeightedMultisigIsm.ValidatorInfo(words[i].addressOf(), words[i].weightOf());
            totalWeight += words[i].weightOf();
        }
    }

    /// @inheritdoc IValidatorStake
    function activation(address validator) external view returns (bool active, uint32 fromIndex) {
        Validator storage v = _validators[validator];
        active = _isActive(v, _epoch);
        fromIndex = v.fromIndex;
    }

    /* --------------------------------------------------- candidates ------------------------------------------------- */

    /// @dev Makes a validator that qualifies a candidate. Where there are as many as may be, the smallest loses its place,
    ///      those that do not qualify any more before all others.
    function _join(address validator) internal {
        Validator storage v = _validators[validator];
        if (_candidates.length == _maxCandidates) {
            (address smallest, uint256 stake) = _smallestCandidate();
            if (v.pool.tokens <= stake) revert CandidatesFull(v.pool.tokens, stake);
            _leaveCandidates(smallest);
        }

        _candidates.push(validator);
        v.candidate = uint16(_candidates.length);
        v.exitEpoch = FOREVER;
        emit CandidateJoined(validator);
    }

    function _leaveCandidates(address validator) internal {
        Validator storage v = _validators[validator];
        address last = _candidates[_candidates.length - 1];
        _candidates[v.candidate - 1] = last;
        _validators[last].candidate = v.candidate;
        _candidates.pop();
        v.candidate = 0;
        v.exitEpoch = _exitEpoch();
        emit CandidateLeft(validator, v.exitEpoch);
    }

    function _smallestCandidate() internal view returns (address smallest, uint256 stake) {
        uint256 least = type(uint256).max;
        for (uint256 i; i < _candidates.length; ++i) {
            uint256 word = _rank(_candidates[i]);
            if (word < least) least = word;
        }
        return (least.addressOf(), least.weightOf());
    }

    /// @dev uint96 stake ‖ operator; no stake if it does not qualify. Stakes fit: all of them together do.
    function _rank(address validator) internal view returns (uint256) {
        bool qualifies = _selfBondOf(validator) >= _minSelfBond;
        return ValidatorSignatures.pack(validator, qualifies ? uint96(_validators[validator].pool.tokens) : 0);
    }

    function _selfBondOf(address validator) internal view returns (uint256) {
        return _validators[validator].pool.worth(_shares[validator][validator]);
    }

    /* ------------------------------------------------------- set ---------------------------------------------------- */

    /// @dev The candidates with most stake, in falling order. Those that do not qualify leave.
    function _rankCandidates() internal returns (uint256[] memory top, uint256 size) {
        top = new uint256[](_maxActive);
        // From the end: who leaves is replaced by the last one, which was looked at before.
        for (uint256 i = _candidates.length; i > 0; --i) {
            address validator = _candidates[i - 1];
            uint256 word = _rank(validator);
            if (word.weightOf() == 0) _leaveCandidates(validator);
            else size = top.insert(size, word);
        }
    }

    function _replaceSet(uint256[] memory top, uint256 size, uint48 current) internal {
        uint32 nonce = mailbox.nonce();
        uint256 totalWeight;
        delete _set;
        for (uint256 i; i < size; ++i) {
            Validator storage v = _validators[top[i].addressOf()];
            if (!_isActive(v, current - 1)) v.fromIndex = nonce;
            v.activeEpoch = current;
            // forge-lint: disable-next-line(unsafe-typecast) a set has 64 members at most
            v.position = uint16(i + 1);
            _set.push(top[i]);
            totalWeight += top[i].weightOf();
        }
        emit SetChanged(++_setId, current, size, totalWeight);
    }

    /// @dev Takes a member out of the set at once. The last one takes its place.
    function _leaveSet(Validator storage v) internal {
        uint256 last = _set[_set.length - 1];
        _set[v.position - 1] = last;
        _validators[last.addressOf()].position = v.position;
        _set.pop();
        v.position = 0;

        uint256 totalWeight;
        for (uint256 i; i < _set.length; ++i) {
            totalWeight += _set[i].weightOf();
        }
        emit SetChanged(++_setId, _epoch, _set.length, totalWeight);
    }

    /// @dev Whether it is in the set of that epoch, which is the present one or the one before.
    function _isActive(Validator storage v, uint48 inEpoch) internal view returns (bool) {
        return v.position != 0 && v.activeEpoch == inEpoch;
    }

    /// @dev The present set as words of uint96 weight ‖ key.
    function _signers() internal view returns (uint256[] memory words) {
        words = _set;
        for (uint256 i; i < words.length; ++i) {
            words[i] = ValidatorSignatures.pack(_keyOf(_validators[words[i].addressOf()]), words[i].weightOf());
        }
    }

    /// @dev Whoever builds blocks can be off by seconds, which is nothing to an epoch or to the time in jail.
    function _now() internal view returns (uint48) {
        // forge-lint: disable-next-line(unsafe-typecast) it lasts 8.9 million years
        return uint48(block.timestamp); // solhint-disable-line not-rely-on-time
    }

    function _keyOf(Validator storage v) internal view returns (address) {
        return _epoch < v.keyEpoch ? v.key : v.nextKey;
    }
}
