// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFraudEvidence} from "../interfaces/IFraudEvidence.sol";
import {ISlashingTerms} from "../interfaces/ISlashingTerms.sol";

/// @title SlashingTerms
/// @notice What must hold among the constants of a Slasher. The reasons are with the errors, in ISlashingTerms.
library SlashingTerms {
    /// @dev All that stands behind a validator.
    uint256 internal constant WHOLE = 1e18;
    uint256 internal constant MAX_WINDOW = 30 days;

    /// @notice Reverts with an error of ISlashingTerms unless all of it holds.
    function requireValid(ISlashingTerms.Terms memory terms) internal pure {
        _requireShare(terms.silenceShare);
        for (uint256 kind; kind <= uint256(type(IFraudEvidence.Kind).max); ++kind) {
            uint256 share = shareOf(terms, IFraudEvidence.Kind(kind));
            _requireShare(share);
            if (terms.silenceShare >= share) revert ISlashingTerms.SilenceCostsTooMuch(terms.silenceShare, share);
        }
        _requireWindow(terms.prematureWindow);
        _requireWindow(terms.livenessWindow);
        _requireWindow(terms.finalAfter);
        if (terms.livenessBond == 0) revert ISlashingTerms.NoBond();
    }

    /// @notice What a kind of fraud costs.
    function shareOf(ISlashingTerms.Terms memory terms, IFraudEvidence.Kind kind) internal pure returns (uint256) {
        if (kind == IFraudEvidence.Kind.Equivocation) return terms.equivocationShare;
        if (kind == IFraudEvidence.Kind.MessageId) return terms.messageIdShare;
        if (kind == IFraudEvidence.Kind.Root) return terms.rootShare;
        if (kind == IFraudEvidence.Kind.Premature) return terms.prematureShare;
        return terms.foreignTreeShare;
    }

    function _requireShare(uint256 share) private pure {
        if (share == 0 || share > WHOLE) revert ISlashingTerms.ShareOutOfBounds(share, WHOLE);
    }

    function _requireWindow(uint256 window) private pure {
        if (window == 0 || window > MAX_WINDOW) revert ISlashingTerms.WindowOutOfBounds(window, MAX_WINDOW);
    }
}
