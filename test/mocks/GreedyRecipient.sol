// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Remembers how much gas it was given at least, and how often.
contract GreedyRecipient {
    uint256 public received;
    uint256 public least = type(uint256).max;

    function handle(uint32, bytes32, bytes calldata) external payable {
        uint256 gas = gasleft();
        ++received;
        if (gas < least) least = gas;
    }
}
