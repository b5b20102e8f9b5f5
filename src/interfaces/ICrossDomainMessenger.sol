// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ICrossDomainMessenger
/// @notice The part of the OP stack's messengers, on L1 and on L2 alike, that hooks and modules call.
interface ICrossDomainMessenger {
    /// @notice Has the other chain's messenger call `target` with `message` and the value of this call, with at least
    ///         `minGasLimit` gas. A call that fails there can be replayed there by anyone.
    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable;

    /// @notice Calls `target` for `sender` of the other chain. Only for what the bridge brings, or to replay what failed.
    /// @param nonce Number of the message, its highest two bytes the version of the format.
    function relayMessage(
        uint256 nonce,
        address sender,
        address target,
        uint256 value,
        uint256 minGasLimit,
        bytes calldata message
    ) external payable;

    /// @notice Who sent the message that is being relayed right now. Reverts while none is.
    function xDomainMessageSender() external view returns (address);
}

/// @title IL1CrossDomainMessenger
/// @notice The messenger on L1.
interface IL1CrossDomainMessenger is ICrossDomainMessenger {
    /// @notice Where withdrawals of the L2 are proven and finalized.
    function PORTAL() external view returns (address);
}
