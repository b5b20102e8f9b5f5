// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {MerkleRootMultisigMetadata} from "../../libraries/MerkleRootMultisigMetadata.sol";
import {StaticMultisigIsm} from "./StaticMultisigIsm.sol";

/// @title StaticMerkleRootMultisigIsm
/// @notice Verifies a message by its Merkle proof under any later checkpoint that the validators signed.
contract StaticMerkleRootMultisigIsm is StaticMultisigIsm {
    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 4;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        return MerkleRootMultisigMetadata.digest(metadata, message);
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MerkleRootMultisigMetadata.SIGNATURES_OFFSET;
    }
}
