// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBatchInterchainSecurityModule} from "../../interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IWeightedMultisigIsm} from "../../interfaces/IWeightedMultisigIsm.sol";
import {MultisigBatchMetadata} from "../../libraries/MultisigBatchMetadata.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";

/// @title WeightedMultisigIsm
/// @notice Validators with weights, wherever the set is kept and whatever they sign. See IWeightedMultisigIsm.
abstract contract WeightedMultisigIsm is IWeightedMultisigIsm, IBatchInterchainSecurityModule, PackageVersioned {
    using ValidatorSignatures for uint256;

    /// @inheritdoc IWeightedMultisigIsm
    uint96 public constant TOTAL_WEIGHT = 1e10;

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        // Metadata too short to have a digest has no signatures either.
        bytes32 digest = signatureCount(metadata) == 0 ? bytes32(0) : _digest(metadata, message);
        return _verify(digest, metadata, _signaturesOffset(), message);
    }

    /// @inheritdoc IBatchInterchainSecurityModule
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external view returns (bool) {
        // All of them are from one origin, whose validators are the first one's too.
        bytes32 digest = MultisigBatchMetadata.digest(metadata, messages);
        return _verify(digest, metadata, MultisigBatchMetadata.signaturesOffset(metadata), messages[0]);
    }

    /// @inheritdoc IWeightedMultisigIsm
    function validatorsAndThresholdWeight(bytes calldata message)
        external
        view
        returns (ValidatorInfo[] memory, uint96)
    {
        (uint256[] memory validators, uint256 threshold) = _set(message);
        // forge-lint: disable-next-line(unsafe-typecast) it is taken as a uint96 when it is set
        return (_infos(validators), uint96(threshold));
    }

    /// @inheritdoc IWeightedMultisigIsm
    function signatureCount(bytes calldata metadata) public pure returns (uint256) {
        return ValidatorSignatures.count(metadata, _signaturesOffset());
    }

    /// @dev Whether those who made the signatures in `metadata` from `offset` on, over `digest`, weigh enough to decide on
    ///      `message`.
    function _verify(bytes32 digest, bytes calldata metadata, uint256 offset, bytes calldata message)
        internal
        view
        returns (bool)
    {
        (uint256[] memory validators, uint256 threshold) = _set(message);
        if (threshold == 0) revert ValidatorSignatures.NoValidators();
        if (ValidatorSignatures.count(metadata, offset) == 0) revert ValidatorSignatures.NotEnoughSignatures(0, 1);
        ValidatorSignatures.requireWeight(validators, threshold, digest, metadata[offset:]);
        return true;
    }

    /// @dev The validators of the origin of a message, in their order, as words of uint96 weight ‖ address, and what those who
    ///      sign must weigh; zero if none is set.
    function _set(bytes calldata message) internal view virtual returns (uint256[] memory validators, uint256 threshold);

    function _infos(uint256[] memory validators) internal pure returns (ValidatorInfo[] memory infos) {
        infos = new ValidatorInfo[](validators.length);
        for (uint256 i; i < validators.length; ++i) {
            infos[i] = ValidatorInfo({signingAddress: validators[i].addressOf(), weight: validators[i].weightOf()});
        }
    }

    /// @dev The digest that the validators must have signed for `metadata` to prove `message`.
    function _digest(bytes calldata metadata, bytes calldata message) internal pure virtual returns (bytes32);

    /// @dev Where the signatures begin in the metadata.
    function _signaturesOffset() internal pure virtual returns (uint256);
}
