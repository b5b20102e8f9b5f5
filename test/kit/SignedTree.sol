// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BatchReference} from "./BatchReference.sol";
import {ModuleTest} from "./ModuleTest.sol";
import {Reference} from "./Reference.sol";

/// @notice A tree of messages, the checkpoint of its last leaf, and a choice of the messages: what a batch is proven by.
abstract contract SignedTree is ModuleTest {
    uint256 internal constant MAX_MESSAGES = 20;

    /// @dev Everything that metadata is made of, to be tampered with.
    struct Proof {
        Reference.Checkpoint signed;
        bytes[] messages;
        uint256[] indices;
        bytes siblings;
        bytes signatures;
    }

    bytes32[] internal leaves;

    /// @dev Of `1 + seed % MAX_MESSAGES` messages those whose bit is set in `choice`, and the last one if none is.
    function _proof(uint256 seed, uint256 choice) internal returns (Proof memory proof) {
        uint256 size = 1 + (seed % MAX_MESSAGES);
        delete leaves;
        proof.messages = new bytes[](size);
        proof.indices = new uint256[](size);
        uint256 count;
        for (uint256 i; i < size; ++i) {
            bytes memory message = _message(uint32(i), ORIGIN, abi.encode(seed, i));
            leaves.push(keccak256(message));
            if ((choice >> i) % 2 == 0 && !(i == size - 1 && count == 0)) continue;
            (proof.messages[count], proof.indices[count]) = (message, i);
            ++count;
        }
        _cut(proof, count);
        proof.siblings = BatchReference.siblings(leaves, proof.indices);
        proof.signed = Reference.Checkpoint({
            origin: ORIGIN,
            tree: Reference.addr32(address(originTree)),
            root: Reference.root(leaves),
            index: uint32(size - 1),
            messageId: leaves[size - 1]
        });
        proof.signatures = _signatures(Reference.checkpointHash(proof.signed), _keys(0, 1));
    }

    /// @dev The first `count` messages are left.
    function _cut(Proof memory proof, uint256 count) internal pure {
        (bytes[] memory messages, uint256[] memory indices) = (proof.messages, proof.indices);
        assembly ("memory-safe") {
            mstore(messages, count)
            mstore(indices, count)
        }
    }

    function _encode(Proof memory proof) internal pure returns (bytes memory) {
        return BatchReference.metadata(proof.signed, proof.siblings, proof.signatures);
    }
}
