// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IDefaultHook} from "../../interfaces/IRoutingHook.sol";
import {ForwardingHook} from "../ForwardingHook.sol";

/// @title DefaultHook
/// @notice Stands for the Mailbox's default hook. See IDefaultHook.
contract DefaultHook is IDefaultHook, ForwardingHook {
    /// @inheritdoc IDefaultHook
    IMailbox public immutable mailbox;

    constructor(IMailbox mailbox_) {
        mailbox = mailbox_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 13;
    }

    function _hookFor(bytes calldata) internal view override returns (IPostDispatchHook hook) {
        hook = mailbox.defaultHook();
        if (address(hook) == address(this)) revert DefaultsToItself();
    }
}
