// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IMessageIdAuthHook} from "../../interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {Message} from "../../libraries/Message.sol";
import {StandardHookMetadata} from "../../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title MessageIdAuthHook
/// @notice Sends ids of messages through a bridge. See IMessageIdAuthHook.
abstract contract MessageIdAuthHook is IMessageIdAuthHook, PostDispatchHook {
    using Message for bytes;
    using StandardHookMetadata for bytes;
    using TypeCasts for bytes32;

    /// @dev Gas that the bridge must give to `preVerifyMessage`: it needs less than half of that.
    uint32 internal constant GAS_LIMIT = 100_000;

    /// @inheritdoc IMessageIdAuthHook
    IMailbox public immutable mailbox;

    /// @inheritdoc IMessageIdAuthHook
    uint32 public immutable localDomain;

    /// @inheritdoc IMessageIdAuthHook
    uint32 public immutable destinationDomain;

    /// @inheritdoc IMessageIdAuthHook
    bytes32 public immutable ism;

    IPostDispatchHook internal immutable _childHook;

    /// @dev The message sent last in this transaction. No other one need be known: only the one dispatched last can be sent.
    bytes32 internal transient _sentId;

    /// @param ism_ The module on the destination, addr32.
    /// @param childHook Called after the bridge with what it leaves; zero for none.
    constructor(IMailbox mailbox_, uint32 destinationDomain_, bytes32 ism_, IPostDispatchHook childHook) {
        if (ism_.toAddress() == address(0)) revert ZeroIsm();
        mailbox = mailbox_;
        localDomain = mailbox_.localDomain();
        destinationDomain = destinationDomain_;
        ism = ism_;
        _childHook = childHook;
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        bytes32 messageId = message.id();
        if (mailbox.latestDispatchedId() != messageId) revert NotDispatching(messageId);
        if (_sentId == messageId) revert AlreadySent(messageId);
        uint256 msgValue = _msgValue(metadata, message);
        if (msg.value < msgValue) revert Underpaid(msg.value, msgValue);

        _sentId = messageId;

        _send(abi.encodeCall(IMessageIdAuthorizedIsm.preVerifyMessage, (messageId, msgValue)), msgValue);
        if (address(_childHook) == address(0)) _refundExcess(metadata, message, msgValue);
        else _childHook.postDispatch{value: msg.value - msgValue}(metadata, message);
    }

    function _quoteDispatch(bytes calldata metadata, bytes calldata message)
        internal
        view
        override
        returns (uint256 quote)
    {
        quote = _msgValue(metadata, message);
        if (address(_childHook) != address(0)) quote += _childHook.quoteDispatch(metadata, message);
    }

    /// @dev Wei for the recipient.
    function _msgValue(bytes calldata metadata, bytes calldata message) internal view returns (uint256 msgValue) {
        if (message.destination() != destinationDomain) revert WrongDestination(message.destination());
        msgValue = metadata.msgValue(0);
        if (msgValue > _maxValue()) revert ValueNotSupported(msgValue);
        // Else the value could never be released.
        // slither-disable-next-line unused-return
        if (msgValue != 0) message.recipient().toAddress();
    }

    /// @dev Has the bridge call the module with `call` and `msgValue` wei.
    function _send(bytes memory call, uint256 msgValue) internal virtual;

    /// @dev Wei that the bridge and the module can take; more exist nowhere.
    function _maxValue() internal pure virtual returns (uint256) {
        return type(uint128).max;
    }
}
