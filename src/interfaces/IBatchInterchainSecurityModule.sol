// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IBatchInterchainSecurityModule
/// @notice A module that verifies many messages by one proof.
/// @dev What it accepts as a batch must be as safe as what it accepts alone: whatever `verify` would refuse of any of the
///      messages, with any metadata, `verifyBatch` refuses. A module that keeps account of the messages that it verifies
///      (limits, windows) must not verify batches: what it wrote down of a message that its recipient then refuses would
///      stay.
interface IBatchInterchainSecurityModule {
    /// @notice The messages are not all from one origin, which one proof can not be about.
    error MixedOrigins(uint32 first, uint32 other);

    /// @notice Returns true, or reverts with the reason, if all of the messages are proven; false refuses them.
    /// @dev The Mailbox calls it with at least two messages. That they are to recipients of this module it makes sure of after,
    ///      right before the `handle` of each. Some may be delivered already, the others are not recorded as delivered yet.
    /// @param metadata What the module wants; docs/protocol.md has the layouts.
    /// @param messages In the order that the metadata is about.
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external returns (bool);
}
