// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "../libraries/Bls12381.sol";

/// @title IBlsKeyRegistry
/// @notice Which validator a BLS key belongs to. A key is in here only if somebody proved to have its secret and its
///         validator agreed.
/// @dev Both are needed. Signatures of several keys are verified against the sum of the keys: without the proof somebody
///      could register "the key that makes the sum mine". Without the validator's word somebody could register a key of his
///      own for it. There is no owner, and nothing in here ever changes or ends.
///
///      G1 signatures over points hashed as by RFC 9380, `BLS12381G1_XMD:SHA-256_SSWU_RO_`, domain separation tag:
///
///      proof of possession: `BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_`, message: key (256 bytes) ‖ validator (20 bytes)
///
///      The validator's word is an EIP-191 signature, r ‖ s ‖ v, of the 32 bytes
///
///      keccak(keccak("CAUSEWAY_BLS_KEY") ‖ keccak(key))
///
///      Neither names a chain or a registry: whoever has both may register the key wherever its validator's signatures are
///      asked for.
interface IBlsKeyRegistry {
    /// @notice `key` belongs to `validator`, and from now on modules may name it.
    event KeyRegistered(address indexed validator, bytes32 indexed keyHash, Bls12381.G2Point key);

    /// @notice The key belongs to `validator` already; a key has one validator.
    error AlreadyRegistered(bytes32 keyHash, address validator);

    /// @notice The key is the point at infinity, for which everybody can sign.
    error KeyAtInfinity();

    /// @notice The proof was not made with the secret of this key, or for another validator.
    error InvalidProofOfPossession(bytes32 keyHash, address validator);

    /// @notice The account that agreed to the key is not the validator.
    error NotTheValidator(address signer, address validator);

    /// @notice Makes `key` a key of `validator`. Anyone may call. A validator may have several, and each module names which
    ///         it takes.
    /// @dev Warning: for ever. A key whose secret is lost or stolen stays; replace the modules that name it.
    ///      Reverts with `Bls12381.PrecompileFailed` if the key or the proof is no point of its group.
    /// @param validator Whose checkpoints the key signs; the address of its ECDSA key.
    /// @param key A point of G2.
    /// @param proofOfPossession By the secret of `key`, see above.
    /// @param signature By `validator`, see above.
    function register(
        address validator,
        Bls12381.G2Point calldata key,
        Bls12381.G1Point calldata proofOfPossession,
        bytes calldata signature
    ) external;

    /// @notice The validator that the key with this hash belongs to; zero if it is not registered.
    /// @param keyHash Keccak of the key's 256 bytes.
    function validatorOf(bytes32 keyHash) external view returns (address);
}
