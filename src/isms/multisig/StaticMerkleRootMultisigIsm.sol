// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {Checkpoint} from "../../libraries/Checkpoint.sol";
import {MerkleRootMultisigMetadata} from "../../libraries/MerkleRootMultisigMetadata.sol";
import {MerkleTree} from "../../libraries/MerkleTree.sol";
import {Message} from "../../libraries/Message.sol";
import {StaticMultisigIsm} from "./StaticMultisigIsm.sol";

/// @title StaticMerkleRootMultisigIsm
/// @notice Verifies a message by its Merkle proof under any later checkpoint that the validators signed.
/// @dev For the metadata's layout see the MerkleRootMultisigMetadata library.
contract StaticMerkleRootMultisigIsm is StaticMultisigIsm {
    using MerkleRootMultisigMetadata for bytes;
    using Message for bytes;

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 4;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        uint32 messageIndex = metadata.messageIndex();
        uint32 signedIndex = metadata.signedIndex();
        if (messageIndex > signedIndex) revert MessageAfterCheckpoint(messageIndex, signedIndex);

        bytes32 root = MerkleTree.branchRoot(message.id(), metadata.proof(), messageIndex);
        return
            Checkpoint.digest(
                message.origin(), metadata.merkleTreeHook(), root, signedIndex, metadata.signedMessageId()
            );
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MerkleRootMultisigMetadata.SIGNATURES_OFFSET;
    }
}
