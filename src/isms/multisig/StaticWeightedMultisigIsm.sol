// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBatchInterchainSecurityModule} from "../../interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IWeightedMultisigIsm} from "../../interfaces/IWeightedMultisigIsm.sol";
import {CodeSet} from "../../libraries/CodeSet.sol";
import {MultisigBatchMetadata} from "../../libraries/MultisigBatchMetadata.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";

/// @title StaticWeightedMultisigIsm
/// @notice Validators with weights, fixed for ever in the module's own code (see the CodeSet library): a word per validator,
///         uint96 weight ‖ address.
abstract contract StaticWeightedMultisigIsm is IWeightedMultisigIsm, IBatchInterchainSecurityModule, PackageVersioned {
    using ValidatorSignatures for uint256;

    /// @inheritdoc IWeightedMultisigIsm
    uint96 public constant TOTAL_WEIGHT = 1e10;

    /// @dev The address of the implementation, the same in every copy. What ends its own code is no validator set.
    address internal immutable _implementation = address(this);

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        (uint256[] memory validators, uint256 threshold) = _set();
        if (threshold == 0) revert ValidatorSignatures.NoValidators();
        uint256 count = signatureCount(metadata);
        if (count == 0) revert ValidatorSignatures.NotEnoughSignatures(0, 1);

        bytes32 digest = _digest(metadata, message);
        ValidatorSignatures.requireWeight(validators, threshold, digest, metadata[_signaturesOffset():]);
        return true;
    }

    /// @inheritdoc IBatchInterchainSecurityModule
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external view returns (bool) {
        (uint256[] memory validators, uint256 threshold) = _set();
        if (threshold == 0) revert ValidatorSignatures.NoValidators();
        uint256 offset = MultisigBatchMetadata.signaturesOffset(metadata);

        bytes32 digest = MultisigBatchMetadata.digest(metadata, messages);
        ValidatorSignatures.requireWeight(validators, threshold, digest, metadata[offset:]);
        return true;
    }

    /// @inheritdoc IWeightedMultisigIsm
    function validatorsAndThresholdWeight(bytes calldata) external view returns (ValidatorInfo[] memory, uint96) {
        (uint256[] memory validators, uint256 threshold) = _set();
        ValidatorInfo[] memory infos = new ValidatorInfo[](validators.length);
        for (uint256 i; i < validators.length; ++i) {
            infos[i] = ValidatorInfo({signingAddress: validators[i].addressOf(), weight: validators[i].weightOf()});
        }
        // forge-lint: disable-next-line(unsafe-typecast) the factory takes it as a uint96
        return (infos, uint96(threshold));
    }

    /// @inheritdoc IWeightedMultisigIsm
    function signatureCount(bytes calldata metadata) public pure returns (uint256) {
        return ValidatorSignatures.count(metadata, _signaturesOffset());
    }

    function _set() internal view returns (uint256[] memory, uint256) {
        if (address(this) == _implementation) return (new uint256[](0), 0);
        return CodeSet.read();
    }

    /// @dev The digest that the validators must have signed for `metadata` to prove `message`.
    function _digest(bytes calldata metadata, bytes calldata message) internal pure virtual returns (bytes32);

    /// @dev Where the signatures begin in the metadata.
    function _signaturesOffset() internal pure virtual returns (uint256);
}
