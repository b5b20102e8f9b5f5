// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICrossDomainMessenger} from "../../interfaces/ICrossDomainMessenger.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IOPStackHook} from "../../interfaces/IMessageIdAuthHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthHook} from "./MessageIdAuthHook.sol";

/// @title OPStackHook
/// @notice Sends ids of messages from L1 to an OP-stack L2. See IOPStackHook.
contract OPStackHook is IOPStackHook, MessageIdAuthHook {
    using TypeCasts for bytes32;

    /// @inheritdoc IOPStackHook
    ICrossDomainMessenger public immutable l1Messenger;

    constructor(IMailbox mailbox_, uint32 destinationDomain_, bytes32 ism_, ICrossDomainMessenger l1Messenger_)
        MessageIdAuthHook(mailbox_, destinationDomain_, ism_, IPostDispatchHook(address(0)))
    {
        l1Messenger = l1Messenger_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 6;
    }

    function _send(bytes memory call, uint256 msgValue) internal override {
        l1Messenger.sendMessage{value: msgValue}(ism.toAddress(), call, GAS_LIMIT);
    }
}
