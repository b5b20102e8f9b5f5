// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Bls12381
/// @notice BLS signatures on the curve BLS12-381 by the precompiles of EIP-2537: signatures are points of G1, keys points of
///         G2.
/// @dev A coordinate is 48 bytes, right-aligned in two words. The precompiles refuse a coordinate that is not below the
///      modulus, so that a point has one encoding; the point at infinity is all zeros.
///      Warning: only `isValidSignature` sees to it that points are in the subgroup, additions do not.
library Bls12381 {
    struct G1Point {
        bytes32 xHigh;
        bytes32 xLow;
        bytes32 yHigh;
        bytes32 yLow;
    }

    struct G2Point {
        bytes32 x0High;
        bytes32 x0Low;
        bytes32 x1High;
        bytes32 x1Low;
        bytes32 y0High;
        bytes32 y0Low;
        bytes32 y1High;
        bytes32 y1Low;
    }

    /// @notice The precompile refused its input (a point that is not on the curve or not in the subgroup, a coordinate not
    ///         below the modulus), or this chain does not have it.
    error PrecompileFailed(uint256 precompile);

    uint256 internal constant SHA256 = 0x02;
    uint256 internal constant MODEXP = 0x05;
    uint256 internal constant G1_ADD = 0x0b;
    uint256 internal constant G2_ADD = 0x0d;
    uint256 internal constant PAIRING = 0x0f;
    uint256 internal constant MAP_TO_G1 = 0x10;

    /// @dev The modulus of the base field, in two words.
    uint256 internal constant MODULUS_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 internal constant MODULUS_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    /// @notice Whether `signature` was made over the point `hashed` by the secret key of `key`: e(signature, -G) e(hashed,
    ///         key) = 1.
    /// @dev Warning: the point at infinity as key would make the point at infinity a signature of everything.
    function isValidSignature(G1Point memory signature, G1Point memory hashed, G2Point memory key)
        internal
        view
        returns (bool)
    {
        return _pairingIsOne(signature, negate(_generator()), hashed, key);
    }

    /// @notice The same for who has the key with its y negated: e(signature, G) e(hashed, -key) = 1.
    function isValidSignatureOfNegated(G1Point memory signature, G1Point memory hashed, G2Point memory negatedKey)
        internal
        view
        returns (bool)
    {
        return _pairingIsOne(signature, _generator(), hashed, negatedKey);
    }

    /// @notice The point that `point` adds up to infinity with.
    /// @dev Warning: only for what came out of a precompile. A coordinate that is the modulus itself would become a valid
    ///      zero.
    function negate(G2Point memory point) internal pure returns (G2Point memory) {
        (bytes32 y0High, bytes32 y0Low) = _negate(point.y0High, point.y0Low);
        (bytes32 y1High, bytes32 y1Low) = _negate(point.y1High, point.y1Low);
        return G2Point({
            x0High: point.x0High,
            x0Low: point.x0Low,
            x1High: point.x1High,
            x1Low: point.x1Low,
            y0High: y0High,
            y0Low: y0Low,
            y1High: y1High,
            y1Low: y1Low
        });
    }

    function isInfinity(G2Point memory point) internal pure returns (bool) {
        bytes32 x = point.x0High | point.x0Low | point.x1High | point.x1Low;
        bytes32 y = point.y0High | point.y0Low | point.y1High | point.y1Low;
        return x | y == 0;
    }

    /// @notice Hashes to a point of G1: `BLS12381G1_XMD:SHA-256_SSWU_RO_` of RFC 9380.
    /// @param domain The suite's domain separation tag, at most 255 bytes.
    function hashToG1(bytes memory message, bytes memory domain) internal view returns (G1Point memory point) {
        // expand_message_xmd, to 128 bytes: seed, then four blocks of SHA-256(seed xor block before ‖ round ‖ domain ‖
        // length).
        bytes32 seed = sha256(
            abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), domain, uint8(domain.length))
        );
        bool success = true;
        // Plain form, in a test: each input by abi.encodePacked, each output by abi.decode. Here the blocks are written to
        // where the modular exponentiation (exponent 1, to reduce them to a field element) reads them, its results to where
        // the map reads them, and the two points to where the addition does. The map clears the cofactor of each point, which
        // comes to the same as clearing that of their sum.
        assembly ("memory-safe") {
            function run(precompile, input, size, output, outputSize) -> done {
                done := staticcall(gas(), precompile, input, size, output, outputSize)
                done := and(done, eq(returndatasize(), outputSize))
            }

            let points := mload(64) // 256 bytes
            let power := add(points, 256) // 96 bytes of lengths, base 64, exponent 1, modulus 64
            let hashInput := add(power, 256) // 32 bytes, round 1, domain, length 1
            let base := add(power, 96)
            mstore(power, 64)
            mstore(add(power, 32), 1)
            mstore(add(power, 64), 64)
            mstore8(add(power, 160), 1)
            mstore(add(power, 161), MODULUS_HIGH)
            mstore(add(power, 193), MODULUS_LOW)
            let size := mload(domain)
            mcopy(add(hashInput, 33), add(domain, 32), size)
            mstore8(add(hashInput, add(33, size)), size)
            size := add(size, 34)

            mstore(hashInput, seed)
            for {
                let round := 1
            } lt(round, 5) {
                round := add(round, 2)
            } {
                mstore8(add(hashInput, 32), round)
                success := and(success, run(SHA256, hashInput, size, base, 32))
                mstore(hashInput, xor(seed, mload(base)))
                mstore8(add(hashInput, 32), add(round, 1))
                success := and(success, run(SHA256, hashInput, size, add(base, 32), 32))
                mstore(hashInput, xor(seed, mload(add(base, 32))))
                success := and(success, run(MODEXP, power, 225, 0, 64))
                success := and(success, run(MAP_TO_G1, 0, 64, add(points, shl(6, sub(round, 1))), 128))
            }
            success := and(success, run(G1_ADD, points, 256, point, 128))
        }
        // None of them refuses what it is given here. The hash and the exponentiation are on every chain.
        if (!success) revert PrecompileFailed(MAP_TO_G1);
    }

    function _negate(bytes32 high, bytes32 low) private pure returns (bytes32, bytes32) {
        if (high | low == 0) return (high, low);
        // A coordinate is below the modulus: the low words borrow from the high ones, which do not underflow.
        unchecked {
            uint256 borrow = uint256(low) > MODULUS_LOW ? 1 : 0;
            return (bytes32(MODULUS_HIGH - uint256(high) - borrow), bytes32(MODULUS_LOW - uint256(low)));
        }
    }

    /// @dev Whether e(a, b) e(c, d) = 1. The precompile sees to it that all are in their subgroups.
    function _pairingIsOne(G1Point memory a, G2Point memory b, G1Point memory c, G2Point memory d)
        private
        view
        returns (bool)
    {
        bool success;
        bytes32 output;
        // Plain form: (success, output) = address(PAIRING).staticcall(abi.encode(a, b, c, d)), word by word. An address
        // without code answers any call with nothing: what a chain without the precompile does.
        assembly ("memory-safe") {
            let input := mload(64)
            mcopy(input, a, 128)
            mcopy(add(input, 128), b, 256)
            mcopy(add(input, 384), c, 128)
            mcopy(add(input, 512), d, 256)
            success := staticcall(gas(), PAIRING, input, 768, 0, 32)
            success := and(success, eq(returndatasize(), 32))
            output := mload(0)
        }
        if (!success) revert PrecompileFailed(PAIRING);
        return output == bytes32(uint256(1));
    }

    function _generator() private pure returns (G2Point memory) {
        return G2Point({
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
}
