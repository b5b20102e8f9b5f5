// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Takes any message and does nothing with it: what remains is the cost of the protocol.
contract PlainRecipient is IMessageRecipient {
    function handle(uint32, bytes32, bytes calldata) external payable {}
}
