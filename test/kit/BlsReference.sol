// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable gas-custom-errors
// A reference that fails is a fault of the test: a text says where.

import {Bls12381} from "src/libraries/Bls12381.sol";

import {Reference} from "./Reference.sol";

/// @title BlsReference
/// @notice What holders of BLS secrets do: real keys and real signatures, by the multiplications of EIP-2537, which src does
///         not use.
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

    function add(Bls12381.G1Point memory a, Bls12381.G1Point memory b) internal view returns (Bls12381.G1Point memory) {
        (bool success, bytes memory output) = address(0x0b).staticcall(abi.encode(a, b));
        require(success && output.length == 128, "G1ADD");
        return abi.decode(output, (Bls12381.G1Point));
    }

    function add(Bls12381.G2Point memory a, Bls12381.G2Point memory b) internal view returns (Bls12381.G2Point memory) {
        (bool success, bytes memory output) = address(0x0d).staticcall(abi.encode(a, b));
        require(success && output.length == 256, "G2ADD");
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

    /// @notice The point of 96 bytes.
    function expand(bytes memory compacted) internal pure returns (Bls12381.G1Point memory) {
        bytes memory x = new bytes(48);
        bytes memory y = new bytes(48);
        for (uint256 i; i < 48; ++i) {
            (x[i], y[i]) = (compacted[i], compacted[48 + i]);
        }
        return abi.decode(bytes.concat(bytes16(0), x, bytes16(0), y), (Bls12381.G1Point));
    }

    function metadata(Reference.Checkpoint memory c, uint256 signers, Bls12381.G1Point memory signature)
        internal
        pure
        returns (bytes memory)
    {
        return bytes.concat(c.tree, c.root, bytes4(c.index), bytes32(signers), compact(signature));
    }

    /* ------------------------------------------------------ hashing ------------------------------------------------- */

    /// @notice Bls12381.hashToG1 by its definition.
    function hashToG1(bytes memory message, bytes memory domain) internal view returns (Bls12381.G1Point memory) {
        bytes memory tag = abi.encodePacked(domain, uint8(domain.length));
        bytes32 b0 = sha256(bytes.concat(new bytes(64), message, hex"008000", tag));
        bytes32 b1 = sha256(bytes.concat(b0, hex"01", tag));
        bytes32 b2 = sha256(bytes.concat(b0 ^ b1, hex"02", tag));
        bytes32 b3 = sha256(bytes.concat(b0 ^ b2, hex"03", tag));
        bytes32 b4 = sha256(bytes.concat(b0 ^ b3, hex"04", tag));
        return add(_map(b1, b2), _map(b3, b4));
    }

    function _map(bytes32 high, bytes32 low) private view returns (Bls12381.G1Point memory) {
        (, bytes memory element) = address(0x05)
            .staticcall(
                abi.encodePacked(
                    uint256(64),
                    uint256(1),
                    uint256(64),
                    high,
                    low,
                    uint8(1),
                    Bls12381.MODULUS_HIGH,
                    Bls12381.MODULUS_LOW
                )
            );
        (bool success, bytes memory output) = address(0x10).staticcall(element);
        require(success && output.length == 128, "MAP_FP_TO_G1");
        return abi.decode(output, (Bls12381.G1Point));
    }

    /* ---------------------------------------------------- bad points ------------------------------------------------ */

    /// @notice On the curve, not in the subgroup: the first such x.
    function outsideSubgroupG1() internal pure returns (Bls12381.G1Point memory) {
        return Bls12381.G1Point({
            xHigh: 0,
            xLow: bytes32(uint256(4)),
            yHigh: bytes32(uint256(0x0a989badd40d6212b33cffc3f3763e9b)),
            yLow: 0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c
        });
    }

    /// @notice The same of the other group.
    function outsideSubgroupG2() internal pure returns (Bls12381.G2Point memory) {
        return Bls12381.G2Point({
            x0High: 0,
            x0Low: bytes32(uint256(2)),
            x1High: 0,
            x1Low: 0,
            y0High: bytes32(uint256(0x18c6b864ae17dc9da64203ffefb96630)),
            y0Low: 0x6425a7bc6aeb7c75247438372716284a4173830420cd476ba1a365b95bfcec38,
            y1High: bytes32(uint256(0x172e93db764a8400a7d5071b6b6f5de0)),
            y1Low: 0xda2f0f4a063119abca014006b7c40a2cfe291a1924e65db0d6d0fcfbf3bf3d5c
        });
    }

    /// @notice The same point with its x increased by the modulus.
    function withModulus(Bls12381.G1Point memory point) internal pure returns (Bls12381.G1Point memory same) {
        same = copy(point);
        (same.xHigh, same.xLow) = _plusModulus(point.xHigh, point.xLow);
    }

    function withModulus(Bls12381.G2Point memory point) internal pure returns (Bls12381.G2Point memory same) {
        same = copy(point);
        (same.x0High, same.x0Low) = _plusModulus(point.x0High, point.x0Low);
    }

    function copy(Bls12381.G1Point memory point) internal pure returns (Bls12381.G1Point memory) {
        return abi.decode(abi.encode(point), (Bls12381.G1Point));
    }

    function copy(Bls12381.G2Point memory point) internal pure returns (Bls12381.G2Point memory) {
        return abi.decode(abi.encode(point), (Bls12381.G2Point));
    }

    function _plusModulus(bytes32 high, bytes32 low) private pure returns (bytes32, bytes32) {
        unchecked {
            uint256 sum = uint256(low) + Bls12381.MODULUS_LOW;
            uint256 carry = sum < uint256(low) ? 1 : 0;
            return (bytes32(uint256(high) + Bls12381.MODULUS_HIGH + carry), bytes32(sum));
        }
    }
}
