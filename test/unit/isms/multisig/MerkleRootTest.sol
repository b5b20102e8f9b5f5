// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleRootMultisigMetadata} from "src/libraries/MerkleRootMultisigMetadata.sol";

import {Reference} from "../../../kit/Reference.sol";
import {MultisigIsmTest} from "./MultisigIsmTest.sol";

/// @notice What holds for every multisig whose validators sign a root, under which the message is proven.
abstract contract MerkleRootTest is MultisigIsmTest {
    /// @dev A later message's checkpoint covers the message.
    function _signedIndex() internal pure virtual override returns (uint32) {
        return MESSAGES - 1;
    }

    function _head(Reference.Checkpoint memory c) internal view virtual override returns (bytes memory) {
        return Reference.merkleRootMetadata(c, INDEX, Reference.proof(leaves, INDEX));
    }

    /// @dev What all validators signed, with another index and proof before it.
    function _withProof(uint32 index, bytes32[32] memory proof) internal view returns (bytes memory) {
        return bytes.concat(Reference.merkleRootMetadata(checkpoint, index, proof), _signatures(_hash(), validatorKeys));
    }

    function test_verify_eachMessageUnderTheSignedRoot() public {
        for (uint32 i; i < MESSAGES; ++i) {
            message =
                Reference.message(i, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), abi.encode(i));
            assertTrue(module.verify(_withProof(i, Reference.proof(leaves, i)), message));
        }
    }

    function testFuzz_verify_wrongIndex_reverts(uint32 index) public {
        vm.assume(index != INDEX);
        // Attempt: a good proof with other bits for left and right, to pass a message for another leaf.
        if (index > checkpoint.index) {
            _expectAfterCheckpoint(index);
            return;
        }
        _assertNeverVerifies(_withProof(index, Reference.proof(leaves, INDEX)), message);
    }

    function test_verify_eachProofBitAlone_reverts() public {
        for (uint32 bit; bit < 32; ++bit) {
            uint32 index = INDEX ^ (uint32(2) ** bit);
            if (index > checkpoint.index) _expectAfterCheckpoint(index);
            else _assertNeverVerifies(_withProof(index, Reference.proof(leaves, INDEX)), message);
        }
    }

    function test_verify_messageAfterTheCheckpoint_reverts() public {
        _expectAfterCheckpoint(checkpoint.index + 1);
        _expectAfterCheckpoint(type(uint32).max);
    }

    function test_verify_proofOfAnotherRoot_reverts() public {
        // Attempt: the proof under the tree as it was, and under one that has a leaf more.
        bytes32[] memory fewer = new bytes32[](INDEX + 1);
        for (uint256 i; i <= INDEX; ++i) {
            fewer[i] = leaves[i];
        }
        _assertNeverVerifies(_withProof(INDEX, Reference.proof(fewer, INDEX)), message);
        leaves.push(keccak256("one more"));
        _assertNeverVerifies(_withProof(INDEX, Reference.proof(leaves, INDEX)), message);
    }

    function test_verify_emptyProof_reverts() public {
        // Attempt (Nomad 2022): zeros for a proof, and a message that nobody dispatched.
        bytes32[32] memory zeros;
        _assertNeverVerifies(_withProof(0, zeros), message);
        bytes memory forged =
            Reference.message(0, ORIGIN, attacker, DESTINATION, Reference.addr32(address(recipient)), "");
        _assertNeverVerifies(_withProof(INDEX, Reference.proof(leaves, INDEX)), forged);
        _assertNeverVerifies(_withProof(0, zeros), forged);
    }

    function test_verify_nodeAsLeaf_reverts() public {
        // Attempt: the 64 bytes below an inner node as a message, whose id then is that node, with the node's siblings for a
        // proof. What they have at the place of the origin is what validators sign for here.
        bytes memory node = bytes.concat(leaves[2], leaves[3]);
        checkpoint.origin = uint32(bytes4(leaves[2] << (5 * 8)));
        bytes32[32] memory siblings = Reference.proof(leaves, 2);

        // 31 levels do lead from the node to the signed root:
        bytes32 root = keccak256(node);
        for (uint256 level = 1; level < 32; ++level) {
            root = (2 >> level) & 1 == 1 ? Reference.hash(siblings[level], root) : Reference.hash(root, siblings[level]);
        }
        assertEq(root, checkpoint.root);

        // but 32 do not, wherever the level that is missing is filled in.
        for (uint256 filled; filled < 32; ++filled) {
            bytes32[32] memory proof;
            for (uint256 level = 1; level < 32; ++level) {
                proof[level <= filled ? level - 1 : level] = siblings[level];
            }
            _assertNeverVerifies(_withProof(1, proof), node);
            _assertNeverVerifies(_withProof(2, proof), node);
        }
    }

    function test_verify_leafAsNode_reverts() public {
        // Attempt: the message's id as if it were a node one level up.
        bytes32[32] memory siblings = Reference.proof(leaves, INDEX);
        bytes32[32] memory moved;
        for (uint256 level = 1; level < 32; ++level) {
            moved[level - 1] = siblings[level];
        }
        _assertNeverVerifies(_withProof(INDEX >> 1, moved), message);
    }

    function test_verify_messageIdMetadata_reverts() public {
        // Attempt: metadata of the other kind over the message's own checkpoint.
        bytes memory metadata =
            bytes.concat(Reference.messageIdMetadata(checkpoint), _signatures(_hash(), validatorKeys));
        vm.expectRevert(_notEnough(0));
        module.verify(metadata, message);
        metadata = bytes.concat(metadata, new bytes(1300));
        _assertNeverVerifies(metadata, message);
    }

    function _expectAfterCheckpoint(uint32 index) internal {
        bytes memory metadata = _withProof(index, Reference.proof(leaves, INDEX));
        vm.expectRevert(
            abi.encodeWithSelector(MerkleRootMultisigMetadata.MessageAfterCheckpoint.selector, index, checkpoint.index)
        );
        module.verify(metadata, message);
    }
}
