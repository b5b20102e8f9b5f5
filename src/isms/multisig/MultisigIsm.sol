// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBatchInterchainSecurityModule} from "../../interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMultisigIsm} from "../../interfaces/IMultisigIsm.sol";
import {MultisigBatchMetadata} from "../../libraries/MultisigBatchMetadata.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";

/// @title MultisigIsm
/// @notice m of n validators, wherever the set is kept and whatever they sign. See IMultisigIsm.
abstract contract MultisigIsm is IMultisigIsm, IBatchInterchainSecurityModule, PackageVersioned {
    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        // Metadata too short to have a digest has no signatures either.
        bytes32 digest = signatureCount(metadata) == 0 ? bytes32(0) : _digest(metadata, message);
        return _verify(digest, metadata, _signaturesOffset());
    }

    /// @inheritdoc IBatchInterchainSecurityModule
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external view returns (bool) {
        bytes32 digest = MultisigBatchMetadata.digest(metadata, messages);
        return _verify(digest, metadata, MultisigBatchMetadata.signaturesOffset(metadata));
    }

    /// @inheritdoc IMultisigIsm
    function validatorsAndThreshold(bytes calldata) external view returns (address[] memory, uint8) {
        (address[] memory validators_, uint256 threshold_) = _set();
        // forge-lint: disable-next-line(unsafe-typecast) it is taken as a uint8 when it is set
        return (validators_, uint8(threshold_));
    }

    /// @inheritdoc IMultisigIsm
    function signatureCount(bytes calldata metadata) public pure returns (uint256) {
        return ValidatorSignatures.count(metadata, _signaturesOffset());
    }

    /// @dev Whether the signatures in `metadata` from `offset` on are a quorum's over `digest`.
    function _verify(bytes32 digest, bytes calldata metadata, uint256 offset) internal view returns (bool) {
        (address[] memory validators_, uint256 threshold_) = _set();
        if (threshold_ == 0) revert ValidatorSignatures.NoValidators();
        uint256 count = ValidatorSignatures.count(metadata, offset);
        if (count < threshold_) revert ValidatorSignatures.NotEnoughSignatures(count, threshold_);
        ValidatorSignatures.requireQuorum(validators_, threshold_, digest, metadata[offset:]);
        return true;
    }

    /// @dev The validators in their order, and how many must sign; zero if none is set.
    function _set() internal view virtual returns (address[] memory validators, uint256 threshold);

    /// @dev The digest that the validators must have signed for `metadata` to prove `message`.
    function _digest(bytes calldata metadata, bytes calldata message) internal pure virtual returns (bytes32);

    /// @dev Where the signatures begin in the metadata.
    function _signaturesOffset() internal pure virtual returns (uint256);
}
