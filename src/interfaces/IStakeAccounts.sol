// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IStakeAccounts
/// @notice Who has how much at stake with which validator.
/// @dev A validator is named by its operator's address. Each has a pool; who delegates to it, the operator included, holds
///      shares of it. A slash takes a part of the pool's tokens, so everybody in it loses pro rata; a reward adds tokens.
///      Who leaves takes tokens out of the pool into another one, of all who leave that validator in the same epoch, which is
///      slashed as well until it is released.
///
///      Whatever is rounded is rounded against who enters or leaves. All is accounted for inside: tokens or ether sent to the
///      contract past its functions change nothing, and are lost. Amounts are in units of the asset.
/// @dev Warning: who delegates trusts the operator with the stake: all in the pool is slashed for what its keys signed,
///      whenever that was and however short a time before the delegation was made. And it trusts the asset: a token whose
///      owner can stop transfers or take balances stops withdrawals, or makes them fail for whom comes last. Tokens that
///      change balances by themselves must not be staked; those that take a fee are refused when they do.
interface IStakeAccounts {
    /// @notice `account` put `amount` into the validator's pool for `shares` of it.
    event Delegated(address indexed validator, address indexed account, uint256 amount, uint256 shares);

    /// @notice `account` took `amount` out of the validator's pool for `shares` of it. It is released in `releaseEpoch`.
    event Unbonded(
        address indexed validator, address indexed account, uint256 amount, uint256 shares, uint48 releaseEpoch
    );

    /// @notice `account` was paid what it had unbonded, less slashes.
    event Withdrawn(address indexed validator, address indexed account, uint48 indexed releaseEpoch, uint256 amount);

    /// @notice `payer` gave `amount`, of which the operator was credited `commission` and the pool got the rest.
    event RewardAdded(address indexed validator, address indexed payer, uint256 amount, uint256 commission);

    /// @notice `account` was paid what it had been credited.
    event CreditWithdrawn(address indexed account, uint256 amount);

    /// @notice Nobody registered as this validator.
    error UnknownValidator(address validator);

    /// @notice The amount is zero, or so small that it is worth no share, or no token.
    error NothingToStake(uint256 amount);

    /// @notice All pools together would hold more than 2^96 - 1, which is what a set may weigh.
    error TooMuchStake(uint256 stake);

    /// @notice The validator is jailed for ever.
    error JailedForever(address validator);

    /// @notice The validator is no candidate; a reward would be for nobody.
    error NotACandidate(address validator);

    /// @notice The account has fewer shares in the pool.
    error NotEnoughShares(uint256 shares, uint256 held);

    /// @notice The stake is released in a later epoch.
    error NotReleased(uint48 releaseEpoch, uint48 epoch);

    /// @notice The stake is held back by a challenge that began in `sinceEpoch`.
    error HeldBack(address validator, uint48 sinceEpoch);

    /// @notice There is nothing of the account's to be paid.
    error NothingToWithdraw(address account);

    /// @notice Where what is slashed goes, less the reporter's reward: nobody has its key. It is credited, and paid as all
    ///         credits, so that no token can stop a slash.
    function BURN_ADDRESS() external view returns (address);

    /// @notice Puts `amount` of the caller's into the validator's pool. Anyone may call; the operator adds to its self-bond
    ///         so. With the native token the value sent must be the amount, with another it must be approved.
    /// @dev Reverts with the errors of the Asset library if less is paid, or more.
    function delegate(address validator, uint256 amount) external payable returns (uint256 shares);

    /// @notice Takes what `shares` of the caller's are worth out of the validator's pool. It counts no more in the next
    ///         epoch, stays slashable for `unbondingEpochs` whole epochs more, and is released after them.
    /// @dev An operator whose self-bond falls below the minimum is no candidate any more when the next epoch begins.
    /// @return amount What was taken out.
    /// @return releaseEpoch The epoch in which `withdraw` pays it.
    function unbond(address validator, uint256 shares) external returns (uint256 amount, uint48 releaseEpoch);

    /// @notice Pays the caller what it unbonded from the validator for release in that epoch.
    function withdraw(address validator, uint48 releaseEpoch) external returns (uint256 amount);

    /// @notice Gives `amount` of the caller's to all who are in the validator's pool, and the operator's commission to it.
    ///         Anyone may call. Paid as in `delegate`.
    /// @dev Warning: it is shared by those who are in the pool at that moment, however short a time.
    function addReward(address validator, uint256 amount) external payable;

    /// @notice Pays an account all its credit: commissions, rewards for reports. Anyone may call, the account is paid.
    function withdrawCredit(address account) external returns (uint256 amount);

    /// @notice What an account can have paid.
    function creditOf(address account) external view returns (uint256);

    /// @notice The validator's pool.
    function poolOf(address validator) external view returns (uint256 tokens, uint256 shares);

    /// @notice What an account has in the validator's pool.
    /// @return shares Its shares.
    /// @return tokens What they are worth now.
    function delegationOf(address validator, address account) external view returns (uint256 shares, uint256 tokens);

    /// @notice What an account would be paid by `withdraw`, if nothing more is slashed. Zero when paid.
    function unbondingOf(address validator, address account, uint48 releaseEpoch) external view returns (uint256 tokens);

    /// @notice What all accounts have unbonded from a validator for release in that epoch and were not paid.
    function unbondingPoolOf(address validator, uint48 releaseEpoch)
        external
        view
        returns (uint256 tokens, uint256 shares);

    /// @notice What all pools hold together, unbonding ones not counted.
    function totalStake() external view returns (uint256);
}
