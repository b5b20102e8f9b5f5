// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBlsMultisigIsm} from "../../interfaces/IBlsMultisigIsm.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {Bits} from "../../libraries/Bits.sol";
import {Bls12381} from "../../libraries/Bls12381.sol";
import {BlsKeyPage} from "../../libraries/BlsKeyPage.sol";
import {BlsKeySet} from "../../libraries/BlsKeySet.sol";
import {BlsMultisigMetadata} from "../../libraries/BlsMultisigMetadata.sol";

/// @title BlsMultisigIsm
/// @notice m of n validators, fixed for ever, by one aggregated BLS signature. See IBlsMultisigIsm.
/// @dev The set is in the module's own code (see the BlsKeySet library), the single keys are in pages (see BlsKeyPage), which
///      are read for those who did not sign, or for those who did if they are fewer.
contract BlsMultisigIsm is IBlsMultisigIsm, PackageVersioned {
    using Bls12381 for Bls12381.G1Point;
    using Bls12381 for Bls12381.G2Point;
    using BlsKeyPage for bytes;
    using BlsKeySet for BlsKeySet.Set;
    using BlsMultisigMetadata for bytes;

    bytes internal constant _SIGNATURE_DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

    /// @dev The address of the implementation, the same in every copy. What ends its own code is no validator set.
    address internal immutable _implementation = address(this);

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 129;
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        BlsKeySet.Set memory set = _set();
        if (metadata.length < BlsMultisigMetadata.LENGTH) revert MetadataTooShort(metadata.length);
        uint256 signers = metadata.signers();
        if (signers & ~set.everybody() != 0) revert UnknownSigner(signers, set.count);
        uint256 count = Bits.count(signers);
        if (count < set.threshold) revert NotEnoughSigners(count, set.threshold);

        Bls12381.G2Point memory negatedKey = _negatedKeyOf(set, signers, count);
        if (negatedKey.isInfinity()) revert KeysCancelOut();
        Bls12381.G1Point memory hashed =
            Bls12381.hashToG1(abi.encodePacked(metadata.digest(message)), _SIGNATURE_DOMAIN);
        if (!metadata.signature().isValidSignatureOfNegated(hashed, negatedKey)) revert InvalidSignature();
        return true;
    }

    /// @inheritdoc IBlsMultisigIsm
    function threshold() external view returns (uint256) {
        return _set().threshold;
    }

    /// @inheritdoc IBlsMultisigIsm
    function validators() external view returns (address[] memory all) {
        BlsKeySet.Set memory set = _set();
        all = new address[](set.count);
        bytes memory page;
        for (uint256 i; i < set.count; ++i) {
            uint256 entry = i % BlsKeyPage.CAPACITY;
            if (entry == 0) page = _page(set, i);
            all[i] = page.validatorAt(entry);
        }
    }

    /// @inheritdoc IBlsMultisigIsm
    function keys() external view returns (Bls12381.G2Point[] memory all) {
        BlsKeySet.Set memory set = _set();
        all = new Bls12381.G2Point[](set.count);
        bytes memory page;
        for (uint256 i; i < set.count; ++i) {
            uint256 entry = i % BlsKeyPage.CAPACITY;
            if (entry == 0) page = _page(set, i);
            all[i] = page.keyAt(entry);
        }
    }

    function _set() internal view returns (BlsKeySet.Set memory) {
        if (address(this) == _implementation) revert NoValidators();
        return BlsKeySet.read();
    }

    /// @dev The code of the page of a position.
    function _page(BlsKeySet.Set memory set, uint256 position) internal view returns (bytes memory) {
        return address(uint160(set.pages[position / BlsKeyPage.CAPACITY])).code;
    }

    /// @dev The sum of the signers' keys, negated: that of the set plus the keys of those who did not sign.
    function _negatedKeyOf(BlsKeySet.Set memory set, uint256 signers, uint256 count)
        internal
        view
        returns (Bls12381.G2Point memory)
    {
        if (2 * count >= set.count) {
            return BlsKeyPage.sum(set.negatedAggregate, set.pages, signers ^ set.everybody());
        }
        Bls12381.G2Point memory infinity;
        return BlsKeyPage.sum(infinity, set.pages, signers).negate();
    }
}
