// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IRateLimited} from "./IRateLimited.sol";

/// @title IRateLimitedIsm
/// @notice Verifies token messages to one recipient as long as their amounts are within a rate. To be put beside a module that verifies,
///         in an aggregation of all.
/// @dev Warning: alone it proves nothing: whoever trusts it alone trusts everyone, within the rate. Metadata is empty.
///
///      Trust: the owner sets the rate at once: zero stops deliveries, a large one lifts the limit. Anyone who can deliver
///      messages can use the rate up; others wait until it is refilled. An amount above the capacity never passes. It verifies only
///      within a delivery (else anyone could drain it), so it can not be what an optimistic module pre-verifies by.
interface IRateLimitedIsm is IInterchainSecurityModule, IRateLimited {
    /// @notice The message is for somebody else.
    error NotForRecipient(bytes32 recipient);

    /// @notice The Mailbox is not delivering this message right now.
    error NotInDelivery(bytes32 messageId);

    /// @notice The message has taken its amount before.
    error AlreadyValidated(bytes32 messageId);

    /// @notice Whose messages are limited.
    function recipient() external view returns (address);
}
