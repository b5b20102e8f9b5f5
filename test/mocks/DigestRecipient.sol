// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Remembers the hash of what it received: a body of any size fits into its gas.
contract DigestRecipient is IMessageRecipient {
    bytes32 public lastDigest;
    uint256 public lastLength;
    uint256 public received;

    function handle(uint32, bytes32, bytes calldata body) external payable {
        lastDigest = keccak256(body);
        lastLength = body.length;
        ++received;
    }
}
