// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISpecifiesInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IMessageRecipient} from "./IMessageRecipient.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";
import {IRoutingIsm} from "./IRoutingIsm.sol";

/// @title IEscrowPaymaster
/// @notice Pay on delivery: a hook that locks the payment for a message until a receipt from the destination says who
///         delivered it, and that gives it back if none comes in time.
/// @dev The sender says in the hook metadata (see the DeliveryTerms library) until when the payment is locked, which
///      contract on the destination it takes receipts from, and which module on this chain vouches for them. A receipt is a
///      message to this contract (see the DeliveryReceipt library), batched by anyone; it names the module that verifies it
///      and opens only locks that chose that module, that sender and that domain. Both ends of a lock are credits, which
///      `withdraw` sends. There is no owner.
///
///      What a deliverer risks: that somebody else delivers the same message first, with its metadata copied; that the
///      module or the sender of receipts, which the payer chose, is the payer's own or does not work; that the receipt
///      comes back after the payment was given back. Whoever delivers looks at the lock first (`lock`, when it is final),
///      and leaves the time to bring a receipt.
///
///      What a payer risks is time: the payment is locked until `escrowUntil`, and of a module or sender of receipts that
///      does not work that is all. Chosen badly, they release the payment without a delivery. A delivery that refuses the
///      message as expired is a delivery: it has to be paid too.
///
///      It is a routing module as well, for receipts only: `route` answers the module that the receipt names, and a lock
///      compares it with its own.
interface IEscrowPaymaster is IPostDispatchHook, IMessageRecipient, IRoutingIsm, ISpecifiesInterchainSecurityModule {
    /// @notice A payment that waits for a receipt. All zero if there is none.
    struct Lock {
        /// Module that vouches for the receipt.
        address receiptIsm;
        /// Last second for which the payment is locked, since 1970. Never zero in a lock.
        uint48 escrowUntil;
        /// Domain that the receipt comes from: the destination of the message.
        uint32 destination;
        /// Gets the payment back if no receipt comes.
        address refundAddress;
        /// Wei.
        uint96 amount;
        /// Contract that sends the receipt, addr32.
        bytes32 receiptSender;
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice A payment was locked for a message that is being dispatched. `deadline` is the message's, 0 for none.
    event Locked(
        bytes32 indexed messageId,
        uint32 indexed destination,
        address indexed receiptIsm,
        bytes32 receiptSender,
        uint48 deadline,
        uint48 escrowUntil,
        address refundAddress,
        uint256 amount
    );

    /// @notice `amount` was added to a lock.
    event ToppedUp(bytes32 indexed messageId, address indexed from, uint256 amount);

    /// @notice A receipt came: the payment is the payee's.
    event Paid(bytes32 indexed messageId, address indexed payee, uint256 amount);

    /// @notice A receipt came that opens no lock: there is none (any more), or it chose another module, sender or domain, or
    ///         the receipt names nobody.
    event ReceiptSkipped(bytes32 indexed messageId, address indexed payee);

    /// @notice No receipt came in time: the payment is the refund address's.
    event Refunded(bytes32 indexed messageId, address indexed refundAddress, uint256 amount);

    /// @notice An account got its credit.
    event Withdrawn(address indexed account, uint256 amount);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice The Mailbox is not dispatching this message.
    error NotDispatching(bytes32 messageId);

    /// @notice The message has its lock already: this hook stands twice in its tree of hooks, or was called once more.
    error AlreadyLocked(bytes32 messageId);

    /// @notice Payment is in the native token only.
    error FeeTokenNotSupported(address token);

    /// @notice A lock lasts from the second after both now and the message's deadline, to `MAX_DURATION` from now.
    error EscrowUntilOutOfRange(uint256 escrowUntil, uint256 earliest, uint256 latest);

    /// @notice This contract can not vouch for receipts itself.
    error OwnReceiptIsm();

    /// @notice The contract that sends receipts is zero.
    error ZeroReceiptSender();

    /// @notice There is no payment locked for this message.
    error NoLock(bytes32 messageId);

    /// @notice The payment is not locked for longer than `escrowUntil`: what is added now would go back.
    error EscrowEnded(bytes32 messageId, uint256 escrowUntil);

    /// @notice The payment is locked until `escrowUntil`.
    error EscrowNotEnded(bytes32 messageId, uint256 escrowUntil);

    /// @notice Receipts come without value.
    error UnexpectedValue(uint256 value);

    /// @notice The message is for somebody else: this module vouches for receipts to itself alone.
    error NotForEscrow(bytes32 recipient);

    /// @notice There is nothing to withdraw for this account.
    error NoCredit(address account);

    /// @notice The account does not take its credit.
    error WithdrawalFailed(address account, uint256 amount);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice The hook whose quote is the price. It is asked, never paid.
    /// @dev Warning: whoever sets its prices decides what is locked, as far as the value that is sent with the dispatch
    ///      goes.
    function gasPaymaster() external view returns (IPostDispatchHook);

    /// @notice Seconds for which a payment can be locked at most.
    function MAX_DURATION() external view returns (uint256);

    /// @notice The payment that is locked for a message; all zero if none is (any more).
    function lock(bytes32 messageId) external view returns (Lock memory);

    /// @notice Wei that `withdraw` would send to `account`.
    function credit(address account) external view returns (uint256);

    /* ---------------------------------------------------- anyone ---------------------------------------------------- */

    /// @notice Adds the value sent to the lock of a message, whose rules it follows: who delivers gets it, or else the
    ///         lock's refund address, not who added it.
    function topUp(bytes32 messageId) external payable;

    /// @notice Gives payments back to the refund addresses of their locks, in credit, after `escrowUntil`. Messages that
    ///         have no lock are passed over: others may settle them first. Anyone may call.
    /// @dev It may be called right after `escrowUntil`, and a receipt that comes before it still pays.
    function refund(bytes32[] calldata messageIds) external;

    /// @notice Sends an account its credit. Anyone may call.
    /// @dev The account is called with all the gas. One that refuses keeps its credit, and harms nobody else.
    /// @return amount Wei.
    function withdraw(address account) external returns (uint256 amount);
}
