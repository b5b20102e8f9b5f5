// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IMerkleTreeHook} from "./IMerkleTreeHook.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IMailbox
/// @notice Sends messages from this chain and delivers messages to it.
/// @dev Not upgradeable and with no initializer: the ecosystem's `initialize` and `Initialized` serve proxies and are left
///      out.
interface IMailbox {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice A message was dispatched; `message` is all of it.
    event Dispatch(address indexed sender, uint32 indexed destination, bytes32 indexed recipient, bytes message);

    /// @notice The id of the message dispatched with the `Dispatch` before.
    event DispatchId(bytes32 indexed messageId);

    /// @notice A message is delivered.
    event Process(uint32 indexed origin, bytes32 indexed sender, address indexed recipient);

    /// @notice The id of the message delivered with the `Process` before.
    event ProcessId(bytes32 indexed messageId);

    /// @notice A message of a batch was verified, but its recipient reverted with `reason` (at most its first 256 bytes), used
    ///         up its gas, or has no code: it is not delivered. Proof of nothing where a hostile recipient names a hostile
    ///         module.
    event ProcessFailed(bytes32 indexed messageId, bytes reason);

    /// @notice The owner, or the constructor, set the module for recipients that name none.
    event DefaultIsmSet(address indexed module);

    /// @notice The owner set the hook for messages that name none.
    event DefaultHookSet(address indexed hook);

    /// @notice The owner set the hook that every message goes to.
    event RequiredHookSet(address indexed hook);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice A hook or module was set, called or named that has no code.
    error NotAContract(address account);

    /// @notice 2^32 - 1 messages were dispatched; the tree is full.
    error TreeFull();

    /// @notice The value that no hook took could not be returned to `to`.
    error RefundFailed(address to, uint256 amount);

    /// @notice Less than 77 bytes are no message.
    error MessageTooShort(uint256 length);

    /// @notice The message is of another version of the format.
    error WrongVersion(uint8 version);

    /// @notice The message is for another domain.
    error WrongDestination(uint32 destination);

    /// @notice The message was delivered before.
    error AlreadyDelivered(bytes32 messageId);

    /// @notice The module `ism` returned false.
    error NotVerified(bytes32 messageId, address ism);

    /// @notice A group of a batch has `count` messages where 1 to `left` are left; both 0: there are more groups than messages.
    error WrongGroup(uint256 count, uint256 left);

    /// @notice When its turn came, the recipient of a message of a group named another module than the one that verified the
    ///         group: that of the first one's recipient.
    error OtherModule(bytes32 messageId, address ism, address other);

    /// @notice Only the Mailbox itself may call this.
    error NotMailbox(address caller);

    /// @notice In a batch, the recipient of a message that is a group of its own reverted with `reason` (at most its first 256
    ///         bytes), used up its gas, or has no code. No caller gets to see it.
    error HandleFailed(bytes reason);

    /// @notice Less gas is left than a recipient may use to name its module, or than a batch gives it for `handle`. More gas
    ///         helps.
    error NotEnoughGas();

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice Version of the message format: 3.
    function VERSION() external view returns (uint8);

    /// @notice Domain of this chain.
    function localDomain() external view returns (uint32);

    /// @notice Block that this Mailbox was created in.
    function deployedBlock() external view returns (uint256);

    /// @notice The tree of all dispatched messages.
    function merkleTreeHook() external view returns (IMerkleTreeHook);

    /// @notice Number of messages dispatched, and nonce of the next one.
    function nonce() external view returns (uint32);

    /// @notice Id of the last message that this transaction dispatched; zero if none.
    function latestDispatchedId() external view returns (bytes32);

    /// @notice Module for recipients that name none. The owner sets it.
    function defaultIsm() external view returns (IInterchainSecurityModule);

    /// @notice Hook for dispatches that name none; the tree if there is none. The owner sets it.
    function defaultHook() external view returns (IPostDispatchHook);

    /// @notice Hook that every dispatch calls first; the tree if there is none. The owner sets it.
    function requiredHook() external view returns (IPostDispatchHook);

    /// @notice Whether the message was delivered. True already while it is being verified and handled.
    function delivered(bytes32 messageId) external view returns (bool);

    /// @notice Who delivered the message; zero if nobody did.
    function processor(bytes32 messageId) external view returns (address);

    /// @notice Block of the delivery; zero if there was none.
    function processedAt(bytes32 messageId) external view returns (uint48);

    /// @notice The module that must verify messages to `recipient`: what its `interchainSecurityModule()` answers, else the
    ///         default. No answer are: no code, a revert, more gas than `RECIPIENT_ISM_GAS`, less than 32 bytes, zero, or a
    ///         value above 20 bytes. Reverts with `NotEnoughGas` if that much gas can not be given, so that a caller can not
    ///         starve the recipient's answer to get the default instead.
    function recipientIsm(address recipient) external view returns (IInterchainSecurityModule);

