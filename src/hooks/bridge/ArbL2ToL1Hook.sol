// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbSys} from "../../interfaces/IArbSys.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IArbL2ToL1Hook} from "../../interfaces/IMessageIdAuthHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthHook} from "./MessageIdAuthHook.sol";

/// @title ArbL2ToL1Hook
/// @notice Sends ids of messages from an Arbitrum chain to L1. See IArbL2ToL1Hook.
contract ArbL2ToL1Hook is IArbL2ToL1Hook, MessageIdAuthHook {
    using TypeCasts for bytes32;

    /// @inheritdoc IArbL2ToL1Hook
    IArbSys public immutable arbSys;

    constructor(
        IMailbox mailbox_,
        uint32 destinationDomain_,
        bytes32 ism_,
        IArbSys arbSys_,
        IPostDispatchHook childHook_
    ) MessageIdAuthHook(mailbox_, destinationDomain_, ism_, childHook_) {
        arbSys = arbSys_;
    }

    /// @inheritdoc IArbL2ToL1Hook
    function childHook() external view returns (IPostDispatchHook) {
        return _childHook;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 11;
    }

    function _send(bytes memory call, uint256 msgValue) internal override {
        // slither-disable-next-line unused-return
        arbSys.sendTxToL1{value: msgValue}(ism.toAddress(), call);
    }
}
