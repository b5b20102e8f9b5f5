// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "../MailboxClient.sol";
import {IExpiringClient} from "../interfaces/IExpiringClient.sol";
import {IMailbox} from "../interfaces/IMailbox.sol";
import {IMessageRecipient} from "../interfaces/IMessageRecipient.sol";
import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {DeliveryTerms} from "../libraries/DeliveryTerms.sol";
import {ExpiringMessage} from "../libraries/ExpiringMessage.sol";

/// @title ExpiringClient
/// @notice Base of applications whose messages may expire: both ends of them. See IExpiringClient.
/// @dev An application sends by `_send` and says who its counterparts are (`_isCounterpart`), how to handle a message
///      (`_handle`) and how to undo one that will never be (`_refund`). Which module guards it stays its own choice.
abstract contract ExpiringClient is IExpiringClient, MailboxClient {
    using ExpiringMessage for bytes;

    /// @dev A message that is to be sent.
    struct Outgoing {
        uint32 destination;
        /// Last second in which it is handled, by the destination's clock; zero for no deadline.
        uint48 deadline;
        /// Called in place of the default hook; zero for that.
        IPostDispatchHook hook;
        /// A counterpart, addr32.
        bytes32 recipient;
        /// Wei for the hooks.
        uint256 value;
    }

    /// @dev Gas for the dispatch of a receipt: several times what it takes with a cheap required hook, for each byte too.
    uint256 internal constant RECEIPT_GAS = 300_000;
    uint256 internal constant RECEIPT_GAS_PER_BYTE = 50;

    /// @dev Gas for what is left to be done beside that dispatch.
    uint256 internal constant REST_GAS = 20_000;

    /// @dev As hook it means that nothing is called and nothing to be paid.
    IPostDispatchHook internal immutable _tree;

    /// @inheritdoc IExpiringClient
    uint64 public sentCount;

    /// @inheritdoc IExpiringClient
    mapping(uint64 counter => bytes32 commitment) public outstanding;

    /// @inheritdoc IExpiringClient
    mapping(bytes32 commitment => bool) public expired;

    constructor(IMailbox mailbox_) MailboxClient(mailbox_) {
        _tree = IPostDispatchHook(address(mailbox_.merkleTreeHook()));
    }

    /* --------------------------------------------------- messages --------------------------------------------------- */

    /// @inheritdoc IMessageRecipient
    function handle(uint32 domain, bytes32 account, bytes calldata body) external payable onlyMailbox {
        _requireCounterpart(domain, account);
        uint8 kind = body.kind();
        if (kind == ExpiringMessage.RECEIPT) {
            _undo(domain, account, body);
        } else if (kind != ExpiringMessage.MESSAGE) {
            revert UnknownKind(kind);
        } else if (body.deadline() == 0 || _now() <= body.deadline()) {
            _handle(domain, account, body.payload());
        } else {
            _expire(domain, account, body);
        }
    }

    /// @inheritdoc IExpiringClient
    function resendReceipt(
        uint32 origin,
        bytes32 sender,
        bytes calldata body,
        bytes calldata hookMetadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32 receiptId) {
        if (body.kind() != ExpiringMessage.MESSAGE) revert UnknownKind(body.kind());
        bytes32 commitment = _commitment(origin, sender, body);
        if (!expired[commitment]) revert NotExpired(commitment);

        bytes memory metadata = DeliveryTerms.complete(hookMetadata, 0, msg.sender);
        receiptId = mailbox.dispatch{value: msg.value}(origin, sender, body.receipt(), metadata, hook);
        emit ReceiptResent(origin, sender, body.counter(), receiptId);
    }

    /* ------------------------------------------------ the application ----------------------------------------------- */

    /// @dev Sends a message. What the hooks do not take of the value goes to the refund address of the metadata, or else to
    ///      the caller of this contract. The deadline is added to the metadata; metadata that names another one reverts.
    function _send(Outgoing memory outgoing, bytes memory payload, bytes calldata hookMetadata)
        internal
        returns (bytes32 messageId)
    {
        _requireCounterpart(outgoing.destination, outgoing.recipient);
        uint48 deadline = outgoing.deadline;
        if (deadline != 0 && deadline <= _now()) revert DeadlineOver(deadline);
        uint64 counter = sentCount;
        bytes memory body = ExpiringMessage.encode(deadline, counter, payload);
        bytes memory metadata = DeliveryTerms.complete(hookMetadata, deadline, msg.sender);

        sentCount = counter + 1;
        if (deadline != 0) {
            outstanding[counter] =
                ExpiringMessage.commitment(outgoing.destination, outgoing.recipient, deadline, counter, payload);
        }

        return mailbox.dispatch{value: outgoing.value}(
            outgoing.destination, outgoing.recipient, body, metadata, outgoing.hook
        );
    }

    /// @dev Wei for the hooks of `_send` with the same arguments, whatever their value.
    function _quoteSend(Outgoing memory outgoing, bytes memory payload, bytes calldata hookMetadata)
        internal
        view
        returns (uint256)
    {
        return mailbox.quoteDispatch(
            outgoing.destination,
            outgoing.recipient,
            ExpiringMessage.encode(outgoing.deadline, sentCount, payload),
            DeliveryTerms.complete(hookMetadata, outgoing.deadline, msg.sender),
            outgoing.hook
        );
    }

    /// @dev Whether `account` on `domain` is the other end of this application. Asked for every message and receipt.
    function _isCounterpart(uint32 domain, bytes32 account) internal view virtual returns (bool);

    /// @dev Handles a message of a counterpart, in time. A revert leaves it undelivered.
    function _handle(uint32 origin, bytes32 sender, bytes calldata payload) internal virtual;

    /// @dev Undoes a message of this contract that will never be handled: exactly once. A revert leaves the receipt
    ///      undelivered, to be tried again.
    function _refund(uint32 destination, bytes32 recipient, bytes calldata payload) internal virtual;

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev Writes the tombstone, and sends a receipt if that is possible for nothing.
    function _expire(uint32 origin, bytes32 sender, bytes calldata body) internal {
        if (msg.value != 0) revert UnexpectedValue(msg.value);
        bytes memory receipt = body.receipt();

        expired[_commitment(origin, sender, body)] = true;

        // A call gets at most 63/64 of the gas left. Without this check a deliverer could keep the receipt from being sent,
        // and so would one who asks a node for the least gas that does not revert.
        uint256 receiptGas = RECEIPT_GAS + RECEIPT_GAS_PER_BYTE * receipt.length;
        if (gasleft() < (receiptGas * 64) / 63 + REST_GAS) revert NotEnoughGas();
        // Whatever fails, a required hook's fee for instance, the tombstone stays: resendReceipt is for that.
        try mailbox.dispatch{gas: receiptGas}(origin, sender, receipt, "", _tree) returns (bytes32 receiptId) {
            emit Expired(origin, sender, body.counter(), receiptId);
        } catch {
            emit Expired(origin, sender, body.counter(), 0);
        }
    }

    /// @dev Refunds what a receipt says has expired.
    function _undo(uint32 destination, bytes32 recipient, bytes calldata body) internal {
        if (msg.value != 0) revert UnexpectedValue(msg.value);
        uint64 counter = body.counter();
        if (outstanding[counter] != _commitment(destination, recipient, body)) revert NotOutstanding(counter);

        delete outstanding[counter];
        emit Refunded(destination, recipient, counter);

        _refund(destination, recipient, body.payload());
    }

    /// @dev Deadlines are minutes or more after a message was sent: what a block's producer can shift is nothing to them.
    function _now() internal view returns (uint256) {
        return block.timestamp; // solhint-disable-line not-rely-on-time
    }

    function _commitment(uint32 domain, bytes32 account, bytes calldata body) internal pure returns (bytes32) {
        return ExpiringMessage.commitment(domain, account, body.deadline(), body.counter(), body.payload());
    }

    function _requireCounterpart(uint32 domain, bytes32 account) internal view {
        if (!_isCounterpart(domain, account)) revert NotACounterpart(domain, account);
    }
}
