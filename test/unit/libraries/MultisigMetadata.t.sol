// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {MerkleRootMultisigMetadata} from "src/libraries/MerkleRootMultisigMetadata.sol";
import {MessageIdMultisigMetadata} from "src/libraries/MessageIdMultisigMetadata.sol";

import {Reference} from "../../kit/Reference.sol";
import {VectorTest} from "../../kit/VectorTest.sol";
import {Shipped} from "../../kit/Shipped.sol";

/// @notice Both layouts against the vectors, field by field and as a whole: the real modules verify them.
contract MultisigMetadataTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "metadata.json";
    }

    function messageIdFields(bytes calldata metadata) external pure returns (bytes32 tree, bytes32 root, uint32 index) {
        tree = MessageIdMultisigMetadata.merkleTreeHook(metadata);
        root = MessageIdMultisigMetadata.root(metadata);
        index = MessageIdMultisigMetadata.index(metadata);
    }

    function merkleRootFields(bytes calldata metadata)
        external
        pure
        returns (bytes32 tree, uint32 messageIndex, bytes32 signedId, bytes32[32] memory proof, uint32 signedIndex)
    {
        tree = MerkleRootMultisigMetadata.merkleTreeHook(metadata);
        messageIndex = MerkleRootMultisigMetadata.messageIndex(metadata);
        signedId = MerkleRootMultisigMetadata.signedMessageId(metadata);
        proof = MerkleRootMultisigMetadata.proof(metadata);
        signedIndex = MerkleRootMultisigMetadata.signedIndex(metadata);
    }

    function test_vectors_messageId_fields() public view {
        bytes[] memory encoded = _bytes(".messageId.encoded");
        bytes[] memory signatures = _bytes(".messageId.signatures");
        address[] memory trees = _addresses(".messageId.merkleTreeHook");
        bytes32[] memory roots = _words(".messageId.root");
        uint256[] memory indices = _uints(".messageId.index");
        _sameLength(encoded.length, indices.length);
        for (uint256 i; i < encoded.length; ++i) {
            (bytes32 tree, bytes32 root, uint32 index) = this.messageIdFields(encoded[i]);
            assertEq(tree, Reference.addr32(trees[i]));
            assertEq(root, roots[i]);
            assertEq(index, indices[i]);
            Reference.Checkpoint memory c = Reference.Checkpoint(0, tree, root, index, 0);
            assertEq(bytes.concat(Reference.messageIdMetadata(c), signatures[i]), encoded[i]);
        }
    }

    function test_vectors_merkleRoot_fields() public view {
        bytes[] memory encoded = _bytes(".merkleRoot.encoded");
        bytes[] memory signatures = _bytes(".merkleRoot.signatures");
        _sameLength(encoded.length, signatures.length);
        for (uint256 i; i < encoded.length; ++i) {
            (bytes32 tree, uint32 index, bytes32 signedId, bytes32[32] memory proof, uint32 signedIndex) =
                this.merkleRootFields(encoded[i]);
            assertEq(tree, Reference.addr32(_addresses(".merkleRoot.merkleTreeHook")[i]));
            assertEq(index, _uints(".merkleRoot.messageIndex")[i]);
            assertEq(signedId, _words(".merkleRoot.signedMessageId")[i]);
            assertEq(abi.encode(proof), _bytes(".merkleRoot.proof")[i]);
            assertEq(signedIndex, _uints(".merkleRoot.signedIndex")[i]);
            Reference.Checkpoint memory c = Reference.Checkpoint(0, tree, 0, signedIndex, signedId);
            assertEq(bytes.concat(Reference.merkleRootMetadata(c, index, proof), signatures[i]), encoded[i]);
        }
    }

    function test_vectors_messageId_verify() public {
        _verifyAll(Shipped.messageIdMultisigIsmFactory(), ".messageId");
    }

    function test_vectors_merkleRoot_verify() public {
        _verifyAll(Shipped.merkleRootMultisigIsmFactory(), ".merkleRoot");
    }

    function _verifyAll(IStaticAddressSetFactory factory, string memory table) internal {
        address[] memory validators = _addresses(".validators");
        bytes[] memory messages = _bytes(string.concat(table, ".message"));
        bytes[] memory encoded = _bytes(string.concat(table, ".encoded"));
        uint256[] memory signers = _uints(string.concat(table, ".signerCount"));
        _sameLength(messages.length, signers.length);
        for (uint256 i; i < messages.length; ++i) {
            IMultisigIsm module = IMultisigIsm(factory.deploy(validators, uint8(signers[i])));
            assertEq(module.signatureCount(encoded[i]), signers[i]);
            assertTrue(module.verify(encoded[i], messages[i]));
        }
    }
}
