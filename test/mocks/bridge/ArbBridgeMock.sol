// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbBridge} from "src/interfaces/IArbBridge.sol";

/// @notice Arbitrum's bridge on L1: it holds the value, and calls what an outbox executes.
contract ArbBridgeMock is IArbBridge {
    address public activeOutbox;
    mapping(address => bool) public allowedOutboxes;

    error NotOutbox(address sender);
    error NotContract(address to);

    receive() external payable {}

    function setOutbox(address outbox, bool enabled) external {
        allowedOutboxes[outbox] = enabled;
    }

    function executeCall(address to, uint256 value, bytes calldata data)
        external
        returns (bool success, bytes memory returned)
    {
        if (!allowedOutboxes[msg.sender]) revert NotOutbox(msg.sender);
        if (data.length > 0 && to.code.length == 0) revert NotContract(to);
        address previous = activeOutbox;
        activeOutbox = msg.sender;
        (success, returned) = to.call{value: value}(data);
        activeOutbox = previous;
    }
}
