// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "./Bls12381.sol";
import {Checkpoint} from "./Checkpoint.sol";
import {Message} from "./Message.sol";

/// @title BlsMultisigMetadata
/// @notice What a BLS multisig module (module type 129) needs to verify a message.
/// @dev Packed, big-endian; what follows is not looked at:
///
///      | offset | bytes | field          |                                                                 |
///      |--------|-------|----------------|-----------------------------------------------------------------|
///      |      0 |    32 | merkleTreeHook | the origin's tree, left-padded                                  |
///      |     32 |    32 | root           | its root right after the message was inserted                   |
///      |     64 |     4 | index          | the message's leaf index                                        |
///      |     68 |    32 | signers        | bit i, from the lowest: validator i of the set is among them    |
///      |    100 |    96 | signature      | sum of the signers' signatures, a point of G1: x ‖ y, 48 bytes each |
library BlsMultisigMetadata {
    using Message for bytes;

    uint256 internal constant LENGTH = 196;

    function merkleTreeHook(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[0:32]);
    }

    function root(bytes calldata metadata) internal pure returns (bytes32) {
        return bytes32(metadata[32:64]);
    }

    function index(bytes calldata metadata) internal pure returns (uint32) {
        return uint32(bytes4(metadata[64:68]));
    }

    function signers(bytes calldata metadata) internal pure returns (uint256) {
        return uint256(bytes32(metadata[68:100]));
    }

    /// @notice The signature as the precompiles want it: 16 zero bytes before each coordinate.
    function signature(bytes calldata metadata) internal pure returns (Bls12381.G1Point memory) {
        return Bls12381.G1Point({
            xHigh: bytes32(uint256(uint128(bytes16(metadata[100:116])))),
            xLow: bytes32(metadata[116:148]),
            yHigh: bytes32(uint256(uint128(bytes16(metadata[148:164])))),
            yLow: bytes32(metadata[164:196])
        });
    }

    /// @notice What the signers must have signed for `metadata` to prove `message`: the digest of a checkpoint made for it.
    function digest(bytes calldata metadata, bytes calldata message) internal pure returns (bytes32) {
        return Checkpoint.unprefixedDigest(
            message.origin(), merkleTreeHook(metadata), root(metadata), index(metadata), message.id()
        );
    }
}
