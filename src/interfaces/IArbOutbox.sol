// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IArbOutbox
/// @notice The part of Arbitrum's outbox on L1 that a module calls.
interface IArbOutbox {
    /// @notice Who sent, on the L2, the message that is being executed right now; zero while none is.
    function l2ToL1Sender() external view returns (address);

    /// @notice Executes an outgoing message of the L2, once; anyone may. Reverts where the call fails.
    /// @param proof Siblings of the message in the tree of outgoing messages, from the leaf up.
    /// @param index Position of the message in that tree.
    /// @param l2Sender Who called ArbSys.
    /// @param to What is called on L1.
    /// @param l2Block Block of the L2 that it was sent in.
    /// @param l1Block Block of L1, as that block saw it.
    /// @param l2Timestamp Time of that block.
    /// @param value Wei that go along.
    /// @param data What `to` is called with.
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
    ) external;
}
