// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";

import {ICrossDomainMessenger, IL1CrossDomainMessenger} from "../../interfaces/ICrossDomainMessenger.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IOPL2ToL1Ism} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {IOptimismPortal} from "../../interfaces/IOptimismPortal.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthorizedIsm} from "./MessageIdAuthorizedIsm.sol";

/// @title OPL2ToL1Ism
/// @notice Verifies what an OP-stack L2 proved to L1. See IOPL2ToL1Ism.
contract OPL2ToL1Ism is IOPL2ToL1Ism, MessageIdAuthorizedIsm {
    using Bytes for bytes;
    using TypeCasts for address;

    /// @inheritdoc IOPL2ToL1Ism
    IL1CrossDomainMessenger public immutable l1Messenger;

    constructor(IL1CrossDomainMessenger l1Messenger_) {
        l1Messenger = l1Messenger_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 11;
    }

    function _bridgeSender() internal view override returns (bytes32) {
        if (msg.sender != address(l1Messenger)) revert NotCrossChainCall();
        return l1Messenger.xDomainMessageSender().toBytes32();
    }

    function _prove(bytes calldata metadata, bytes32 messageId) internal override {
        if (metadata.length == 0) return;
        IOptimismPortal.WithdrawalTransaction memory withdrawal =
            abi.decode(metadata, (IOptimismPortal.WithdrawalTransaction));
        if (withdrawal.target != address(l1Messenger) || !_isPreVerification(withdrawal.data, messageId)) {
            revert NotThisMessage(messageId);
        }

        IOptimismPortal(l1Messenger.PORTAL()).finalizeWithdrawalTransaction(withdrawal);
        if (verifiedMessages[messageId] == 0) revert NotProven(messageId);
    }

    /// @dev Whether `data` has the messenger call `preVerifyMessage` of this module for the hook, for that message. What is
    ///      no encoding of `relayMessage` is not.
    function _isPreVerification(bytes memory data, bytes32 messageId) internal view returns (bool) {
        // forge-lint: disable-next-line(unsafe-typecast) its first four bytes are what is wanted
        if (bytes4(data) != ICrossDomainMessenger.relayMessage.selector) return false;
        (, address sender, address target, uint256 value,, bytes memory call) =
            abi.decode(data.slice(4), (uint256, address, address, uint256, uint256, bytes));
        return sender.toBytes32() == authorizedHook && target == address(this)
            && keccak256(call) == keccak256(abi.encodeCall(this.preVerifyMessage, (messageId, value)));
    }
}
