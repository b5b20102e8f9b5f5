// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "./IMailbox.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IRoutingHook
/// @notice What hooks have in common that pass a message on to one other hook.
interface IRoutingHook is IPostDispatchHook {
    /// @notice A hook has no code.
    error NotAContract(address account);
}

/// @title IDomainRoutingHook
/// @notice Passes a message on to the hook of its destination, with all the value. Hook type 1.
/// @dev Warning: the owner decides at once what a message pays, and to whom; a hook that reverts stops dispatches to that
///      domain.
///
///      It is bound to no Mailbox and has no hook or module of its own: the ecosystem's `mailbox`, `localDomain`, `hook`,
///      `interchainSecurityModule`, their setters, events and `Initialized` are left out.
interface IDomainRoutingHook is IRoutingHook {
    /// @notice A destination and its hook; zero for none.
    struct HookConfig {
        uint32 destination;
        IPostDispatchHook hook;
    }

    /// @notice The owner, or the constructor, set the hook for a destination.
    event DomainHookSet(uint32 indexed destination, IPostDispatchHook hook);

    /// @notice There is no hook for messages to this domain.
    error NoRoute(uint32 destination);

    /// @notice The hook for messages to `destination`; zero if there is none.
    function hooks(uint32 destination) external view returns (IPostDispatchHook);

    /// @notice The destinations that have a hook, in no order.
    function domains() external view returns (uint32[] memory);

    /// @notice Sets the hook for a destination; zero for none. Owner only.
    function setHook(uint32 destination, IPostDispatchHook hook) external;

    /// @notice Sets the hooks for several destinations. Owner only.
    function setHooks(HookConfig[] calldata configs) external;
}

/// @title IFallbackDomainRoutingHook
/// @notice As IDomainRoutingHook, with a hook for the destinations that have none. Hook type 5.
interface IFallbackDomainRoutingHook is IDomainRoutingHook {
    /// @notice The hook for the other destinations; it never changes.
    function fallbackHook() external view returns (IPostDispatchHook);
}

/// @title IRecipientRoutingHook
/// @notice Passes a message on to the hook of its destination and recipient, with all the value; all others go to a fallback.
///         Hook type 128, which is ours.
/// @dev Warning: the owner decides at once what a message pays, and to whom.
interface IRecipientRoutingHook is IRoutingHook {
    /// @notice A destination, a recipient there, and the hook for messages to it; zero for the fallback.
    struct RecipientHook {
        uint32 destination;
        bytes32 recipient;
        IPostDispatchHook hook;
    }

    /// @notice The owner, or the constructor, set the hook for a recipient.
    event RecipientHookSet(uint32 indexed destination, bytes32 indexed recipient, IPostDispatchHook hook);

    /// @notice The hook for messages to `recipient`, addr32, on `destination`; zero if there is none.
    function hooks(uint32 destination, bytes32 recipient) external view returns (IPostDispatchHook);

    /// @notice The hook for all other messages; it never changes.
    function fallbackHook() external view returns (IPostDispatchHook);

    /// @notice Sets the hooks for recipients. Owner only.
    function setHooks(RecipientHook[] calldata configs) external;
}

/// @title IAmountRoutingHook
/// @notice Passes token messages (see the TokenMessage library) on by their amount, with all the value. Hook type 14. It never
///         changes.
interface IAmountRoutingHook is IRoutingHook {
    /// @notice The hook for amounts below the threshold.
    function lower() external view returns (IPostDispatchHook);

    /// @notice The hook for the threshold and more.
    function upper() external view returns (IPostDispatchHook);

    /// @notice In units of the message's amount.
    function threshold() external view returns (uint256);
}

/// @title IDefaultHook
/// @notice Passes a message on to what is the Mailbox's default hook at that time, with all the value, so that a tree of hooks
///         can hold it. Hook type 13.
/// @dev Warning: whoever owns the Mailbox decides what that is. A default hook that holds this one itself, further down,
///      uses up all gas.
interface IDefaultHook is IRoutingHook {
    /// @notice The Mailbox's default hook is this one.
    error DefaultsToItself();

    /// @notice The Mailbox whose default hook is meant.
    function mailbox() external view returns (IMailbox);
}
