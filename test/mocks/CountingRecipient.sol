// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Counts how often each message is handled. The body is the number that its sender gave the message.
contract CountingRecipient is IMessageRecipient {
    mapping(uint256 number => uint256) public handled;
    uint256 public total;

    function handle(uint32, bytes32, bytes calldata body) external payable {
        ++handled[abi.decode(body, (uint256))];
        ++total;
    }
}
