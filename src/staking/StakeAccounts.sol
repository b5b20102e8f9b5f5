// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IStakeAccounts} from "../interfaces/IStakeAccounts.sol";
import {IStakeTerms} from "../interfaces/IStakeTerms.sol";
import {Asset} from "../libraries/Asset.sol";
import {StakePool} from "../libraries/StakePool.sol";
import {StakeTerms} from "../libraries/StakeTerms.sol";

/// @title StakeAccounts
/// @notice Base of ValidatorStake: what is whose, and how it comes in and goes out. See IStakeAccounts.
abstract contract StakeAccounts is IStakeAccounts, IStakeTerms, ReentrancyGuardTransient {
    using Asset for address;
    using StakePool for StakePool.Pool;

    /// @dev `nextKey` takes the place of `key` in epoch `keyEpoch`, `nextCommission` that of `commission` in `commissionEpoch`.
    ///      `position` is 1 above that in the set, valid in epoch `activeEpoch`; `candidate` 1 above that among candidates.
    struct Validator {
        address key;
        uint48 keyEpoch;
        uint16 commission;
        uint16 nextCommission;
        address nextKey;
        uint48 commissionEpoch;
        uint48 jailedUntil;
        uint48 activeEpoch;
        uint48 exitEpoch;
        uint32 fromIndex;
        uint16 position;
        uint16 candidate;
        StakePool.Pool pool;
        bytes32 blsKey;
    }

    uint48 internal constant FOREVER = type(uint48).max;
    uint16 internal constant FULL_COMMISSION = 10_000;

    /// @inheritdoc IStakeAccounts
    address public constant BURN_ADDRESS = 0x000000000000000000000000000000000000dEaD;

    address internal immutable _asset;
    uint96 internal immutable _minSelfBond;
    uint64 internal immutable _reporterShare;
    uint32 internal immutable _epochLength;
    uint32 internal immutable _setLifetime;
    uint32 internal immutable _fraudWindow;
    uint32 internal immutable _challengeWindow;
    uint32 internal immutable _jailTime;
    uint16 internal immutable _unbondingEpochs;
    uint8 internal immutable _minActive;
    uint8 internal immutable _maxActive;
    uint8 internal immutable _maxCandidates;

    /// @inheritdoc IStakeTerms
    uint48 public immutable holdEpochs;

    /// @dev Fits in uint96.
    uint256 internal _totalStake;
    uint48 internal _epoch;

    mapping(address validator => Validator) internal _validators;
    mapping(address validator => mapping(address account => uint256)) internal _shares;
    mapping(address validator => mapping(uint48 releaseEpoch => StakePool.Pool)) internal _unbonding;
    mapping(address validator => mapping(uint48 releaseEpoch => mapping(address account => uint256))) internal
        _unbondingShares;

    /// @dev Open challenges by the epoch in which they began.
    mapping(address validator => mapping(uint48 sinceEpoch => uint256)) internal _freezes;
    mapping(address account => uint256) internal _credits;

    constructor(Terms memory terms_) {
        StakeTerms.requireValid(terms_);
        _asset = terms_.asset;
        _minSelfBond = terms_.minSelfBond;
        _reporterShare = terms_.reporterShare;
        _epochLength = terms_.epochLength;
        _setLifetime = terms_.setLifetime;
        _fraudWindow = terms_.fraudWindow;
        _challengeWindow = terms_.challengeWindow;
        _jailTime = terms_.jailTime;
        _unbondingEpochs = terms_.unbondingEpochs;
        _minActive = terms_.minActive;
        _maxActive = terms_.maxActive;
        _maxCandidates = terms_.maxCandidates;
        holdEpochs = StakeTerms.holdEpochs(terms_);
    }

    /* ----------------------------------------------------- stake ---------------------------------------------------- */

    /// @inheritdoc IStakeAccounts
    function delegate(address validator, uint256 amount) external payable nonReentrant returns (uint256 shares) {
        Validator storage v = _known(validator);
        if (v.jailedUntil == FOREVER) revert JailedForever(validator);

        shares = _stake(validator, v, amount);

        _asset.pull(amount);
    }

    /// @inheritdoc IStakeAccounts
    function unbond(address validator, uint256 shares) external returns (uint256 amount, uint48 releaseEpoch) {
        Validator storage v = _known(validator);
        uint256 held = _shares[validator][msg.sender];
        if (shares > held) revert NotEnoughShares(shares, held);

        amount = v.pool.leave(shares);
        if (amount == 0) revert NothingToStake(amount);
        _shares[validator][msg.sender] = held - shares;
        _totalStake -= amount;
        releaseEpoch = _exitEpoch();
        uint256 entered = _unbonding[validator][releaseEpoch].enter(amount);
        _unbondingShares[validator][releaseEpoch][msg.sender] += entered;
        emit Unbonded(validator, msg.sender, amount, shares, releaseEpoch);
    }

    /// @inheritdoc IStakeAccounts
    function withdraw(address validator, uint48 releaseEpoch) external nonReentrant returns (uint256 amount) {
        if (releaseEpoch > _epoch) revert NotReleased(releaseEpoch, _epoch);
        uint48 sinceEpoch = _heldSince(validator);
        if (sinceEpoch < releaseEpoch) revert HeldBack(validator, sinceEpoch);
        uint256 shares = _unbondingShares[validator][releaseEpoch][msg.sender];
        if (shares == 0) revert NothingToWithdraw(msg.sender);

        _unbondingShares[validator][releaseEpoch][msg.sender] = 0;
        amount = _unbonding[validator][releaseEpoch].leave(shares);
        emit Withdrawn(validator, msg.sender, releaseEpoch, amount);

        _asset.pay(msg.sender, amount);
    }

    /* --------------------------------------------------- credits ---------------------------------------------------- */

    /// @inheritdoc IStakeAccounts
    function addReward(address validator, uint256 amount) external payable nonReentrant {
        Validator storage v = _known(validator);
        if (v.candidate == 0) revert NotACandidate(validator);

        uint256 commission = (amount * _commissionOf(v)) / FULL_COMMISSION;
        _credits[validator] += commission;
        v.pool.tokens += amount - commission;
        _addToTotal(amount - commission);
        emit RewardAdded(validator, msg.sender, amount, commission);

        _asset.pull(amount);
    }

    /// @inheritdoc IStakeAccounts
    function withdrawCredit(address account) external nonReentrant returns (uint256 amount) {
        amount = _credits[account];
        if (amount == 0) revert NothingToWithdraw(account);

        _credits[account] = 0;
        emit CreditWithdrawn(account, amount);

        _asset.pay(account, amount);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IStakeTerms
    function terms() external view returns (Terms memory) {
        return Terms({
            asset: _asset,
            minSelfBond: _minSelfBond,
            reporterShare: _reporterShare,
            epochLength: _epochLength,
            setLifetime: _setLifetime,
            fraudWindow: _fraudWindow,
            challengeWindow: _challengeWindow,
            jailTime: _jailTime,
            unbondingEpochs: _unbondingEpochs,
            minActive: _minActive,
            maxActive: _maxActive,
            maxCandidates: _maxCandidates
        });
    }

    /// @inheritdoc IStakeAccounts
    function creditOf(address account) external view returns (uint256) {
        return _credits[account];
    }

    /// @inheritdoc IStakeAccounts
    function poolOf(address validator) external view returns (uint256 tokens, uint256 shares) {
        StakePool.Pool storage pool = _validators[validator].pool;
        return (pool.tokens, pool.shares);
    }

    /// @inheritdoc IStakeAccounts
    function delegationOf(address validator, address account) external view returns (uint256 shares, uint256 tokens) {
        shares = _shares[validator][account];
        tokens = _validators[validator].pool.worth(shares);
    }

    /// @inheritdoc IStakeAccounts
    function unbondingOf(address validator, address account, uint48 releaseEpoch) external view returns (uint256) {
        return _unbonding[validator][releaseEpoch].worth(_unbondingShares[validator][releaseEpoch][account]);
    }

    /// @inheritdoc IStakeAccounts
    function unbondingPoolOf(address validator, uint48 releaseEpoch)
        external
        view
        returns (uint256 tokens, uint256 shares)
    {
        StakePool.Pool storage pool = _unbonding[validator][releaseEpoch];
        return (pool.tokens, pool.shares);
    }

    /// @inheritdoc IStakeAccounts
    function totalStake() external view returns (uint256) {
        return _totalStake;
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev Puts what the caller will pay into a pool.
    function _stake(address validator, Validator storage v, uint256 amount) internal returns (uint256 shares) {
        shares = v.pool.enter(amount);
        if (shares == 0) revert NothingToStake(amount);
        _shares[validator][msg.sender] += shares;
        _addToTotal(amount);
        emit Delegated(validator, msg.sender, amount, shares);
    }

    /// @dev Cuts a share of all that is slashable: the pool, and what unbonds and is not released or is held back. Says what
    ///      was taken, and what of it was the operator's own, rounded down.
    function _cut(address validator, uint256 share) internal returns (uint256 slashed, uint256 own) {
        (slashed, own) = _cutPool(_validators[validator].pool, share, _shares[validator][validator]);
        _totalStake -= slashed;
        uint48 last = _exitEpoch();
        for (uint48 release = _heldSince(validator) + 1; release <= last; ++release) {
            StakePool.Pool storage pool = _unbonding[validator][release];
            if (pool.tokens == 0) continue;
            (uint256 cut, uint256 ownCut) = _cutPool(pool, share, _unbondingShares[validator][release][validator]);
            slashed += cut;
            own += ownCut;
        }
    }

    function _cutPool(StakePool.Pool storage pool, uint256 share, uint256 ownShares)
        internal
        returns (uint256 slashed, uint256 own)
    {
        own = (pool.worth(ownShares) * share) / StakePool.WHOLE;
        slashed = pool.cut(share);
    }

    function _addToTotal(uint256 amount) internal {
        uint256 stake = _totalStake + amount;
        if (stake > type(uint96).max) revert TooMuchStake(stake);
        _totalStake = stake;
    }

    function _known(address validator) internal view returns (Validator storage v) {
        v = _validators[validator];
        if (v.key == address(0)) revert UnknownValidator(validator);
    }

    /// @dev What vouched for this epoch's set may still have to answer for it in all epochs before this one.
    function _exitEpoch() internal view returns (uint48) {
        return _epoch + 1 + _unbondingEpochs;
    }

    /// @dev The epoch of the oldest challenge that holds back; the present one if no older one does. What was to be released
    ///      after it is not.
    function _heldSince(address validator) internal view returns (uint48 since) {
        uint48 current = _epoch;
        since = current > holdEpochs ? current - holdEpochs : 0;
        while (since < current && _freezes[validator][since] == 0) ++since;
    }

    function _commissionOf(Validator storage v) internal view returns (uint16) {
        return _epoch < v.commissionEpoch ? v.commission : v.nextCommission;
    }
}
