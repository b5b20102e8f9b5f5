// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {MessageIdMultisigMetadata} from "../../libraries/MessageIdMultisigMetadata.sol";
import {StaticMultisigIsm} from "./StaticMultisigIsm.sol";

/// @title StaticMessageIdMultisigIsm
/// @notice Verifies a message by a checkpoint that was signed for this very message: no Merkle proof, the cheapest multisig.
contract StaticMessageIdMultisigIsm is StaticMultisigIsm {
    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 5;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        return MessageIdMultisigMetadata.digest(metadata, message);
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MessageIdMultisigMetadata.SIGNATURES_OFFSET;
    }
}
