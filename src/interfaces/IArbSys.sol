// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IArbSys
/// @notice The part of Arbitrum's system contract on L2, at address 100, that a hook calls.
interface IArbSys {
    /// @notice Has `destination` called on L1, with the value of this call, once the L2's state is confirmed there.
    /// @return Position of the message in the L2's tree of outgoing messages.
    function sendTxToL1(address destination, bytes calldata data) external payable returns (uint256);
}
