// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IMessageRecipient
/// @notice Implemented by a contract that receives messages.
interface IMessageRecipient {
    /// @notice Takes a verified message. A revert undoes the delivery, which may be tried again.
    /// @dev Warning: a recipient must require `msg.sender` to be the Mailbox, and must itself decide which (origin, sender)
    ///      pairs it obeys: the Mailbox delivers from any sender on any domain that the recipient's module verifies.
    /// @param origin Domain that the message was dispatched on.
    /// @param sender Who dispatched it there, left-padded to 32 bytes.
    /// @param body The bytes that the sender gave.
    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable;
}
