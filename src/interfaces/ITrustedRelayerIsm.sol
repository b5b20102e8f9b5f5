// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IMailbox} from "./IMailbox.sol";

/// @title ITrustedRelayerIsm
/// @notice Verifies a message that one given account is delivering or has delivered.
/// @dev Trust: that account can forge any message, and alone can deliver. Metadata is empty. It verifies only within a
///      delivery, so it can not be what an optimistic module pre-verifies by.
interface ITrustedRelayerIsm is IInterchainSecurityModule {
    /// @notice The relayer would be nobody: an undelivered message has the zero address as processor.
    error ZeroRelayer();

    /// @notice The address has no code and can not be a Mailbox.
    error NotAContract(address account);

    /// @notice The Mailbox that says who delivers.
    function mailbox() external view returns (IMailbox);

    /// @notice Whose deliveries are trusted.
    function trustedRelayer() external view returns (address);
}
