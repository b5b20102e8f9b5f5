// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reference} from "../../../kit/Reference.sol";
import {MultisigIsmTest} from "./MultisigIsmTest.sol";

/// @notice What holds for every multisig whose validators sign the message's own checkpoint.
abstract contract MessageIdTest is MultisigIsmTest {
    function _signedIndex() internal pure virtual override returns (uint32) {
        return INDEX;
    }

    function _head(Reference.Checkpoint memory c) internal pure virtual override returns (bytes memory) {
        return Reference.messageIdMetadata(c);
    }

    function test_verify_underACheckpointOfAnotherMessage_reverts() public {
        // Attempt: the message is under the root of a later checkpoint, but that one was signed for another message.
        (bytes32 root, uint32 index) = originTree.latestCheckpoint();
        Reference.Checkpoint memory later =
            Reference.Checkpoint(ORIGIN, checkpoint.tree, root, index, leaves[MESSAGES - 1]);
        bytes32 signedHash = Reference.checkpointHash(later);
        bytes memory metadata = bytes.concat(_head(later), _signatures(signedHash, validatorKeys));
        later.messageId = keccak256(message);
        vm.expectRevert(_notAValidator(0, _recovered(validatorKeys[0], signedHash, Reference.checkpointHash(later))));
        module.verify(metadata, message);
    }

    function test_verify_merkleRootMetadata_reverts() public {
        // Attempt: metadata of the other kind over the very same checkpoint.
        bytes memory metadata = bytes.concat(
            Reference.merkleRootMetadata(checkpoint, INDEX, Reference.proof(leaves, INDEX)),
            _signatures(_hash(), validatorKeys)
        );
        _assertNeverVerifies(metadata, message);
    }
}
