// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IOptimismPortal
/// @notice The part of the OP stack's L1 portal that a module calls.
interface IOptimismPortal {
    /// @notice What an L2 wants called on L1.
    /// @param nonce Number of the withdrawal on the L2, its highest two bytes the version of the format.
    /// @param sender Who asked for it on the L2: its messenger, for messages.
    /// @param target What is called on L1: its messenger, for messages.
    struct WithdrawalTransaction {
        uint256 nonce;
        address sender;
        address target;
        uint256 value;
        uint256 gasLimit;
        bytes data;
    }

    /// @notice Executes a withdrawal that was proven and has matured; anyone may. Does not revert where the call fails.
    function finalizeWithdrawalTransaction(WithdrawalTransaction calldata withdrawal) external;
}
