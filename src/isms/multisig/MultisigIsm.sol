// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMultisigIsm} from "../../interfaces/IMultisigIsm.sol";
import {ValidatorSignatures} from "../../libraries/ValidatorSignatures.sol";

/// @title MultisigIsm
/// @notice m of n validators, wherever the set is kept and whatever they sign. See IMultisigIsm.
abstract contract MultisigIsm is IMultisigIsm, PackageVersioned {
    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        (address[] memory validators_, uint256 threshold_) = _set();
        if (threshold_ == 0) revert ValidatorSignatures.NoValidators();
        uint256 count = signatureCount(metadata);
        if (count < threshold_) revert ValidatorSignatures.NotEnoughSignatures(count, threshold_);

        bytes32 digest = _digest(metadata, message);
        ValidatorSignatures.requireQuorum(validators_, threshold_, digest, metadata, _signaturesOffset());
        return true;
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

    /// @dev The validators in their order, and how many must sign; zero if none is set.
    function _set() internal view virtual returns (address[] memory validators, uint256 threshold);

    /// @dev The digest that the validators must have signed for `metadata` to prove `message`.
    function _digest(bytes calldata metadata, bytes calldata message) internal pure virtual returns (bytes32);

    /// @dev Where the signatures begin in the metadata.
    function _signaturesOffset() internal pure virtual returns (uint256);
}
