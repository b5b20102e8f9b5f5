// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbBridge} from "./IArbBridge.sol";
import {IArbOutbox} from "./IArbOutbox.sol";
import {ICrossDomainMessenger, IL1CrossDomainMessenger} from "./ICrossDomainMessenger.sol";
import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IMessageIdAuthorizedIsm
/// @notice Verifies a message whose id one given hook on the origin sent here through a bridge of its own.
/// @dev Trust: the bridge, with whoever can upgrade or stop it, can forge and block any message. The hook is code that sends
///      only ids of messages that its Mailbox is dispatching, and has no owner. The deployer of this module names the hook,
///      once: before use, see that `authorizedHook` is a hook whose code, Mailbox and `ism` are what they should be.
///
///      Value that travels with a message goes to its recipient, as a plain transfer before or in the delivery: whoever calls
///      `verify` first has it sent, and `handle` does not get it. A recipient that refuses it is not delivered to while it
///      does.
///
///      With no proxy there is nothing to initialise: the ecosystem's `Initialized` is left out, and `setAuthorizedHook` is
///      the deployer's alone.
interface IMessageIdAuthorizedIsm is IInterchainSecurityModule {
    /// @notice The hook whose word is taken was named.
    event AuthorizedHookSet(bytes32 hook);

    /// @notice The bridge brought the id of a message, with so many wei for its recipient.
    event ReceivedMessage(bytes32 indexed messageId, uint256 msgValue);

    /// @notice Value that travelled with a message was sent to its recipient.
    event ValueReleased(bytes32 indexed messageId, address indexed recipient, uint256 msgValue);

    /// @notice The caller is not the deployer.
    error NotDeployer(address caller);

    /// @notice The hook was named before.
    error HookAlreadySet(bytes32 hook);

    /// @notice Nobody can not be named.
    error ZeroHook();

    /// @notice The caller is not the bridge, or the bridge is not executing a message.
    error NotCrossChainCall();

    /// @notice The bridge brings this for somebody else than the hook.
    error NotAuthorizedHook(bytes32 sender);

    /// @notice The bridge sent other value than the hook announced.
    error WrongValue(uint256 value, uint256 msgValue);

    /// @notice More value than there is room for.
    error ValueTooLarge(uint256 msgValue);

    /// @notice The message was verified before: its value stands, or was released.
    error AlreadyVerified(bytes32 messageId);

    /// @notice The recipient does not take the value that travelled with the message.
    error ValueRefused(address recipient, uint256 msgValue);

    /// @notice Bit of a `verifiedMessages` entry that says that the message was verified: 255.
    function VERIFIED_MASK_INDEX() external view returns (uint256);

    /// @notice Who may call `setAuthorizedHook`.
    function deployer() external view returns (address);

    /// @notice The hook on the origin, addr32; zero until it is named, and no message verifies until then.
    function authorizedHook() external view returns (bytes32);

    /// @notice Names the hook, for ever. Only the deployer, only once.
    function setAuthorizedHook(bytes32 hook) external;

    /// @notice Of a message: bit 255 if it was verified, and below it the wei that its recipient has yet to get.
    function verifiedMessages(bytes32 messageId) external view returns (uint256);

    /// @notice Whether the bridge has brought the message.
    function isVerified(bytes calldata message) external view returns (bool);

    /// @notice Takes the word of the hook that a message was dispatched. Only the bridge, for the hook, once for a message,
    ///         with exactly `msgValue` wei, less than 2^255.
    function preVerifyMessage(bytes32 messageId, uint256 msgValue) external payable;
}

/// @title IOPStackIsm
/// @notice On an OP-stack L2, verifies what an OPStackHook on L1 sent. Type 6: no metadata.
/// @dev Trust: the L1, the L2's own rules of deposits, the L2's messenger and who can upgrade it. The aliasing of L1 senders
///      is the messenger's matter. Nobody has to bring the message: the L2 executes deposits by itself. If it ran out of gas
///      there, anyone can replay it at the messenger.
interface IOPStackIsm is IMessageIdAuthorizedIsm {
    /// @notice The L2's CrossDomainMessenger.
    function l2Messenger() external view returns (ICrossDomainMessenger);
}

/// @title IERC5164Ism
/// @notice Verifies what an ERC5164Hook sent through an ERC-5164 bridge. Type 6: no metadata.
/// @dev Trust: the executor, and whatever it trusts. Value can not travel through it.
interface IERC5164Ism is IMessageIdAuthorizedIsm {
    /// @notice The executor names another chain than that of the hook.
    error WrongOrigin(uint256 fromChainId);

    /// @notice The MessageExecutor that calls.
    function executor() external view returns (address);

    /// @notice Chain that the hook is on: an address may be somebody else's on another chain.
    function originChainId() external view returns (uint256);
}

/// @title IProvingIsm
/// @notice A module that can have the bridge execute a message that nobody has executed yet.
interface IProvingIsm is IMessageIdAuthorizedIsm {
    /// @notice The metadata executes something else than the hook's pre-verification of this message in this module.
    error NotThisMessage(bytes32 messageId);

    /// @notice The bridge executed what the metadata says, and yet the message is not verified.
    error NotProven(bytes32 messageId);
}

/// @title IOPL2ToL1Ism
/// @notice On L1, verifies what an OPL2ToL1Hook on an OP-stack L2 sent. Type 11.
/// @dev Trust: the L2's proofs to L1, that is its portal and dispute games with those who can upgrade, pause or blacklist,
///      and the L1 messenger. A withdrawal has to be proven at the portal and to mature (a week on mainnet).
///
///      Metadata: empty, if the withdrawal was finalized at the portal before; else
///      `abi.encode(WithdrawalTransaction(nonce, sender, target, value, gasLimit, data))` of the matured one, which is then
///      finalized in the delivery. `target` must be the messenger and `data` its
///      `relayMessage(nonce, hook, this module, value, minGasLimit, preVerifyMessage(id, value))`. For a message that was
///      verified before, metadata is not looked at: nobody can spoil a delivery by finalizing first.
interface IOPL2ToL1Ism is IProvingIsm {
    /// @notice The L1's messenger for that L2.
    function l1Messenger() external view returns (IL1CrossDomainMessenger);
}

/// @title IArbL2ToL1Ism
/// @notice On L1, verifies what an ArbL2ToL1Hook on an Arbitrum chain sent. Type 8.
/// @dev Trust: Arbitrum's rollup protocol with those who can upgrade it, and its bridge on L1. The L2's state has to be
///      confirmed on L1 (a week on mainnet).
///
///      Metadata: empty, if the message was executed at the outbox before; else `abi.encode` of the arguments of
///      `IArbOutbox.executeTransaction`, which is then executed in the delivery: `l2Sender` must be the hook, `to` this
///      module and `data` `preVerifyMessage(id, value)`. For a message that was verified before, metadata is not looked at:
///      nobody can spoil a delivery by executing first.
interface IArbL2ToL1Ism is IProvingIsm {
    /// @notice The L1's bridge for that chain: its word is what counts.
    function arbBridge() external view returns (IArbBridge);

    /// @notice The outbox that metadata is executed at. Another one that the bridge uses counts too, if called directly.
    function arbOutbox() external view returns (IArbOutbox);
}
