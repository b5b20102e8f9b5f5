// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IInterchainSecurityModule
/// @notice A recipient's rule for which messages are authentic.
/// @dev Warning: whoever can make `verify` return true for a made-up message can call the recipient in any sender's name.
interface IInterchainSecurityModule {
    /// @notice Which metadata `verify` wants, so that any relayer can build it.
    /// @dev 0 unused, 1 routing, 2 aggregation, 3 legacy multisig (unused here), 4 merkle-root multisig, 5 message-id
    ///      multisig, 6 null (no metadata), 7 CCIP-read, 8 Arbitrum L2 to L1, 9 weighted merkle-root multisig, 10 weighted
    ///      message-id multisig, 11 OP-stack L2 to L1, 12 Polymer; from 128 up this project's own:
    ///      128 optimistic (no metadata for `verify`, but the message must be pre-verified first: see IOptimisticIsm),
    ///      129 BLS multisig.
    function moduleType() external view returns (uint8);

    /// @notice Whether `metadata` proves that `message` was dispatched on its origin. The Mailbox calls it once a delivery;
    ///         anyone may call it at any time, so that a module which keeps state must not take a call for a delivery.
    /// @param metadata Bytes of the layout that `moduleType` names, supplied by an untrusted relayer.
    /// @param message The message (see the Message library), untrusted until this returns true.
    /// @return True if authentic. False and a revert both refuse the message.
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool);
}

/// @title ISpecifiesInterchainSecurityModule
/// @notice Implemented by a recipient that chooses its own security module.
interface ISpecifiesInterchainSecurityModule {
    /// @notice The module that must verify messages to this recipient; zero for the Mailbox's default.
    /// @dev Warning: must answer within `Mailbox.RECIPIENT_ISM_GAS` gas. A call that fails, answers less than 32 bytes or
    ///      more than an address counts as no answer, and the Mailbox's default module then guards this recipient.
    function interchainSecurityModule() external view returns (IInterchainSecurityModule);
}
