// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostDispatchHook} from "./hooks/PostDispatchHook.sol";
import {IMailbox} from "./interfaces/IMailbox.sol";
import {IMerkleTreeHook} from "./interfaces/IMerkleTreeHook.sol";
import {IPostDispatchHook} from "./interfaces/IPostDispatchHook.sol";
import {MerkleTree} from "./libraries/MerkleTree.sol";
import {Message} from "./libraries/Message.sol";

/// @title MerkleTreeHook
/// @notice The tree of all messages that its Mailbox dispatched. See IMerkleTreeHook.
contract MerkleTreeHook is IMerkleTreeHook, PostDispatchHook {
    using MerkleTree for MerkleTree.Tree;
    using Message for bytes;

    /// @inheritdoc IMerkleTreeHook
    IMailbox public immutable mailbox;

    /// @inheritdoc IMerkleTreeHook
    uint32 public immutable localDomain;

    /// @inheritdoc IMerkleTreeHook
    uint256 public immutable deployedBlock;

    MerkleTree.Tree internal _tree;

    /// @dev Created by the Mailbox that it belongs to.
    constructor(uint32 localDomain_) {
        mailbox = IMailbox(msg.sender);
        localDomain = localDomain_;
        deployedBlock = block.number;
    }

    /// @inheritdoc IMerkleTreeHook
    function insert(bytes32 messageId, uint32 index) external {
        if (msg.sender != address(mailbox)) revert NotMailbox(msg.sender);

        _tree.insert(messageId, index);
        emit InsertedIntoTree(messageId, index);
    }

    /// @inheritdoc IMerkleTreeHook
    function tree() external view returns (bytes32[32] memory branch, uint256 leaves) {
        return (_tree.branch, count());
    }

    /// @inheritdoc IMerkleTreeHook
    function latestCheckpoint() external view returns (bytes32 root_, uint32 index) {
        uint32 leaves = count();
        if (leaves == 0) revert EmptyTree();
        return (root(), leaves - 1);
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 3;
    }

    /// @inheritdoc IMerkleTreeHook
    function count() public view returns (uint32) {
        return mailbox.nonce();
    }

    /// @inheritdoc IMerkleTreeHook
    function root() public view returns (bytes32) {
        return _tree.root(count());
    }

    /// @dev Changes nothing: the message is a leaf already. There so that the tree can stand where a hook is asked for.
    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        bytes32 messageId = message.id();
        if (mailbox.latestDispatchedId() != messageId) revert NotDispatching(messageId);
        _refundExcess(metadata, message, 0);
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal pure override returns (uint256) {
        return 0;
    }
}
