// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IMessageDispatcher} from "../../interfaces/IMessageDispatcher.sol";
import {IERC5164Hook} from "../../interfaces/IMessageIdAuthHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthHook} from "./MessageIdAuthHook.sol";

/// @title ERC5164Hook
/// @notice Sends ids of messages through an ERC-5164 bridge. See IERC5164Hook.
contract ERC5164Hook is IERC5164Hook, MessageIdAuthHook {
    using TypeCasts for bytes32;

    /// @inheritdoc IERC5164Hook
    IMessageDispatcher public immutable dispatcher;

    constructor(IMailbox mailbox_, uint32 destinationDomain_, bytes32 ism_, IMessageDispatcher dispatcher_)
        MessageIdAuthHook(mailbox_, destinationDomain_, ism_, IPostDispatchHook(address(0)))
    {
        dispatcher = dispatcher_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 6;
    }

    /// @dev No value goes along: see `_maxValue`.
    function _send(bytes memory call, uint256) internal override {
        // slither-disable-next-line unused-return
        dispatcher.dispatchMessage(destinationDomain, ism.toAddress(), call);
    }

    function _maxValue() internal pure override returns (uint256) {
        return 0;
    }
}
