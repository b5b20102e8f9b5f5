// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint} from "./Checkpoint.sol";
import {Message} from "./Message.sol";

/// @title MessageIdMultisigMetadata
/// @notice What a message-id multisig ISM (module types 5 and 10) needs to verify a message.
/// @dev Packed, big-endian:
///
///      | offset | bytes | field          |                                                    |
///      |--------|-------|----------------|----------------------------------------------------|
///      |      0 |    32 | merkleTreeHook | the origin's tree, left-padded                     |
///      |     32 |    32 | root           | its root right after the message was inserted      |
///      |     64 |     4 | index          | the message's leaf index                           |
///      |     68 |  65 k | signatures     | r ‖ s ‖ v each, in the order of the validator set  |
library MessageIdMultisigMetadata {
    using Message for bytes;

    uint256 internal constant SIGNATURES_OFFSET = 68;

    function merkleTreeHook(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[0:32]);
    }

    function root(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[32:64]);
    }

    function index(bytes calldata metadata) internal pure returns (uint32) {
        return uint32(bytes4(metadata[64:68]));
    }

    /// @notice The digest that validators must have signed for `metadata` to prove `message`: of a checkpoint made for it.
    function digest(bytes calldata metadata, bytes calldata message) internal pure returns (bytes32) {
        return
            Checkpoint.digest(message.origin(), merkleTreeHook(metadata), root(metadata), index(metadata), message.id());
    }
}
