// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBatchInterchainSecurityModule} from "../interfaces/IBatchInterchainSecurityModule.sol";
import {Checkpoint} from "./Checkpoint.sol";
import {MerkleMultiproof} from "./MerkleMultiproof.sol";
import {Message} from "./Message.sol";

/// @title MultisigBatchMetadata
/// @notice What a multisig ISM of any kind (module types 4, 5, 9 and 10) needs to verify many messages of one origin by one
///         signed checkpoint under whose root they all are.
/// @dev Packed, big-endian. A message's leaf index is its nonce, as it is for every Mailbox of ours; messages come in strictly
///      ascending order of it.
///
///      | offset  | bytes | field           |                                                                      |
///      |---------|-------|-----------------|----------------------------------------------------------------------|
///      |       0 |    32 | merkleTreeHook  | the origin's tree, left-padded                                       |
///      |      32 |    32 | signedMessageId | the leaf at signedIndex, part of the signed checkpoint               |
///      |      64 |     4 | signedIndex     | index of the signed checkpoint, not below the last message's         |
///      |      68 |     2 | k               | number of siblings                                                   |
///      |      70 |  32 k | siblings        | of the multiproof, in the order in which it takes them               |
///      | 70+32 k |  65 s | signatures      | r ‖ s ‖ v each, in the order of the validator set                    |
library MultisigBatchMetadata {
    using Message for bytes;

    uint256 internal constant SIBLINGS_OFFSET = 70;

    /// @notice Where the signatures begin in the metadata.
    function signaturesOffset(bytes calldata metadata) internal pure returns (uint256) {
        return SIBLINGS_OFFSET + 32 * uint256(uint16(bytes2(metadata[68:70])));
    }

    /// @notice The digest that validators must have signed for `metadata` to prove all of `messages`.
    function digest(bytes calldata metadata, bytes[] calldata messages) internal pure returns (bytes32) {
        (uint32 origin, bytes32[] memory leaves, uint256[] memory positions) = _leaves(messages);
        return _digest(origin, _root(metadata, leaves, positions), metadata);
    }

    function _root(bytes calldata metadata, bytes32[] memory leaves, uint256[] memory positions)
        private
        pure
        returns (bytes32)
    {
        bytes calldata siblings = metadata[SIBLINGS_OFFSET:signaturesOffset(metadata)];
        return MerkleMultiproof.root(leaves, positions, _signedIndex(metadata), siblings);
    }

    function _digest(uint32 origin, bytes32 root, bytes calldata metadata) private pure returns (bytes32) {
        bytes32 signedMessageId = bytes32(metadata[32:64]);
        return Checkpoint.digest(origin, bytes32(metadata[0:32]), root, _signedIndex(metadata), signedMessageId);
    }

    function _signedIndex(bytes calldata metadata) private pure returns (uint32) {
        return uint32(bytes4(metadata[64:68]));
    }

    /// @dev The ids of the messages and where they are in the tree of their origin, which must be one.
    function _leaves(bytes[] calldata messages)
        private
        pure
        returns (uint32 origin, bytes32[] memory leaves, uint256[] memory positions)
    {
        uint256 count = messages.length;
        if (count == 0) revert MerkleMultiproof.NoLeaves();
        (, origin) = messages[0].nonceAndOrigin();
        leaves = new bytes32[](count);
        positions = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            bytes calldata message = messages[i];
            (uint32 nonce, uint32 other) = message.nonceAndOrigin();
            if (other != origin) revert IBatchInterchainSecurityModule.MixedOrigins(origin, other);
            leaves[i] = message.id();
            positions[i] = nonce;
        }
    }
}
