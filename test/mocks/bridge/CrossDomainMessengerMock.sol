// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable gas-custom-errors
// The texts are those of the real messenger.

/// @notice What the messengers of the OP stack do on both chains: nonces, failed messages that anyone may replay, one message
///         at a time. Reverts with the texts of the real ones.
abstract contract CrossDomainMessengerMock {
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant RESERVED_GAS = 40_000;
    uint256 internal constant CALL_OVERHEAD = 40_000;
    uint256 internal constant CHECK_BUFFER = 5_000;

    address public otherMessenger;
    mapping(bytes32 => bool) public successfulMessages;
    mapping(bytes32 => bool) public failedMessages;
    uint240 internal _nonce;
    address internal _sender = NOBODY;

    event SentMessage(address indexed target, address sender, bytes message, uint256 messageNonce, uint256 gasLimit);
    event SentMessageExtension1(address indexed sender, uint256 value);
    event RelayedMessage(bytes32 indexed msgHash);
    event FailedRelayedMessage(bytes32 indexed msgHash);

    function setOtherMessenger(address other) external {
        otherMessenger = other;
    }

    function messageNonce() public view returns (uint256) {
        return (uint256(1) << 240) | _nonce;
    }

    function xDomainMessageSender() external view returns (address) {
        require(_sender != NOBODY, "CrossDomainMessenger: xDomainMessageSender is not set");
        return _sender;
    }

    function sendMessage(address target, bytes calldata message, uint32 minGasLimit) external payable {
        uint256 gasLimit = 200_000 + (uint256(minGasLimit) * 64) / 63 + message.length * 16;
        gasLimit += CALL_OVERHEAD + RESERVED_GAS + CHECK_BUFFER;
        _send(
            uint64(gasLimit),
            abi.encodeCall(this.relayMessage, (messageNonce(), msg.sender, target, msg.value, minGasLimit, message))
        );
        emit SentMessage(target, msg.sender, message, messageNonce(), minGasLimit);
        emit SentMessageExtension1(msg.sender, msg.value);
        ++_nonce;
    }

    function relayMessage(
        uint256 nonce,
        address sender,
        address target,
        uint256 value,
        uint256 minGasLimit,
        bytes calldata message
    ) external payable {
        bytes32 hash = keccak256(
            abi.encodeCall(this.relayMessage, (nonce, sender, target, value, minGasLimit, message))
        );
        if (_isOtherMessenger()) {
            assert(msg.value == value);
            assert(!failedMessages[hash]);
        } else {
            require(msg.value == 0, "CrossDomainMessenger: value must be zero unless message is from a system address");
            require(failedMessages[hash], "CrossDomainMessenger: message cannot be replayed");
        }
        require(!_isUnsafeTarget(target), "CrossDomainMessenger: cannot send message to blocked system address");
        require(!successfulMessages[hash], "CrossDomainMessenger: message has already been relayed");
        bool enoughGas = gasleft() * 63 >= minGasLimit * 64 + (CALL_OVERHEAD + RESERVED_GAS + CHECK_BUFFER) * 63;
        if (!enoughGas || _sender != NOBODY) {
            failedMessages[hash] = true;
            emit FailedRelayedMessage(hash);
            return;
        }
        _sender = sender;
        (bool success,) = target.call{gas: gasleft() - RESERVED_GAS, value: value}(message);
        _sender = NOBODY;
        if (success) {
            assert(!successfulMessages[hash]);
            successfulMessages[hash] = true;
            emit RelayedMessage(hash);
        } else {
            failedMessages[hash] = true;
            emit FailedRelayedMessage(hash);
        }
    }

    function _send(uint64 gasLimit, bytes memory data) internal virtual;

    function _isOtherMessenger() internal view virtual returns (bool);

    function _isUnsafeTarget(address target) internal view virtual returns (bool);
}
