// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "src/libraries/Bls12381.sol";

import {Reference} from "./Reference.sol";

/// @title BlsReference
/// @notice What holders of BLS secrets do: real keys and real signatures, by the multiplications of EIP-2537, which src does not use.
library BlsReference {
    /// @dev Order of both groups.
    uint256 internal constant ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    bytes internal constant SIGNATURE_DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
    bytes internal constant PROOF_DOMAIN = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

    function generator() internal pure returns (Bls12381.G2Point memory) {
        return Bls12381.G2Point({
            x0High: bytes32(uint256(0x024aa2b2f08f0a91260805272dc51051)),
            x0Low: 0xc6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8,
            x1High: bytes32(uint256(0x13e02b6052719f607dacd3a088274f65)),
            x1Low: 0x596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e,
            y0High: bytes32(uint256(0x0ce5d527727d6e118cc9cdc6da2e351a)),
            y0Low: 0xadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801,
            y1High: bytes32(uint256(0x0606c4a02ea734cc32acd2b02bc28b99)),
            y1Low: 0xcb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be
        });
    }

    function multiply(Bls12381.G1Point memory point, uint256 scalar) internal view returns (Bls12381.G1Point memory) {
        (bool success, bytes memory output) = address(0x0c).staticcall(abi.encode(point, scalar));
        require(success && output.length == 128, "G1MSM");
        return abi.decode(output, (Bls12381.G1Point));
    }

    function multiply(Bls12381.G2Point memory point, uint256 scalar) internal view returns (Bls12381.G2Point memory) {
        (bool success, bytes memory output) = address(0x0e).staticcall(abi.encode(point, scalar));
        require(success && output.length == 256, "G2MSM");
        return abi.decode(output, (Bls12381.G2Point));
    }

    function publicKey(uint256 secret) internal view returns (Bls12381.G2Point memory) {
        return multiply(generator(), secret);
    }

    function sign(uint256 secret, bytes32 digest) internal view returns (Bls12381.G1Point memory) {
        return multiply(Bls12381.hashToG1(abi.encodePacked(digest), SIGNATURE_DOMAIN), secret);
    }

    function prove(uint256 secret, address validator) internal view returns (Bls12381.G1Point memory) {
        bytes memory message = abi.encodePacked(abi.encode(publicKey(secret)), validator);
        return multiply(Bls12381.hashToG1(message, PROOF_DOMAIN), secret);
    }

    function keyHash(Bls12381.G2Point memory key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }

    /// @notice What the validator signs with its ECDSA key to agree to a BLS key, EIP-191 prefix included.
    function consentHash(Bls12381.G2Point memory key) internal pure returns (bytes32) {
        return Reference.ethSigned(keccak256(bytes.concat(keccak256("CAUSEWAY_BLS_KEY"), keyHash(key))));
    }

    /// @notice x and y of 48 bytes each.
    function compact(Bls12381.G1Point memory point) internal pure returns (bytes memory) {
        return abi.encodePacked(uint128(uint256(point.xHigh)), point.xLow, uint128(uint256(point.yHigh)), point.yLow);
    }

    function metadata(Reference.Checkpoint memory c, uint256 signers, Bls12381.G1Point memory signature)
        internal
        pure
        returns (bytes memory)
    {
        return bytes.concat(c.tree, c.root, bytes4(c.index), bytes32(signers), compact(signature));
    }
}
