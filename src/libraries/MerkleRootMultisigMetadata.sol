// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint} from "./Checkpoint.sol";
import {MerkleTree} from "./MerkleTree.sol";
import {Message} from "./Message.sol";

/// @title MerkleRootMultisigMetadata
/// @notice What a merkle-root multisig ISM (module types 4 and 9) needs to verify a message.
/// @dev Packed, big-endian:
///
///      | offset | bytes | field           |                                                             |
///      |--------|-------|-----------------|-------------------------------------------------------------|
///      |      0 |    32 | merkleTreeHook  | the origin's tree, left-padded                              |
///      |     32 |     4 | messageIndex    | the message's leaf index                                    |
///      |     36 |    32 | signedMessageId | the leaf at signedIndex, part of the signed checkpoint      |
///      |     68 |  1024 | proof           | the message's 32 siblings under the signed root, lowest first|
///      |   1092 |     4 | signedIndex     | index of the signed checkpoint, not below messageIndex      |
///      |   1096 |  65 k | signatures      | r ‖ s ‖ v each, in the order of the validator set           |
library MerkleRootMultisigMetadata {
    using Message for bytes;

    /// @notice The message is claimed to be a leaf after the last one under the signed root.
    error MessageAfterCheckpoint(uint32 messageIndex, uint32 signedIndex);

    uint256 internal constant SIGNATURES_OFFSET = 1096;

    function merkleTreeHook(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[0:32]);
    }

    function messageIndex(bytes calldata metadata) internal pure returns (uint32) {
        return uint32(bytes4(metadata[32:36]));
    }

    function signedMessageId(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[36:68]);
    }

    function proof(bytes calldata metadata) internal pure returns (bytes32[32] calldata siblings) {
        bytes calldata field = metadata[68:1092];
        // Solidity has no cast from a calldata slice to a fixed array of the same length; the slice checked the bounds.
        assembly ("memory-safe") {
            siblings := field.offset
        }
    }

    function signedIndex(bytes calldata metadata) internal pure returns (uint32) {
        return uint32(bytes4(metadata[1092:1096]));
    }

    /// @notice The digest that validators must have signed for `metadata` to prove `message`: of any checkpoint under whose
    ///         root the message is.
    function digest(bytes calldata metadata, bytes calldata message) internal pure returns (bytes32) {
        uint32 claimed = messageIndex(metadata);
        uint32 signed = signedIndex(metadata);
        if (claimed > signed) revert MessageAfterCheckpoint(claimed, signed);

        bytes32 root = MerkleTree.branchRoot(message.id(), proof(metadata), claimed);
        return Checkpoint.digest(message.origin(), merkleTreeHook(metadata), root, signed, signedMessageId(metadata));
    }
}
