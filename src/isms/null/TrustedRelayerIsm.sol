// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {ITrustedRelayerIsm} from "../../interfaces/ITrustedRelayerIsm.sol";
import {Message} from "../../libraries/Message.sol";

/// @title TrustedRelayerIsm
/// @notice Verifies what one given account delivers. See ITrustedRelayerIsm.
contract TrustedRelayerIsm is ITrustedRelayerIsm, PackageVersioned {
    using Message for bytes;

    /// @inheritdoc ITrustedRelayerIsm
    IMailbox public immutable mailbox;

    /// @inheritdoc ITrustedRelayerIsm
    address public immutable trustedRelayer;

    constructor(IMailbox mailbox_, address trustedRelayer_) {
        if (trustedRelayer_ == address(0)) revert ZeroRelayer();
        if (address(mailbox_).code.length == 0) revert NotAContract(address(mailbox_));
        mailbox = mailbox_;
        trustedRelayer = trustedRelayer_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata, bytes calldata message) external view returns (bool) {
        return mailbox.processor(message.id()) == trustedRelayer;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }
}
