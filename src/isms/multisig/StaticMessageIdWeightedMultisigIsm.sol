// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {MessageIdMultisigMetadata} from "../../libraries/MessageIdMultisigMetadata.sol";
import {StaticWeightedMultisigIsm} from "./StaticWeightedMultisigIsm.sol";

/// @title StaticMessageIdWeightedMultisigIsm
/// @notice As StaticMessageIdMultisigIsm, with validators that count by their weight.
contract StaticMessageIdWeightedMultisigIsm is StaticWeightedMultisigIsm {
    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 10;
    }

    function _digest(bytes calldata metadata, bytes calldata message) internal pure override returns (bytes32) {
        return MessageIdMultisigMetadata.digest(metadata, message);
    }

    function _signaturesOffset() internal pure override returns (uint256) {
        return MessageIdMultisigMetadata.SIGNATURES_OFFSET;
    }
}
