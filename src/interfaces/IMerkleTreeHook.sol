// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "./IMailbox.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IMerkleTreeHook
/// @notice The tree of all messages that a Mailbox dispatched; validators sign its checkpoints.
/// @dev The Mailbox creates it and writes it directly for every message, before any hook: leaf index == message nonce, and no
///      configuration can leave a message out. It has no owner, module or hook, so the ecosystem's `owner`, `hook`,
///      `interchainSecurityModule` and their setters are left out.
interface IMerkleTreeHook is IPostDispatchHook {
    /// @notice A message became leaf `index`.
    event InsertedIntoTree(bytes32 messageId, uint32 index);

    /// @notice Only the Mailbox inserts.
    error NotMailbox(address caller);

    /// @notice Only the message that the Mailbox is dispatching may be posted.
    error NotDispatching(bytes32 messageId);

    /// @notice There is no checkpoint of an empty tree.
    error EmptyTree();

    /// @notice The only writer, and the source of `count`.
    function mailbox() external view returns (IMailbox);

    /// @notice Domain of the Mailbox.
    function localDomain() external view returns (uint32);

    /// @notice Block that the tree was created in: no leaf is older.
    function deployedBlock() external view returns (uint256);

    /// @notice Inserts `messageId` as leaf `index`. Only the Mailbox, with `index` == number of leaves.
    function insert(bytes32 messageId, uint32 index) external;

    /// @notice Number of leaves: the Mailbox's nonce.
    function count() external view returns (uint32);

    /// @notice Root over all leaves.
    function root() external view returns (bytes32);

    /// @notice The stored nodes and the number of leaves.
    /// @return branch Per level, the root of the last full left subtree.
    /// @return leaves Number of leaves.
    function tree() external view returns (bytes32[32] memory branch, uint256 leaves);

    /// @notice The root and the index of the last leaf: what validators sign. Reverts with `EmptyTree`.
    function latestCheckpoint() external view returns (bytes32 root_, uint32 index);
}
