// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {MessageIdMultisigMetadata} from "../../libraries/MessageIdMultisigMetadata.sol";
import {StorageMultisigIsm} from "./StorageMultisigIsm.sol";

/// @title StorageMessageIdMultisigIsm
/// @notice As StaticMessageIdMultisigIsm, with a set that an owner may change.
contract StorageMessageIdMultisigIsm is StorageMultisigIsm {
    /// @param owner_ May set validators and threshold.
    constructor(address owner_, address[] memory validators_, uint8 threshold_)
        StorageMultisigIsm(owner_, validators_, threshold_)
    {}

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
