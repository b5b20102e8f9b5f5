// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {MerkleRootMultisigMetadata} from "../../libraries/MerkleRootMultisigMetadata.sol";
import {StaticWeightedMultisigIsm} from "./StaticWeightedMultisigIsm.sol";

/// @title StaticMerkleRootWeightedMultisigIsm
/// @notice As StaticMerkleRootMultisigIsm, with validators that count by their weight.
contract StaticMerkleRootWeightedMultisigIsm is StaticWeightedMultisigIsm {
    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 9;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        return MerkleRootMultisigMetadata.digest(metadata, message);
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MerkleRootMultisigMetadata.SIGNATURES_OFFSET;
    }
}
