// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbSys} from "./IArbSys.sol";
import {ICrossDomainMessenger} from "./ICrossDomainMessenger.sol";
import {IMailbox} from "./IMailbox.sol";
import {IMessageDispatcher} from "./IMessageDispatcher.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IMessageIdAuthHook
/// @notice Sends the id of a message through a bridge to a module on the destination (see IMessageIdAuthorizedIsm), and with
///         it the `msgValue` of the metadata for the recipient.
/// @dev It sends only for the message that the Mailbox is dispatching, and once for each: a second time, with another value,
///      could get there first, and the value of the other would be stuck in the bridge.
///
///      It has no owner, module or hook of its own: the ecosystem's `owner`, `hook`, `interchainSecurityModule`, their
///      setters, events and `Initialized` are left out.
interface IMessageIdAuthHook is IPostDispatchHook {
    /// @notice Nobody is no module.
    error ZeroIsm();

    /// @notice Only the message that the Mailbox is dispatching may be sent.
    error NotDispatching(bytes32 messageId);

    /// @notice The message was sent before.
    error AlreadySent(bytes32 messageId);

    /// @notice The bridge goes to another chain than the message.
    error WrongDestination(uint32 destination);

    /// @notice The bridge can not take so much value, or none at all.
    error ValueNotSupported(uint256 msgValue);

    /// @notice Whose messages it sends.
    function mailbox() external view returns (IMailbox);

    /// @notice Domain of the Mailbox.
    function localDomain() external view returns (uint32);

    /// @notice Domain that the bridge goes to.
    function destinationDomain() external view returns (uint32);

    /// @notice The module there, addr32.
    function ism() external view returns (bytes32);
}

/// @title IOPStackHook
/// @notice From L1 to an OP-stack L2. Hook type 6.
interface IOPStackHook is IMessageIdAuthHook {
    /// @notice The L1's CrossDomainMessenger for that L2.
    function l1Messenger() external view returns (ICrossDomainMessenger);
}

/// @title IERC5164Hook
/// @notice Through an ERC-5164 bridge. Hook type 6. The destination's domain must be its chain id; value can not travel, and
///         the dispatcher must be one that takes no payment: the standard has no way to ask how much.
interface IERC5164Hook is IMessageIdAuthHook {
    /// @notice The bridge.
    function dispatcher() external view returns (IMessageDispatcher);
}

/// @title IOPL2ToL1Hook
/// @notice From an OP-stack L2 to L1. Hook type 12.
interface IOPL2ToL1Hook is IMessageIdAuthHook {
    /// @notice The L2's CrossDomainMessenger.
    function l2Messenger() external view returns (ICrossDomainMessenger);

    /// @notice Called after the bridge with what that leaves of the value: a payment for delivery on L1, say; zero for none.
    function childHook() external view returns (IPostDispatchHook);
}

/// @title IArbL2ToL1Hook
/// @notice From an Arbitrum chain to L1. Hook type 11.
interface IArbL2ToL1Hook is IMessageIdAuthHook {
    /// @notice The chain's ArbSys.
    function arbSys() external view returns (IArbSys);

    /// @notice Called after the bridge with what that leaves of the value: a payment for delivery on L1, say; zero for none.
    function childHook() external view returns (IPostDispatchHook);
}
