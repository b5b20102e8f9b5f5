// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IDeliveryReceipts
/// @notice Says on other chains which messages were delivered on this one, and by whom, so that who delivered gets paid
///         there.
/// @dev What the Mailbox records is all that it says; anyone may have it say so, as often as they like. Who is paid is who
///      called `Mailbox.process`, or whom that account named. Warning: who delivers by way of a contract that others can
///      direct, such as one that makes any call for anyone, lets them name the payee.
interface IDeliveryReceipts {
    /// @notice `processor` named who is paid for what it delivers; itself where `payee` is zero.
    event PayeeSet(address indexed processor, address indexed payee);

    /// @notice There is nothing to say.
    error NoMessages();

    /// @notice More than `MAX_MESSAGES` for one receipt.
    error TooManyMessages(uint256 count);

    /// @notice The Mailbox has not delivered this message.
    error NotDelivered(bytes32 messageId);

    /// @notice Messages in one receipt at most.
    function MAX_MESSAGES() external view returns (uint256);

    /// @notice Who is paid, on every origin, for what `processor` delivers.
    function payeeOf(address processor) external view returns (address);

    /// @notice Names who is paid for what the caller delivers or has delivered, as far as receipts are not sent yet; zero
    ///         for the caller itself. For a caller, as a contract, that has no such address on the origin.
    /// @param payee An address on the origins.
    function setPayee(address payee) external;

    /// @notice Sends one receipt for all of `messageIds` to the escrow on their origin. Anyone may call, again too: an
    ///         escrow pays a message once.
    /// @dev All messages should be of that origin and of locks that chose `receiptIsm`: others are passed over there. What
    ///      the hooks do not take of the value goes to the refund address of the metadata, or else to the caller.
    /// @param origin Domain that the messages come from.
    /// @param escrow The EscrowPaymaster there, addr32.
    /// @param receiptIsm Module there that vouches for the receipt.
    /// @param messageIds At least one, at most `MAX_MESSAGES`.
    /// @param hookMetadata For the hooks of the receipt. A paymaster wants to know the gas that the receipt takes there,
    ///        which grows with every message: docs/pay-on-delivery.md.
    /// @param hook Of the receipt; zero for the Mailbox's default hook, the tree to pay nothing and relay it oneself.
    /// @return receiptId Id of the message that is the receipt.
    function sendReceipts(
        uint32 origin,
        bytes32 escrow,
        address receiptIsm,
        bytes32[] calldata messageIds,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32 receiptId);

    /// @notice The wei to send with `sendReceipts` of the same arguments.
    function quoteReceipts(
        uint32 origin,
        bytes32 escrow,
        address receiptIsm,
        bytes32[] calldata messageIds,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external view returns (uint256);
}
