// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {TypeCasts} from "./TypeCasts.sol";

/// @title Checkpoint
/// @notice What validators sign: a checkpoint of an origin's tree, and the announcement of where their signatures are kept.
/// @dev `‖` is packed concatenation. Both digests are signed as EIP-191 personal messages of 32 bytes, so
///      `digest` and `announcementDigest` return them with that prefix already applied, ready for ecrecover.
///
///      checkpoint:   keccak(keccak(origin ‖ addr32(tree)    ‖ "HYPERLANE")              ‖ root ‖ index ‖ messageId)
///      announcement: keccak(keccak(origin ‖ addr32(mailbox) ‖ "HYPERLANE_ANNOUNCEMENT") ‖ storageLocation)
///
///      The domain hash binds a signature to one tree (or Mailbox) of one domain; the two suffixes keep one kind from being
///      replayed as the other.
library Checkpoint {
    using TypeCasts for address;

    /// @notice The digest that a validator signs for a checkpoint.
    /// @param origin Domain of the tree.
    /// @param merkleTreeHook The tree, left-padded: it may live on a chain whose addresses are longer.
    /// @param root Root of the tree after leaf `index` was inserted.
    /// @param index Index of the last leaf under `root`.
    /// @param messageId That leaf.
    function digest(uint32 origin, bytes32 merkleTreeHook, bytes32 root, uint32 index, bytes32 messageId)
        internal
        pure
        returns (bytes32)
    {
        return MessageHashUtils.toEthSignedMessageHash(unprefixedDigest(origin, merkleTreeHook, root, index, messageId));
    }

    /// @notice The same without the prefix of EIP-191: what a BLS key signs.
    function unprefixedDigest(uint32 origin, bytes32 merkleTreeHook, bytes32 root, uint32 index, bytes32 messageId)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domainHash = keccak256(abi.encodePacked(origin, merkleTreeHook, "HYPERLANE"));
        return keccak256(abi.encodePacked(domainHash, root, index, messageId));
    }

    /// @notice The digest that a validator signs to announce where its checkpoints can be read.
    /// @param origin Domain of the Mailbox.
    /// @param mailbox The Mailbox whose tree the validator attests to.
    /// @param storageLocation UTF-8, e.g. `s3://bucket/region/folder`.
    function announcementDigest(uint32 origin, address mailbox, string memory storageLocation)
        internal
        pure
        returns (bytes32)
    {
        bytes32 domainHash = keccak256(abi.encodePacked(origin, mailbox.toBytes32(), "HYPERLANE_ANNOUNCEMENT"));
        return MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encodePacked(domainHash, storageLocation)));
    }
}