    /// @notice Gas that a recipient may use to name its module.
    function RECIPIENT_ISM_GAS() external view returns (uint256);

    /* --------------------------------------------------- dispatch --------------------------------------------------- */

    /// @notice Sends a message with the default hook and no metadata. See the overload with all arguments.
    function dispatch(uint32 destination, bytes32 recipient, bytes calldata body)
        external
        payable
        returns (bytes32 messageId);

    /// @notice Sends a message with the default hook. See the overload with all arguments.
    function dispatch(uint32 destination, bytes32 recipient, bytes calldata body, bytes calldata metadata)
        external
        payable
        returns (bytes32 messageId);

    /// @notice Sends a message: gives it the next nonce, inserts it into the tree, then calls the required hook and `hook`.
    /// @dev The required hook gets its quote, at most the value sent; `hook` gets the rest. Where `hook` is the tree nothing
    ///      is called and the rest is refunded to the metadata's refund address, or to the caller if it names none.
    ///      Warning: a message to a domain that nobody serves, or to a recipient that can not handle it, is never delivered.
    /// @param destination Domain of the destination chain.
    /// @param recipient Who handles the message there, left-padded to 32 bytes.
    /// @param body Any bytes.
    /// @param metadata For the hooks (see the StandardHookMetadata library).
    /// @param hook Called in place of the default hook; zero for the default hook.
    function dispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) external payable returns (bytes32 messageId);

    /// @notice The wei to send with the dispatch of the same arguments.
    function quoteDispatch(uint32 destination, bytes32 recipient, bytes calldata body)
        external
        view
        returns (uint256 fee);

    /// @notice The wei to send with the dispatch of the same arguments.
    function quoteDispatch(uint32 destination, bytes32 recipient, bytes calldata body, bytes calldata metadata)
        external
        view
        returns (uint256 fee);

    /// @notice The wei to send with the dispatch of the same arguments.
    function quoteDispatch(
        uint32 destination,
        bytes32 recipient,
        bytes calldata body,
        bytes calldata metadata,
        IPostDispatchHook hook
    ) external view returns (uint256 fee);

    /* ---------------------------------------------------- deliver --------------------------------------------------- */

    /// @notice Delivers a message: has the recipient's module verify it, then calls `handle`. Anyone may call.
    /// @dev Recorded as delivered before any call; a revert of the module or the recipient undoes all.
    /// @param metadata What the module wants (its `moduleType` says).
    /// @param message The message, as the origin's `Dispatch` event showed it. The value sent goes to `handle`.
    function process(bytes calldata metadata, bytes calldata message) external payable;

    /// @notice Delivers many messages: has each group of them verified at once by the module that its recipients have in
    ///         common, then calls `handle` of each. Anyone may call.
    /// @dev A message that was delivered before is passed over. One whose recipient reverts or uses up the gas that the group
    ///      gives it leaves the others delivered, and can be delivered later (`ProcessFailed`). One that is not verified
    ///      reverts the whole batch, and so does gas too little for what the groups promise. All else is as with `process`;
    ///      no value.
    ///
    ///      Of a group of one the events come before `handle`, as with `process`; in larger ones behind it, when it is known
    ///      that it succeeded. A recipient that changes its module while it handles a message of a group stops the others to
    ///      it; one whose module changes its mind does not: they have been verified.
    ///      Warning: as with `process`, the caller decides how much gas `handle` gets, here group by group. A recipient that
    ///      catches what fails for want of gas must see to it that it has enough.
    /// @param metadata The groups (see the DeliveryGroups library).
    /// @param messages In the order of the groups.
    function processBatch(bytes calldata metadata, bytes[] calldata messages) external;

    /// @notice Delivers a message of a batch that is a group of its own. Only the Mailbox may call.
    /// @dev A frame of its own, which undoes what the module did where `handle` fails.
    /// @param processor_ Who called `processBatch`.
    /// @param gasLimit For `handle`.
    function processAs(address processor_, uint256 gasLimit, bytes calldata metadata, bytes calldata message) external;

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @notice Sets the default module. Only the owner.
    /// @dev Warning: the owner decides whom every recipient that names no module trusts, at once and without delay.
    function setDefaultIsm(IInterchainSecurityModule module) external;

    /// @notice Sets the default hook; the tree for none. Only the owner.
    function setDefaultHook(IPostDispatchHook hook) external;

    /// @notice Sets the required hook; the tree for none. Only the owner.
    /// @dev Warning: a required hook that reverts, or whose fee is not paid, stops every dispatch.
    function setRequiredHook(IPostDispatchHook hook) external;
}
