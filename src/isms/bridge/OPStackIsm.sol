// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICrossDomainMessenger} from "../../interfaces/ICrossDomainMessenger.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IOPStackIsm} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthorizedIsm} from "./MessageIdAuthorizedIsm.sol";

/// @title OPStackIsm
/// @notice Verifies what came from L1 through the OP stack's messengers. See IOPStackIsm.
contract OPStackIsm is IOPStackIsm, MessageIdAuthorizedIsm {
    using TypeCasts for address;

    /// @inheritdoc IOPStackIsm
    ICrossDomainMessenger public immutable l2Messenger;

    constructor(ICrossDomainMessenger l2Messenger_) {
        l2Messenger = l2Messenger_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }

    function _bridgeSender() internal view override returns (bytes32) {
        if (msg.sender != address(l2Messenger)) revert NotCrossChainCall();
        return l2Messenger.xDomainMessageSender().toBytes32();
    }
}
