// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IRateLimited} from "./IRateLimited.sol";

/// @title IRateLimitedIsm
/// @notice Verifies token messages to one recipient as long as their amounts are within a rate. To be put beside a module
///         that verifies, in an aggregation of all.
/// @dev Warning: alone it proves nothing: whoever trusts it alone trusts everyone, within the rate. Metadata is empty.
///
///      Trust: the owner sets the rate at once: zero stops deliveries, a large one lifts the limit. Anyone who can deliver
///      messages can use the rate up; others wait until it is refilled. An amount above the capacity never passes. It
///      verifies only what the Mailbox delivers in the same block (else anyone could drain it), so it can not be what an
///      optimistic module pre-verifies by. A message that was delivered past it (by another branch of a routing or of an m of
///      n) anyone can have counted, once, within that block: its amount was delivered too.
interface IRateLimitedIsm is IInterchainSecurityModule, IRateLimited {
    /// @notice The message is for somebody else.
    error NotForRecipient(bytes32 recipient);

    /// @notice The Mailbox neither is delivering this message nor has delivered it in this block.
    error NotInDelivery(bytes32 messageId);

    /// @notice The message has taken its amount before.
    error AlreadyValidated(bytes32 messageId);

    /// @notice Whose messages are limited.
    function recipient() external view returns (address);
}
