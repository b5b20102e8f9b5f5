// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IStakeTerms
/// @notice The constants of a staking deployment, and what must hold among them. They are given to the constructor, which
///         refuses what does not fit, and never change: there is nobody who could change them.
/// @dev Every time is in seconds. An epoch ends when somebody calls `advanceEpoch`, at least `epochLength` after it began, so
///      n whole epochs last at least n times `epochLength`, and for ever if nobody calls.
interface IStakeTerms {
    /// @param asset What is staked: an ERC-20, or zero for the native token.
    /// @param minSelfBond What an operator must hold of its own pool to stay a candidate, in units of the asset.
    /// @param reporterShare What the reporter of an offence gets of what the operator itself lost, in 1e18ths.
    /// @param epochLength Shortest epoch.
    /// @param setLifetime Longest time, from when it was issued, that a destination may trust a set. Destinations must be
    ///        deployed with this, or with less.
    /// @param fraudWindow Time in which a fraud is found and proven after the signature was made.
    /// @param challengeWindow Longest time that a challenge freezes a validator for.
    /// @param jailTime How long a validator that was slashed, but not for ever, stays out.
    /// @param unbondingEpochs Whole epochs that stake stays slashable for after the last epoch in which it may have counted.
    /// @param minActive A smaller set is not sent to destinations.
    /// @param maxActive Largest set.
    /// @param maxCandidates How many validators may stand for the set.
    struct Terms {
        address asset;
        uint96 minSelfBond;
        uint64 reporterShare;
        uint32 epochLength;
        uint32 setLifetime;
        uint32 fraudWindow;
        uint32 challengeWindow;
        uint32 jailTime;
        uint16 unbondingEpochs;
        uint8 minActive;
        uint8 maxActive;
        uint8 maxCandidates;
    }

    /// @notice The asset has no code.
    error AssetNotAContract(address asset);

    /// @notice An epoch must last 1 second to 30 days.
    error EpochLengthOutOfBounds(uint256 epochLength, uint256 maximum);

    /// @notice Stake must stay slashable for 1 to 64 whole epochs: a slash looks at every epoch's unbonding stake.
    error UnbondingEpochsOutOfBounds(uint256 unbondingEpochs, uint256 maximum);

    /// @notice Stake could be gone while a set that it vouched for is still trusted, or before what its keys then signed is
    ///         proven: the unbonding time must be longer than `setLifetime` and `fraudWindow` together.
    error UnbondingTooShort(uint256 unbondingTime, uint256 needed);

    /// @notice A set must live longer than the shortest epoch, or one push an epoch would not keep a destination alive.
    error SetLifetimeTooShort(uint256 setLifetime, uint256 epochLength);

    /// @notice A challenge must be over before the stake can leave: `challengeWindow` must be shorter than `fraudWindow`.
    error ChallengeWindowTooLong(uint256 challengeWindow, uint256 fraudWindow);

    /// @notice The slasher's windows are longer: stake would be let go before a challenge is over.
    error ChallengeWindowTooShort(uint256 challengeWindow, uint256 needed);

    /// @notice Jail must last for an epoch at least, or a validator would be back in the set that it was thrown out of.
    error JailTimeTooShort(uint256 jailTime, uint256 epochLength);

    /// @notice A reporter may get half of what the operator lost, at most: whoever is caught can report itself first.
    error ReporterShareTooLarge(uint256 reporterShare, uint256 maximum);

    /// @notice The self-bond must be so many units that rounding by one is nothing.
    error MinSelfBondTooSmall(uint256 minSelfBond, uint256 minimum);

    /// @notice A full set of the smallest validators would weigh more than a set may weigh.
    error MinSelfBondTooLarge(uint256 minSelfBond, uint256 maxActive);

    /// @notice It must be 1 <= minActive <= maxActive < maxCandidates, maxActive <= 64 and maxCandidates <= 128.
    error SetSizesOutOfBounds(uint256 minActive, uint256 maxActive, uint256 maxCandidates);

    /// @notice The constants.
    function terms() external view returns (Terms memory);

    /// @notice For how many epochs after the one in which it began a challenge holds stake back, whether it was resolved or
    ///         not: `challengeWindow` and at least one epoch more to resolve it.
    function holdEpochs() external view returns (uint48);
}
