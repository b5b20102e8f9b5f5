// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IMessageDispatcher
/// @notice The sending side of ERC-5164 (cross-chain execution).
/// @dev On the other chain a MessageExecutor calls `to` with `data`, to which it appends, packed: messageId (32 bytes),
///      fromChainId (32), from (20): who called `dispatchMessage`. It sends no value along.
interface IMessageDispatcher {
    /// @notice Has the executor of the chain `toChainId` call `to` with `data`.
    /// @return messageId Unique to this call.
    function dispatchMessage(uint256 toChainId, address to, bytes calldata data)
        external
        payable
        returns (bytes32 messageId);
}
