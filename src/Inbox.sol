// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";

import {IBatchInterchainSecurityModule} from "./interfaces/IBatchInterchainSecurityModule.sol";
import {
    IInterchainSecurityModule,
    ISpecifiesInterchainSecurityModule
} from "./interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "./interfaces/IMailbox.sol";
import {IMessageRecipient} from "./interfaces/IMessageRecipient.sol";
import {DeliveryGroups} from "./libraries/DeliveryGroups.sol";
import {Message} from "./libraries/Message.sol";
import {TypeCasts} from "./libraries/TypeCasts.sol";

/// @title Inbox
/// @notice The half of the Mailbox that delivers messages to this chain. See IMailbox.
abstract contract Inbox is IMailbox {
    using DeliveryGroups for bytes;
    using Message for bytes;
    using TypeCasts for bytes32;

    struct Delivery {
        /// @dev uint48 block of the delivery ‖ address of who delivered; two fields would be written one after the other.
        uint256 blockAndProcessor;
    }

    /// @inheritdoc IMailbox
    uint8 public constant VERSION = 3;

    /// @inheritdoc IMailbox
    uint256 public constant RECIPIENT_ISM_GAS = 100_000;

    /// @dev More than a call costs itself, and what comes after it.
    uint256 internal constant AFTER_HANDLE_GAS = 20_000;

    /// @dev Of the reason that a recipient gives for its refusal, so much is told.
    uint256 internal constant MAX_REASON = 256;

    /// @inheritdoc IMailbox
    uint32 public immutable localDomain;

    /// @inheritdoc IMailbox
    IInterchainSecurityModule public defaultIsm;

    mapping(bytes32 messageId => Delivery) internal _deliveries;

    constructor(uint32 localDomain_, IInterchainSecurityModule defaultIsm_) {
        localDomain = localDomain_;
        _setDefaultIsm(defaultIsm_);
    }

    /* ---------------------------------------------------- deliver --------------------------------------------------- */

    /// @inheritdoc IMailbox
    function process(bytes calldata metadata, bytes calldata message) external payable {
        bytes32 messageId = _checkedId(message);
        if (delivered(messageId)) revert AlreadyDelivered(messageId);

        address recipient = _accept(msg.sender, messageId, metadata, message);
        IMessageRecipient(recipient).handle{value: msg.value}(message.origin(), message.sender(), message.body());
    }

    /// @inheritdoc IMailbox
    function processBatch(bytes calldata metadata, bytes[] calldata messages) external {
        uint256 done;
        while (done < messages.length) {
            (uint256 count, uint256 gasLimit, bytes calldata groupMetadata, bytes calldata rest) = metadata.next();
            if (count == 0 || count > messages.length - done) revert WrongGroup(count, messages.length - done);
            if (count == 1) _processAlone(groupMetadata, messages[done], gasLimit);
            else _processGroup(groupMetadata, messages, done, count, gasLimit);
            done += count;
            metadata = rest;
        }
        if (metadata.length != 0) revert WrongGroup(0, 0);
    }

    /// @inheritdoc IMailbox
    function processAs(address processor_, uint256 gasLimit, bytes calldata metadata, bytes calldata message) external {
        if (msg.sender != address(this)) revert NotMailbox(msg.sender);

        address recipient = _accept(processor_, message.id(), metadata, message);
        bytes memory data =
            abi.encodeCall(IMessageRecipient.handle, (message.origin(), message.sender(), message.body()));
        if (!_called(recipient, data, gasLimit)) revert HandleFailed(_returnedData());
    }

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @inheritdoc IMailbox
    function processor(bytes32 messageId) external view returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast) the block above it is cut off
        return address(uint160(_deliveries[messageId].blockAndProcessor));
    }

    /// @inheritdoc IMailbox
    function processedAt(bytes32 messageId) external view returns (uint48) {
        // forge-lint: disable-next-line(unsafe-typecast) 48 bits are left
        return uint48(_deliveries[messageId].blockAndProcessor >> 160);
    }

    /// @inheritdoc IMailbox
    function delivered(bytes32 messageId) public view returns (bool) {
        return _deliveries[messageId].blockAndProcessor != 0;
    }

    /// @inheritdoc IMailbox
    function recipientIsm(address recipient) public view returns (IInterchainSecurityModule) {
        // A call gets at most 63/64 of the gas left after its own cost: 2,600 for a cold account, twice that for one with
        // delegated code (EIP-7702). The rest of the 10,000 is slack.
        if (gasleft() < (RECIPIENT_ISM_GAS * 64) / 63 + 10_000) revert NotEnoughGas();

        bytes4 selector = ISpecifiesInterchainSecurityModule.interchainSecurityModule.selector;
        bool answered;
        uint256 answer;
        // Solidity's own calls copy all that a hostile recipient returns, or revert if it is no address. This one copies at
        // most 32 bytes into scratch space.
        assembly ("memory-safe") {
            mstore(0, selector)
            answered := staticcall(RECIPIENT_ISM_GAS, recipient, 0, 4, 0, 32)
            answered := and(answered, gt(returndatasize(), 31))
            answer := mload(0)
        }
        if (!answered || answer == 0 || answer > type(uint160).max) return defaultIsm;
        // forge-lint: disable-next-line(unsafe-typecast) it fits, see the line before
        return IInterchainSecurityModule(address(uint160(answer)));
    }

    /* ---------------------------------------------------- internal -------------------------------------------------- */

    /// @dev Records the message as delivered, and has the module of its recipient verify it. What is left is to call `handle`.
    function _accept(address processor_, bytes32 messageId, bytes calldata metadata, bytes calldata message)
        internal
        returns (address recipient)
    {
        recipient = message.recipient().toAddress();
        _deliveries[messageId].blockAndProcessor = _delivery(processor_);
        emit Process(message.origin(), message.sender(), recipient);
        emit ProcessId(messageId);

        IInterchainSecurityModule ism = recipientIsm(recipient);
        _requireContract(address(ism));
        _requireContract(recipient);
        if (!ism.verify(metadata, message)) revert NotVerified(messageId, address(ism));
    }

    /// @dev A message on its own, in a frame of its own: what its module does when it verifies is undone where `handle` fails.
    function _processAlone(bytes calldata metadata, bytes calldata message, uint256 gasLimit) internal {
        bytes32 messageId = _checkedId(message);
        if (delivered(messageId)) return;

        // solhint-disable-next-line no-empty-blocks
        try this.processAs(msg.sender, gasLimit, metadata, message) {}
        catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast) all of an error but its selector is cut off
            if (bytes4(reason) != HandleFailed.selector) LowLevelCall.bubbleRevert(reason);
            emit ProcessFailed(messageId, abi.decode(Bytes.slice(reason, 4), (bytes)));
        }
    }

    /// @dev Has `messages[first:first + count]` verified at once by the module of the first one's recipient, then delivers each
    ///      that is not delivered by then.
    function _processGroup(
        bytes calldata metadata,
        bytes[] calldata messages,
        uint256 first,
        uint256 count,
        uint256 gasLimit
    ) internal {
        bytes32[] memory ids = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = _checkedId(_at(messages, first, i));
        }
        IInterchainSecurityModule ism = recipientIsm(messages[first].recipient().toAddress());
        _requireContract(address(ism));
        if (!_verified(ism, metadata, messages, first, count)) revert NotVerified(ids[0], address(ism));

        for (uint256 i; i < count; ++i) {
            _deliver(ids[i], _at(messages, first, i), gasLimit, ism);
        }
    }

    function _verified(
        IInterchainSecurityModule ism,
        bytes calldata metadata,
        bytes[] calldata messages,
        uint256 first,
        uint256 count
    ) internal returns (bool) {
        IBatchInterchainSecurityModule batchIsm = IBatchInterchainSecurityModule(address(ism));
        if (count == messages.length) return batchIsm.verifyBatch(metadata, messages);

        bytes[] memory group = new bytes[](count);
        for (uint256 i; i < count; ++i) {
            group[i] = _at(messages, first, i);
        }
        return batchIsm.verifyBatch(metadata, group);
    }

    /// @dev A recipient that refuses, or burns its gas, leaves its message undelivered and the others alone. Only now is it
    ///      asked for its module, which must be the one that verified the message: the messages before may have changed it.
    ///      And only now is it recorded: while those before are handled, it is not delivered.
    function _deliver(bytes32 messageId, bytes calldata message, uint256 gasLimit, IInterchainSecurityModule ism)
        internal
    {
        Delivery storage delivery = _deliveries[messageId];
        if (delivery.blockAndProcessor != 0) return;
        address recipient = message.recipient().toAddress();
        IInterchainSecurityModule module = recipientIsm(recipient);
        if (address(module) != address(ism)) revert OtherModule(messageId, address(ism), address(module));

        (uint32 origin, bytes32 sender) = (message.origin(), message.sender());

        delivery.blockAndProcessor = _delivery(msg.sender);

        bytes memory data = abi.encodeCall(IMessageRecipient.handle, (origin, sender, message.body()));
        if (_called(recipient, data, gasLimit) && recipient.code.length != 0) {
            emit Process(origin, sender, recipient);
            emit ProcessId(messageId);
        } else {
            delivery.blockAndProcessor = 0;
            emit ProcessFailed(messageId, _returnedData());
        }
    }

    /// @dev Calls with just that gas, and copies nothing of what is returned.
    function _called(address recipient, bytes memory data, uint256 gasLimit) internal returns (bool succeeded) {
        unchecked {
            // A call gets at most 63/64 of the gas left.
            if (gasleft() < gasLimit + gasLimit / 32 + AFTER_HANDLE_GAS) revert NotEnoughGas();
        }
        assembly ("memory-safe") {
            succeeded := call(gasLimit, recipient, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    /// @dev What the last call returned, at most `MAX_REASON` bytes of it.
    function _returnedData() internal pure returns (bytes memory data) {
        uint256 size;
        assembly ("memory-safe") {
            size := returndatasize()
        }
        data = new bytes(size < MAX_REASON ? size : MAX_REASON);
        assembly ("memory-safe") {
            returndatacopy(add(data, 32), 0, mload(data))
        }
    }

    /// @dev `messages[first + i]`, where that is known not to overflow.
    function _at(bytes[] calldata messages, uint256 first, uint256 i) internal pure returns (bytes calldata) {
        unchecked {
            return messages[first + i];
        }
    }

    function _delivery(address processor_) internal view returns (uint256) {
        return (block.number << 160) | uint160(processor_);
    }

    function _checkedId(bytes calldata message) internal view returns (bytes32) {
        if (message.length < Message.MIN_LENGTH) revert MessageTooShort(message.length);
        if (message.version() != VERSION) revert WrongVersion(message.version());
        if (message.destination() != localDomain) revert WrongDestination(message.destination());
        return message.id();
    }

    function _setDefaultIsm(IInterchainSecurityModule module) internal {
        _requireContract(address(module));

        defaultIsm = module;
        emit DefaultIsmSet(address(module));
    }

    function _requireContract(address account) internal view {
        if (account.code.length == 0) revert NotAContract(account);
    }
}
