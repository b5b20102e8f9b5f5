// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The L2's list of withdrawals.
contract MessagePasserMock {
    mapping(bytes32 => bool) public sentMessages;
    uint240 internal _nonce;

    event MessagePassed(
        uint256 indexed nonce,
        address indexed sender,
        address indexed target,
        uint256 value,
        uint256 gasLimit,
        bytes data,
        bytes32 withdrawalHash
    );

    function initiateWithdrawal(address target, uint256 gasLimit, bytes memory data) external payable {
        uint256 nonce = (uint256(1) << 240) | _nonce++;
        bytes32 hash = keccak256(abi.encode(nonce, msg.sender, target, msg.value, gasLimit, data));
        sentMessages[hash] = true;
        emit MessagePassed(nonce, msg.sender, target, msg.value, gasLimit, data, hash);
    }
}
