// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakeTerms} from "../interfaces/IStakeTerms.sol";
import {StakePool} from "./StakePool.sol";

/// @title StakeTerms
/// @notice What must hold among the constants of a staking deployment. The reasons are with the errors, in IStakeTerms.
library StakeTerms {
    uint256 internal constant MAX_EPOCH_LENGTH = 30 days;
    uint256 internal constant MAX_UNBONDING_EPOCHS = 64;
    uint256 internal constant MAX_ACTIVE = 64;
    uint256 internal constant MAX_CANDIDATES = 128;
    uint256 internal constant MAX_REPORTER_SHARE = StakePool.WHOLE / 2;
    uint256 internal constant MIN_SELF_BOND = 1e6;

    /// @notice Reverts with an error of IStakeTerms unless all of it holds.
    function requireValid(IStakeTerms.Terms memory terms) internal view {
        if (terms.asset != address(0) && terms.asset.code.length == 0) {
            revert IStakeTerms.AssetNotAContract(terms.asset);
        }
        _requireTimes(terms);
        _requireSizes(terms);
        if (terms.reporterShare > MAX_REPORTER_SHARE) {
            revert IStakeTerms.ReporterShareTooLarge(terms.reporterShare, MAX_REPORTER_SHARE);
        }
        if (terms.minSelfBond < MIN_SELF_BOND) {
            revert IStakeTerms.MinSelfBondTooSmall(terms.minSelfBond, MIN_SELF_BOND);
        }
        if (uint256(terms.minSelfBond) * terms.maxActive > type(uint96).max) {
            revert IStakeTerms.MinSelfBondTooLarge(terms.minSelfBond, terms.maxActive);
        }
    }

    /// @notice For how many epochs after the one in which it began a challenge holds stake back. The first may end at
    ///         once, so after them `challengeWindow` and one epoch more have passed, at least.
    function holdEpochs(IStakeTerms.Terms memory terms) internal pure returns (uint48) {
        return uint48(terms.challengeWindow / terms.epochLength) + 2;
    }

    function _requireTimes(IStakeTerms.Terms memory terms) private pure {
        uint256 epochLength = terms.epochLength;
        if (epochLength == 0 || epochLength > MAX_EPOCH_LENGTH) {
            revert IStakeTerms.EpochLengthOutOfBounds(epochLength, MAX_EPOCH_LENGTH);
        }
        if (terms.unbondingEpochs == 0 || terms.unbondingEpochs > MAX_UNBONDING_EPOCHS) {
            revert IStakeTerms.UnbondingEpochsOutOfBounds(terms.unbondingEpochs, MAX_UNBONDING_EPOCHS);
        }
        uint256 unbondingTime = terms.unbondingEpochs * epochLength;
        uint256 needed = uint256(terms.setLifetime) + terms.fraudWindow;
        if (unbondingTime <= needed) revert IStakeTerms.UnbondingTooShort(unbondingTime, needed);
        if (terms.setLifetime <= epochLength) revert IStakeTerms.SetLifetimeTooShort(terms.setLifetime, epochLength);
        if (terms.challengeWindow >= terms.fraudWindow) {
            revert IStakeTerms.ChallengeWindowTooLong(terms.challengeWindow, terms.fraudWindow);
        }
        if (terms.jailTime < epochLength) revert IStakeTerms.JailTimeTooShort(terms.jailTime, epochLength);
    }

    function _requireSizes(IStakeTerms.Terms memory terms) private pure {
        bool ordered =
            0 < terms.minActive && terms.minActive <= terms.maxActive && terms.maxActive < terms.maxCandidates;
        if (!ordered || terms.maxActive > MAX_ACTIVE || terms.maxCandidates > MAX_CANDIDATES) {
            revert IStakeTerms.SetSizesOutOfBounds(terms.minActive, terms.maxActive, terms.maxCandidates);
        }
    }
}
