// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBatchInterchainSecurityModule} from "src/interfaces/IBatchInterchainSecurityModule.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {DeliveryGroups} from "src/libraries/DeliveryGroups.sol";

import {BatchReference} from "../../kit/BatchReference.sol";
import {Reference} from "../../kit/Reference.sol";
import {Shipped} from "../../kit/Shipped.sol";
import {VectorTest} from "../../kit/VectorTest.sol";

/// @notice Both layouts of a batch against the vectors: groups, and what proves one of them.
contract BatchMetadataTest is VectorTest {
    function _file() internal pure override returns (string memory) {
        return "batch.json";
    }

    function next(bytes calldata groups) external pure returns (uint256, uint256, bytes memory, bytes memory) {
        return DeliveryGroups.next(groups);
    }

    function test_vectors_groups() public view {
        bytes[] memory groupings = _bytes(".groupings");
        uint256[] memory row = _uints(".groups.row");
        uint256[] memory counts = _uints(".groups.count");
        uint256[] memory gasLimits = _uints(".groups.gasLimit");
        bytes[] memory metadata = _bytes(".groups.metadata");
        _sameLength(counts.length, metadata.length);
        uint256 read;
        for (uint256 i; i < groupings.length; ++i) {
            bytes memory rest = groupings[i];
            bytes memory again;
            while (rest.length != 0) {
                uint256 count;
                uint256 gasLimit;
                bytes memory found;
                (count, gasLimit, found, rest) = this.next(rest);
                assertEq(row[read], i);
                assertEq(count, counts[read]);
                assertEq(gasLimit, gasLimits[read]);
                assertEq(found, metadata[read]);
                again = bytes.concat(again, BatchReference.group(count, gasLimit, found));
                ++read;
            }
            assertEq(again, groupings[i]);
        }
        assertEq(read, counts.length);
    }

    function test_vectors_groupsRejected() public {
        bytes[] memory encoded = _bytes(".groupsRejected.encoded");
        assertGt(encoded.length, 0);
        for (uint256 i; i < encoded.length; ++i) {
            vm.expectRevert(bytes(""));
            this.all(encoded[i]);
        }
    }

    function all(bytes calldata groups) external pure {
        while (groups.length != 0) {
            (,,, groups) = DeliveryGroups.next(groups);
        }
    }

    function test_vectors_multisig() public {
        IStaticAddressSetFactory[2] memory factories =
            [Shipped.messageIdMultisigIsmFactory(), Shipped.merkleRootMultisigIsmFactory()];
        address[] memory validators = _addresses(".validators");
        bytes[] memory encoded = _bytes(".multisig.encoded");
        uint256[] memory signers = _uints(".multisig.signerCount");
        _sameLength(encoded.length, signers.length);
        for (uint256 i; i < encoded.length; ++i) {
            bytes[] memory messages = _chosen(i);
            assertEq(_again(i), encoded[i]);
            for (uint256 j; j < 2; ++j) {
                address module = factories[j].deploy(validators, uint8(signers[i]));
                assertTrue(IBatchInterchainSecurityModule(module).verifyBatch(encoded[i], messages));
            }
        }
    }

    /// @dev Row `i`, from its fields, and the siblings from the tree.
    function _again(uint256 i) internal view returns (bytes memory) {
        bytes[] memory sent = _bytes(".messages");
        bytes memory chosen = _bytes(".multisig.chosen")[i];
        bytes32[] memory leaves = new bytes32[](_uints(".multisig.signedIndex")[i] + 1);
        uint256[] memory indices = new uint256[](chosen.length);
        for (uint256 j; j < leaves.length; ++j) {
            leaves[j] = keccak256(sent[j]);
        }
        for (uint256 j; j < chosen.length; ++j) {
            indices[j] = uint8(chosen[j]);
        }
        bytes memory siblings = BatchReference.siblings(leaves, indices);
        assertEq(siblings, _bytes(".multisig.siblings")[i]);
        assertEq(Reference.root(leaves), _words(".multisig.root")[i]);
        Reference.Checkpoint memory c = Reference.Checkpoint({
            origin: 0,
            tree: Reference.addr32(_addresses(".multisig.merkleTreeHook")[i]),
            root: 0,
            index: uint32(leaves.length - 1),
            messageId: leaves[leaves.length - 1]
        });
        return BatchReference.metadata(c, siblings, _bytes(".multisig.signatures")[i]);
    }

    function _chosen(uint256 i) internal view returns (bytes[] memory messages) {
        bytes[] memory sent = _bytes(".messages");
        bytes memory chosen = _bytes(".multisig.chosen")[i];
        messages = new bytes[](chosen.length);
        for (uint256 j; j < chosen.length; ++j) {
            messages[j] = sent[uint8(chosen[j])];
        }
    }
}
