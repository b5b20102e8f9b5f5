// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ISlashingTerms
/// @notice The constants of a Slasher. They are given to its constructor, which refuses what does not fit, and never change.
/// @dev Shares are in 1e18ths of all that stands behind a validator, times in seconds.
interface ISlashingTerms {
    /// @param equivocationShare For two checkpoints for one leaf.
    /// @param messageIdShare For another message than the tree has.
    /// @param rootShare For another root than the tree had.
    /// @param prematureShare For a leaf that the tree has not got.
    /// @param foreignTreeShare For a tree of this domain that is not the Mailbox's.
    /// @param silenceShare For no answer to a challenge to sign.
    /// @param prematureWindow For how long a leaf that was signed too early may still come to be.
    /// @param livenessWindow For how long a validator that is challenged to sign may do so.
    /// @param finalAfter How old a stored root must be for validators to owe signatures of what it commits to. Longer than the
    ///        chain ever takes to be final: validators sign nothing before.
    /// @param livenessBond What a challenge to sign costs if the validator does, in wei. More than an answer costs in gas.
    struct Terms {
        uint64 equivocationShare;
        uint64 messageIdShare;
        uint64 rootShare;
        uint64 prematureShare;
        uint64 foreignTreeShare;
        uint64 silenceShare;
        uint32 prematureWindow;
        uint32 livenessWindow;
        uint32 finalAfter;
        uint96 livenessBond;
    }

    /// @notice A share of zero punishes nothing, and there is no more than all.
    error ShareOutOfBounds(uint256 share, uint256 maximum);

    /// @notice Silence must cost less than any fraud: a validator that can not know must never be better off signing anything.
    error SilenceCostsTooMuch(uint256 silenceShare, uint256 fraudShare);

    /// @notice A window must last 1 second to 30 days.
    error WindowOutOfBounds(uint256 window, uint256 maximum);

    /// @notice Without a bond, anyone could have validators pay for answers at will.
    error NoBond();

    /// @notice The constants.
    function terms() external view returns (Terms memory);

    /// @notice The longest that a challenge is open. Stake must stay slashable for longer after it began.
    function challengeWindow() external view returns (uint32);
}
