// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbOutbox} from "src/interfaces/IArbOutbox.sol";

import {ArbBridgeMock} from "./ArbBridgeMock.sol";

/// @notice Arbitrum's outbox on L1. That a root is confirmed is the test's word; proofs are checked against it.
contract ArbOutboxMock is IArbOutbox {
    ArbBridgeMock public immutable bridge;
    mapping(bytes32 => bool) public roots;
    mapping(uint256 => bool) public isSpent;
    address public l2ToL1Sender;

    error ProofTooLong(uint256 length);
    error PathNotMinimal(uint256 index, uint256 maxIndex);
    error UnknownRoot(bytes32 root);
    error AlreadySpent(uint256 index);
    error BridgeCallFailed();

    constructor(ArbBridgeMock bridge_) {
        bridge = bridge_;
    }

    function confirm(bytes32 root) external {
        roots[root] = true;
    }

    function executeTransaction(
        bytes32[] calldata proof,
        uint256 index,
        address l2Sender,
        address to,
        uint256 l2Block,
        uint256 l1Block,
        uint256 l2Timestamp,
        uint256 value,
        bytes calldata data
    ) external {
        bytes32 item = keccak256(abi.encodePacked(l2Sender, to, l2Block, l1Block, l2Timestamp, value, data));
        _spend(proof, index, item);
        address previous = l2ToL1Sender;
        l2ToL1Sender = l2Sender;
        (bool success, bytes memory returned) = bridge.executeCall(to, value, data);
        if (!success) {
            if (returned.length == 0) revert BridgeCallFailed();
            assembly {
                revert(add(returned, 32), mload(returned))
            }
        }
        l2ToL1Sender = previous;
    }

    function _spend(bytes32[] calldata proof, uint256 index, bytes32 item) internal {
        if (proof.length >= 256) revert ProofTooLong(proof.length);
        if (index >= 2 ** proof.length) revert PathNotMinimal(index, 2 ** proof.length);
        bytes32 node = keccak256(abi.encodePacked(item));
        for (uint256 i; i < proof.length; ++i) {
            node = (index >> i) & 1 == 0
                ? keccak256(abi.encodePacked(node, proof[i]))
                : keccak256(abi.encodePacked(proof[i], node));
        }
        if (!roots[node]) revert UnknownRoot(node);
        if (isSpent[index]) revert AlreadySpent(index);
        isSpent[index] = true;
    }
}
