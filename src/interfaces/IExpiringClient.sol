// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "./IMessageRecipient.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IExpiringClient
/// @notice An application whose messages may have a deadline, after which they are not handled and what was locked for them
///         is given back.
/// @dev The deadline is in the body (see the ExpiringMessage library) and by the destination's clock. Up to and including
///      that second the destination handles the message. Later a delivery writes a tombstone instead, and sends a receipt
///      to the origin, which refunds. The Mailbox delivers a message once, so it is handled or has a tombstone, never both,
///      and without a tombstone nothing is refunded.
///
///      A message that is never delivered has no tombstone: to have it refunded, deliver it after its deadline, which
///      anyone may do. Whoever could have delivered it in time and did not made it expire: an application must be right
///      either way. A handler that reverts in time leaves the message undelivered; after the deadline it expires as others
///      do.
///
///      Trust: both ends trust the module of the application and the code of its counterparts. A counterpart that lies has
///      refunded what was handled.
interface IExpiringClient is IMessageRecipient {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice A message came too late: it is not handled now and never will be. `receiptId` is the receipt's, zero if it
    ///         could not be sent.
    event Expired(uint32 indexed origin, bytes32 indexed sender, uint64 indexed counter, bytes32 receiptId);

    /// @notice A receipt for an expired message was sent once more.
    event ReceiptResent(uint32 indexed origin, bytes32 indexed sender, uint64 indexed counter, bytes32 receiptId);

    /// @notice A message of this contract has expired on its destination, and was refunded.
    event Refunded(uint32 indexed destination, bytes32 indexed recipient, uint64 indexed counter);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice The application has no counterpart of this address there.
    error NotACounterpart(uint32 domain, bytes32 account);

    /// @notice The deadline is over before the message is sent, by this chain's clock.
    error DeadlineOver(uint48 deadline);

    /// @notice A body of another kind than a message or a receipt.
    error UnknownKind(uint8 kind);

    /// @notice A tombstone or a refund takes no value.
    error UnexpectedValue(uint256 value);

    /// @notice Too little gas is left for the receipt. More gas helps.
    error NotEnoughGas();

    /// @notice No such message has expired here.
    error NotExpired(bytes32 commitment);

    /// @notice No such message was sent with this counter to who sent the receipt, or it was refunded before.
    error NotOutstanding(uint64 counter);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice Number of messages sent, and counter of the next one.
    function sentCount() external view returns (uint64);

    /// @notice What stands for the message that was sent with this counter (see ExpiringMessage.commitment); zero if it has
    ///         no deadline, or was refunded. Not zeroed by being handled, of which the origin does not learn.
    function outstanding(uint64 counter) external view returns (bytes32 commitment);

    /// @notice Whether the message that this stands for has expired here.
    function expired(bytes32 commitment) external view returns (bool);

    /* ---------------------------------------------------- anyone ---------------------------------------------------- */

    /// @notice Sends the receipt for an expired message once more: it may not have been sent, for want of a fee, or not be
    ///         delivered. Anyone may call, as often as they like: the origin refunds once.
    /// @dev What the hooks do not take of the value goes to the refund address of the metadata, or else to the caller.
    /// @param origin Domain that the expired message came from.
    /// @param sender Who sent it there, addr32.
    /// @param body All of its body.
    /// @param hookMetadata For the hooks of the receipt.
    /// @param hook Of the receipt; zero for the Mailbox's default hook.
    /// @return receiptId Id of the message that is the receipt.
    function resendReceipt(
        uint32 origin,
        bytes32 sender,
        bytes calldata body,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32 receiptId);
}
