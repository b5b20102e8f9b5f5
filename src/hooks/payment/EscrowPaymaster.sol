// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {MailboxClient} from "../../MailboxClient.sol";
import {IEscrowPaymaster} from "../../interfaces/IEscrowPaymaster.sol";
import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IMessageRecipient} from "../../interfaces/IMessageRecipient.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IRoutingIsm} from "../../interfaces/IRoutingIsm.sol";
import {DeliveryReceipt} from "../../libraries/DeliveryReceipt.sol";
import {DeliveryTerms} from "../../libraries/DeliveryTerms.sol";
import {Message} from "../../libraries/Message.sol";
import {StandardHookMetadata} from "../../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title EscrowPaymaster
/// @notice Locks the payment for a message until it is delivered. See IEscrowPaymaster.
contract EscrowPaymaster is IEscrowPaymaster, PostDispatchHook, MailboxClient {
    using DeliveryReceipt for bytes;
    using DeliveryTerms for bytes;
    using Message for bytes;
    using SafeCast for uint256;
    using StandardHookMetadata for bytes;
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @inheritdoc IEscrowPaymaster
    uint256 public constant MAX_DURATION = 90 days;

    /// @inheritdoc IEscrowPaymaster
    IPostDispatchHook public immutable gasPaymaster;

    mapping(bytes32 messageId => Lock) internal _locks;

    /// @inheritdoc IEscrowPaymaster
    mapping(address account => uint256) public credit;

    /// @dev The message locked last in this transaction. No other one need be known: only the one dispatched last can be
    ///      locked.
    bytes32 internal transient _lockedId;

    /// @param gasPaymaster_ Its quotes are the prices.
    constructor(IMailbox mailbox_, IPostDispatchHook gasPaymaster_) MailboxClient(mailbox_) {
        if (address(gasPaymaster_).code.length == 0) revert NotAContract(address(gasPaymaster_));
        gasPaymaster = gasPaymaster_;
    }

    /* ---------------------------------------------------- anyone ---------------------------------------------------- */

    /// @inheritdoc IEscrowPaymaster
    function topUp(bytes32 messageId) external payable {
        Lock storage held = _locks[messageId];
        uint256 until = held.escrowUntil;
        if (until == 0) revert NoLock(messageId);
        if (_now() > until) revert EscrowEnded(messageId, until);

        held.amount = (held.amount + msg.value).toUint96();
        emit ToppedUp(messageId, msg.sender, msg.value);
    }

    /// @inheritdoc IEscrowPaymaster
    function refund(bytes32[] calldata messageIds) external {
        for (uint256 i; i < messageIds.length; ++i) {
            Lock storage held = _locks[messageIds[i]];
            uint256 until = held.escrowUntil;
            if (until == 0) continue;
            if (_now() <= until) revert EscrowNotEnded(messageIds[i], until);

            (address to, uint256 amount) = (held.refundAddress, held.amount);
            delete _locks[messageIds[i]];
            credit[to] += amount;
            emit Refunded(messageIds[i], to, amount);
        }
    }

    /// @inheritdoc IEscrowPaymaster
    function withdraw(address account) external returns (uint256 amount) {
        amount = credit[account];
        if (amount == 0) revert NoCredit(account);

        delete credit[account];
        emit Withdrawn(account, amount);

        // slither-disable-next-line arbitrary-send-eth,missing-zero-check
        (bool sent,) = account.call{value: amount}("");
        if (!sent) revert WithdrawalFailed(account, amount);
    }

    /* --------------------------------------------------- receipts --------------------------------------------------- */

    /// @inheritdoc IMessageRecipient
    /// @dev The Mailbox asked `route` who vouches for this body, so the module that it names has.
    function handle(uint32 origin, bytes32 sender, bytes calldata body) external payable onlyMailbox {
        if (msg.value != 0) revert UnexpectedValue(msg.value);
        uint256 count = body.count();
        address ism = body.receiptIsm();

        // Bounded by the body, which is paid for by who brings it.
        for (uint256 i; i < count; ++i) {
            (bytes32 messageId, address payee) = (body.messageId(i), body.payee(i));
            Lock storage held = _locks[messageId];
            bool opens = held.receiptIsm == ism && held.destination == origin && held.receiptSender == sender;
            if (!opens || payee == address(0)) {
                emit ReceiptSkipped(messageId, payee);
                continue;
            }
            uint256 amount = held.amount;
            delete _locks[messageId];
            credit[payee] += amount;
            emit Paid(messageId, payee, amount);
        }
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        return route(message).verify(metadata, message);
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IEscrowPaymaster
    function lock(bytes32 messageId) external view returns (Lock memory) {
        return _locks[messageId];
    }

    /// @inheritdoc ISpecifiesInterchainSecurityModule
    function interchainSecurityModule() external view returns (IInterchainSecurityModule) {
        return this;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 129;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 1;
    }

    /// @inheritdoc IRoutingIsm
    function route(bytes calldata message) public view returns (IInterchainSecurityModule) {
        if (message.recipient() != address(this).toBytes32()) revert NotForEscrow(message.recipient());
        bytes calldata body = message.body();
        // slither-disable-next-line unused-return
        body.count();
        address ism = body.receiptIsm();
        _requireReceiptIsm(ism);
        return IInterchainSecurityModule(ism);
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        bytes32 messageId = message.id();
        if (mailbox.latestDispatchedId() != messageId) revert NotDispatching(messageId);
        if (_lockedId == messageId) revert AlreadyLocked(messageId);
        DeliveryTerms.Terms memory terms = _terms(metadata);
        uint256 amount = gasPaymaster.quoteDispatch(metadata, message);
        address refundAddress = metadata.refundAddress(message.sender().toAddress());

        _lockedId = messageId;
        _locks[messageId] = Lock({
            receiptIsm: terms.receiptIsm,
            escrowUntil: terms.escrowUntil,
            destination: message.destination(),
            refundAddress: refundAddress,
            amount: amount.toUint96(),
            receiptSender: terms.receiptSender
        });
        emit Locked(
            messageId,
            message.destination(),
            terms.receiptIsm,
            terms.receiptSender,
            terms.deadline,
            terms.escrowUntil,
            refundAddress,
            amount
        );

        _refundExcess(metadata, message, amount);
    }

    /// @dev Refuses the terms that `postDispatch` refuses.
    function _quoteDispatch(bytes calldata metadata, bytes calldata message) internal view override returns (uint256) {
        _terms(metadata);
        return gasPaymaster.quoteDispatch(metadata, message);
    }

    function _terms(bytes calldata metadata) internal view returns (DeliveryTerms.Terms memory terms) {
        terms = metadata.decode();
        if (metadata.feeToken() != address(0)) revert FeeTokenNotSupported(metadata.feeToken());
        uint256 time = _now();
        uint256 earliest = Math.max(time, terms.deadline) + 1;
        uint256 latest = time + MAX_DURATION;
        if (terms.escrowUntil < earliest || terms.escrowUntil > latest) {
            revert EscrowUntilOutOfRange(terms.escrowUntil, earliest, latest);
        }
        if (terms.receiptSender == 0) revert ZeroReceiptSender();
        _requireReceiptIsm(terms.receiptIsm);
    }

    /// @dev A lock lasts for as long as a message goes there and a receipt back: what a block's producer can shift is nothing
    ///      to that.
    function _now() internal view returns (uint256) {
        return block.timestamp; // solhint-disable-line not-rely-on-time
    }

    function _requireReceiptIsm(address ism) internal view {
        if (ism.code.length == 0) revert NotAContract(ism);
        if (ism == address(this)) revert OwnReceiptIsm();
    }
}
