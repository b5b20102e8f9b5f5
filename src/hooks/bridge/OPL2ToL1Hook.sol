// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICrossDomainMessenger} from "../../interfaces/ICrossDomainMessenger.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IOPL2ToL1Hook} from "../../interfaces/IMessageIdAuthHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthHook} from "./MessageIdAuthHook.sol";

/// @title OPL2ToL1Hook
/// @notice Sends ids of messages from an OP-stack L2 to L1. See IOPL2ToL1Hook.
contract OPL2ToL1Hook is IOPL2ToL1Hook, MessageIdAuthHook {
    using TypeCasts for bytes32;

    /// @inheritdoc IOPL2ToL1Hook
    ICrossDomainMessenger public immutable l2Messenger;

    constructor(
        IMailbox mailbox_,
        uint32 destinationDomain_,
        bytes32 ism_,
        ICrossDomainMessenger l2Messenger_,
        IPostDispatchHook childHook_
    ) MessageIdAuthHook(mailbox_, destinationDomain_, ism_, childHook_) {
        l2Messenger = l2Messenger_;
    }

    /// @inheritdoc IOPL2ToL1Hook
    function childHook() external view returns (IPostDispatchHook) {
        return _childHook;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 12;
    }

    function _send(bytes memory call, uint256 msgValue) internal override {
        l2Messenger.sendMessage{value: msgValue}(ism.toAddress(), call, GAS_LIMIT);
    }
}
