// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMessageIdAuthorizedIsm} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {Message} from "../../libraries/Message.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";

/// @title MessageIdAuthorizedIsm
/// @notice Verifies messages whose ids a bridge brought for one hook. See IMessageIdAuthorizedIsm.
abstract contract MessageIdAuthorizedIsm is IMessageIdAuthorizedIsm, PackageVersioned {
    using Message for bytes;
    using TypeCasts for bytes32;

    /// @inheritdoc IMessageIdAuthorizedIsm
    uint256 public constant VERIFIED_MASK_INDEX = 255;

    uint256 internal constant VERIFIED = 2 ** VERIFIED_MASK_INDEX;

    /// @inheritdoc IMessageIdAuthorizedIsm
    address public immutable deployer = msg.sender;

    /// @inheritdoc IMessageIdAuthorizedIsm
    bytes32 public authorizedHook;

    /// @inheritdoc IMessageIdAuthorizedIsm
    mapping(bytes32 messageId => uint256) public verifiedMessages;

    /// @inheritdoc IMessageIdAuthorizedIsm
    function setAuthorizedHook(bytes32 hook) external {
        if (msg.sender != deployer) revert NotDeployer(msg.sender);
        if (authorizedHook != 0) revert HookAlreadySet(authorizedHook);
        if (hook.toAddress() == address(0)) revert ZeroHook();

        authorizedHook = hook;
        emit AuthorizedHookSet(hook);
    }

    /// @inheritdoc IMessageIdAuthorizedIsm
    function preVerifyMessage(bytes32 messageId, uint256 msgValue) external payable {
        bytes32 sender = _bridgeSender();
        if (sender != authorizedHook || sender == 0) revert NotAuthorizedHook(sender);
        if (msg.value != msgValue) revert WrongValue(msg.value, msgValue);
        if (msgValue >= VERIFIED) revert ValueTooLarge(msgValue);
        if (verifiedMessages[messageId] != 0) revert AlreadyVerified(messageId);

        verifiedMessages[messageId] = VERIFIED | msgValue;
        emit ReceivedMessage(messageId, msgValue);
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        bytes32 messageId = message.id();
        if (verifiedMessages[messageId] == 0) _prove(metadata, messageId);
        uint256 entry = verifiedMessages[messageId];
        if (entry == 0) return false;

        if (entry != VERIFIED) {
            uint256 msgValue = entry ^ VERIFIED;
            // slither-disable-next-line missing-zero-check
            address recipient = message.recipient().toAddress();
            verifiedMessages[messageId] = VERIFIED;
            emit ValueReleased(messageId, recipient, msgValue);

            // slither-disable-next-line arbitrary-send-eth
            (bool taken,) = recipient.call{value: msgValue}("");
            if (!taken) revert ValueRefused(recipient, msgValue);
        }
        return true;
    }

    /// @inheritdoc IMessageIdAuthorizedIsm
    function isVerified(bytes calldata message) external view returns (bool) {
        return verifiedMessages[message.id()] != 0;
    }

    /// @dev Who sent, on the origin, what the bridge is executing by this very call, addr32. Reverts with
    ///      `NotCrossChainCall` unless the caller is the bridge.
    function _bridgeSender() internal view virtual returns (bytes32);

    /// @dev Has the bridge execute what `metadata` says, where the bridge knows of that. Anyone calls it, with anything.
    // solhint-disable-next-line no-empty-blocks
    function _prove(bytes calldata metadata, bytes32 messageId) internal virtual {}
}
