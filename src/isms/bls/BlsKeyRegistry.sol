// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBlsKeyRegistry} from "../../interfaces/IBlsKeyRegistry.sol";
import {Bls12381} from "../../libraries/Bls12381.sol";

/// @title BlsKeyRegistry
/// @notice Which validator a BLS key belongs to. See IBlsKeyRegistry.
contract BlsKeyRegistry is IBlsKeyRegistry, PackageVersioned {
    using Bls12381 for Bls12381.G1Point;
    using Bls12381 for Bls12381.G2Point;

    bytes internal constant _PROOF_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
    bytes32 internal constant _CONSENT_DOMAIN = keccak256("CAUSEWAY_BLS_KEY");

    /// @inheritdoc IBlsKeyRegistry
    mapping(bytes32 keyHash => address validator) public validatorOf;

    /// @inheritdoc IBlsKeyRegistry
    function register(
        address validator,
        Bls12381.G2Point calldata key,
        Bls12381.G1Point calldata proofOfPossession,
        bytes calldata signature
    ) external {
        bytes memory encodedKey = abi.encode(key);
        bytes32 keyHash = keccak256(encodedKey);
        if (validatorOf[keyHash] != address(0)) revert AlreadyRegistered(keyHash, validatorOf[keyHash]);
        if (key.isInfinity()) revert KeyAtInfinity();
        bytes32 consent = MessageHashUtils.toEthSignedMessageHash(keccak256(abi.encode(_CONSENT_DOMAIN, keyHash)));
        address signer = ECDSA.recoverCalldata(consent, signature);
        if (signer != validator) revert NotTheValidator(signer, validator);
        Bls12381.G1Point memory hashed = Bls12381.hashToG1(abi.encodePacked(encodedKey, validator), _PROOF_DOMAIN);
        if (!proofOfPossession.isValidSignature(hashed, key)) revert InvalidProofOfPossession(keyHash, validator);

        validatorOf[keyHash] = validator;
        emit KeyRegistered(validator, keyHash, key);
    }
}
