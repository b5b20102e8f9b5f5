// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "src/interfaces/IMailbox.sol";

import {BaseTest} from "./BaseTest.sol";
import {BatchReference} from "./BatchReference.sol";
import {Reference} from "./Reference.sol";

/// @notice Batches of real messages, with real signatures over the root that all of them are under.
abstract contract BatchTest is BaseTest {
    uint256 internal constant BLOCK = 1234;
    uint256 internal constant GAS = 200_000;

    bytes[] internal messages;
    bytes32[] internal leaves;

    function setUp() public virtual override {
        super.setUp();
        vm.roll(BLOCK);
    }

    /* ---------------------------------------------------- batches --------------------------------------------------- */

    function _send(address to, bytes memory body) internal returns (bytes32 id) {
        bytes memory message = _dispatch(to, body);
        id = keccak256(message);
        messages.push(message);
        leaves.push(id);
    }

    function _sendThree() internal {
        _send(address(recipient), "one");
        _send(address(recipient), "two");
        _send(address(recipient), "three");
    }

    /// @dev Metadata for these messages, signed by a quorum over the newest root.
    function _proofOf(uint256[] memory indices) internal view returns (bytes memory) {
        Reference.Checkpoint memory c = _latestCheckpoint(messages[messages.length - 1]);
        bytes memory signatures = _signatures(Reference.checkpointHash(c), _keys(0, 1));
        return BatchReference.metadata(c, BatchReference.siblings(leaves, indices), signatures);
    }

    function _indices(uint256 first, uint256 count) internal pure returns (uint256[] memory indices) {
        indices = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            indices[i] = first + i;
        }
    }

    /// @dev Of neighbours.
    function _group(uint256 first, uint256 count) internal view returns (bytes memory) {
        return BatchReference.group(count, GAS, _proofOf(_indices(first, count)));
    }

    /// @dev Of one, which `verify` gets: metadata of its own checkpoint's kind.
    function _alone(uint256 index, uint256 gasLimit) internal view returns (bytes memory) {
        return BatchReference.group(1, gasLimit, _metadataOf(index));
    }

    function _metadataOf(uint256 index) internal view returns (bytes memory) {
        bytes32[] memory before = new bytes32[](index + 1);
        for (uint256 i; i <= index; ++i) {
            before[i] = leaves[i];
        }
        Reference.Checkpoint memory c = Reference.Checkpoint({
            origin: ORIGIN,
            tree: Reference.addr32(address(originTree)),
            root: Reference.root(before),
            index: uint32(index),
            messageId: leaves[index]
        });
        return bytes.concat(Reference.messageIdMetadata(c), _signatures(Reference.checkpointHash(c), _keys(0, 1)));
    }

    function _processBatch(bytes memory groups) internal {
        vm.prank(relayer);
        destinationMailbox.processBatch(groups, messages);
    }

    function _expectDelivered(uint256 index, bool isDelivered) internal view {
        bytes32 id = leaves[index];
        assertEq(destinationMailbox.delivered(id), isDelivered);
        assertEq(destinationMailbox.processor(id), isDelivered ? relayer : address(0));
        assertEq(destinationMailbox.processedAt(id), isDelivered ? BLOCK : 0);
    }

    function _expectDelivery(uint256 index) internal {
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.Process(ORIGIN, Reference.addr32(alice), address(recipient));
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.ProcessId(leaves[index]);
    }

    function _expectFailure(uint256 index, bytes memory reason) internal {
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.ProcessFailed(leaves[index], reason);
    }
}
