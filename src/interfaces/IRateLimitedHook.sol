// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";
import {IRateLimited} from "./IRateLimited.sol";

/// @title IRateLimitedHook
/// @notice Limits the amounts that one sender of token messages (see the TokenMessage library) dispatches. Hook type 10.
/// @dev It counts a message that the Mailbox is dispatching, once, and refuses those of anyone else: nobody can empty the
///      bucket with messages that were never sent, or with one twice.
///      Warning: the owner sets the rate at once: zero stops the sender's dispatches, a large one lifts the limit.
///
///      It has no hook or module of its own: the ecosystem's `hook`, `interchainSecurityModule`, their setters and events,
///      `Initialized` and `Credited` are left out.
interface IRateLimitedHook is IRateLimited, IPostDispatchHook {
    /// @notice The message is not of the sender whom this hook limits.
    error NotFromSender(bytes32 sender);

    /// @notice Only the message that the Mailbox is dispatching counts.
    error NotDispatching(bytes32 messageId);

    /// @notice The message was counted before.
    error AlreadyValidated(bytes32 messageId);

    /// @notice Whose messages are limited.
    function sender() external view returns (address);
}
