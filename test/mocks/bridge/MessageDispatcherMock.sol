// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageDispatcher} from "src/interfaces/IMessageDispatcher.sol";

/// @notice The sending side of an ERC-5164 bridge to one chain.
contract MessageDispatcherMock is IMessageDispatcher {
    uint256 public immutable toChainId;
    uint256 internal _nonce;

    event MessageDispatched(
        bytes32 indexed messageId, address indexed from, uint256 indexed toChainId, address to, bytes data
    );

    error ChainNotSupported(uint256 chainId);

    constructor(uint256 toChainId_) {
        toChainId = toChainId_;
    }

    function dispatchMessage(uint256 chainId, address to, bytes calldata data)
        external
        payable
        returns (bytes32 messageId)
    {
        if (chainId != toChainId) revert ChainNotSupported(chainId);
        messageId = keccak256(abi.encode(block.chainid, address(this), _nonce++, msg.sender, to, data));
        emit MessageDispatched(messageId, msg.sender, chainId, to, data);
    }
}
