// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The receiving side of an ERC-5164 bridge. Its transport is an account of the test's.
contract MessageExecutorMock {
    address public immutable transport;
    mapping(bytes32 => bool) public executed;

    event MessageIdExecuted(uint256 indexed fromChainId, bytes32 indexed messageId);

    error NotTransport(address caller);
    error MessageIdAlreadyExecuted(bytes32 messageId);
    error MessageFailure(bytes32 messageId, bytes errorData);

    constructor(address transport_) {
        transport = transport_;
    }

    function executeMessage(address to, bytes calldata data, bytes32 messageId, uint256 fromChainId, address from)
        external
    {
        if (msg.sender != transport) revert NotTransport(msg.sender);
        if (executed[messageId]) revert MessageIdAlreadyExecuted(messageId);
        executed[messageId] = true;
        (bool success, bytes memory returned) = to.call(abi.encodePacked(data, messageId, fromChainId, from));
        if (!success) revert MessageFailure(messageId, returned);
        emit MessageIdExecuted(fromChainId, messageId);
    }
}
