// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "../MailboxClient.sol";
import {IDeliveryReceipts} from "../interfaces/IDeliveryReceipts.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {DeliveryReceipt} from "../libraries/DeliveryReceipt.sol";
import {DeliveryTerms} from "../libraries/DeliveryTerms.sol";

/// @title DeliveryReceipts
/// @notice Says on other chains what was delivered on this one. See IDeliveryReceipts.
contract DeliveryReceipts is IDeliveryReceipts, MailboxClient {
    using DeliveryTerms for bytes;

    /// @inheritdoc IDeliveryReceipts
    uint256 public constant MAX_MESSAGES = 256;

    mapping(address processor => address payee) internal _payees;

    constructor(IMailbox mailbox_) MailboxClient(mailbox_) {}

    /// @inheritdoc IDeliveryReceipts
    function setPayee(address payee) external {
        _payees[msg.sender] = payee;
        emit PayeeSet(msg.sender, payee);
    }

    /// @inheritdoc IDeliveryReceipts
    function sendReceipts(
        uint32 origin,
        bytes32 escrow,
        address receiptIsm,
        bytes32[] calldata messageIds,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32) {
        bytes memory body = _body(receiptIsm, messageIds);
        bytes memory metadata = hookMetadata.complete(0, msg.sender);
        return mailbox.dispatch{value: msg.value}(origin, escrow, body, metadata, hook);
    }

    /// @inheritdoc IDeliveryReceipts
    function quoteReceipts(
        uint32 origin,
        bytes32 escrow,
        address receiptIsm,
        bytes32[] calldata messageIds,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external view returns (uint256) {
        bytes memory body = _body(receiptIsm, messageIds);
        bytes memory metadata = hookMetadata.complete(0, msg.sender);
        return mailbox.quoteDispatch(origin, escrow, body, metadata, hook);
    }

    /// @inheritdoc IDeliveryReceipts
    function payeeOf(address processor) public view returns (address) {
        address payee = _payees[processor];
        return payee == address(0) ? processor : payee;
    }

    /// @dev A message counts as delivered while the Mailbox still delivers it. If that fails, a receipt that was sent from
    ///      within is undone with it.
    function _body(address receiptIsm, bytes32[] calldata messageIds) internal view returns (bytes memory) {
        if (messageIds.length == 0) revert NoMessages();
        if (messageIds.length > MAX_MESSAGES) revert TooManyMessages(messageIds.length);
        address[] memory payees = new address[](messageIds.length);
        for (uint256 i; i < messageIds.length; ++i) {
            // slither-disable-next-line calls-loop
            address processor = mailbox.processor(messageIds[i]);
            if (processor == address(0)) revert NotDelivered(messageIds[i]);
            payees[i] = payeeOf(processor);
        }
        return DeliveryReceipt.encode(receiptIsm, messageIds, payees);
    }
}
