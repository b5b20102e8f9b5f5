// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbBridge} from "../../interfaces/IArbBridge.sol";
import {IArbOutbox} from "../../interfaces/IArbOutbox.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IArbL2ToL1Ism} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthorizedIsm} from "./MessageIdAuthorizedIsm.sol";

/// @title ArbL2ToL1Ism
/// @notice Verifies what an Arbitrum chain sent to L1. See IArbL2ToL1Ism.
contract ArbL2ToL1Ism is IArbL2ToL1Ism, MessageIdAuthorizedIsm {
    using TypeCasts for address;

    struct OutboxTransaction {
        bytes32[] proof;
        uint256 index;
        address l2Sender;
        address to;
        uint256 l2Block;
        uint256 l1Block;
        uint256 l2Timestamp;
        uint256 value;
        bytes data;
    }

    /// @inheritdoc IArbL2ToL1Ism
    IArbBridge public immutable arbBridge;

    /// @inheritdoc IArbL2ToL1Ism
    IArbOutbox public immutable arbOutbox;

    constructor(IArbBridge arbBridge_, IArbOutbox arbOutbox_) {
        arbBridge = arbBridge_;
        arbOutbox = arbOutbox_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 8;
    }

    function _bridgeSender() internal view override returns (bytes32) {
        if (msg.sender != address(arbBridge)) revert NotCrossChainCall();
        address outbox = arbBridge.activeOutbox();
        if (outbox == address(0)) revert NotCrossChainCall();
        return IArbOutbox(outbox).l2ToL1Sender().toBytes32();
    }

    function _prove(bytes calldata metadata, bytes32 messageId) internal override {
        if (metadata.length == 0) return;
        OutboxTransaction memory t = _decode(metadata);
        bytes memory preVerification = abi.encodeCall(this.preVerifyMessage, (messageId, t.value));
        if (
            t.l2Sender.toBytes32() != authorizedHook || t.to != address(this)
                || keccak256(t.data) != keccak256(preVerification)
        ) revert NotThisMessage(messageId);

        arbOutbox.executeTransaction(
            t.proof, t.index, t.l2Sender, t.to, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data
        );
        if (verifiedMessages[messageId] == 0) revert NotProven(messageId);
    }

    function _decode(bytes calldata metadata) internal pure returns (OutboxTransaction memory t) {
        (t.proof, t.index, t.l2Sender, t.to, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data) =
            abi.decode(metadata, (bytes32[], uint256, address, address, uint256, uint256, uint256, uint256, bytes));
    }
}
