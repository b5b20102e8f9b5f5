// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../../kit/BlsReference.sol";
import {VectorTest} from "../../kit/VectorTest.sol";

/// @dev The libraries as of another contract, so that a revert can be expected.
contract BlsLibraries {
    function isValidSignature(
        Bls12381.G1Point memory signature,
        Bls12381.G1Point memory hashed,
        Bls12381.G2Point memory key
    ) external view returns (bool) {
        return Bls12381.isValidSignature(signature, hashed, key);
    }

    function isValidSignatureOfNegated(
        Bls12381.G1Point memory signature,
        Bls12381.G1Point memory hashed,
        Bls12381.G2Point memory key
    ) external view returns (bool) {
        return Bls12381.isValidSignatureOfNegated(signature, hashed, Bls12381.negate(key));
    }

    function hashToG1(bytes memory message, bytes memory domain) external view returns (Bls12381.G1Point memory) {
        return Bls12381.hashToG1(message, domain);
    }
}

/// @notice Against the vectors of RFC 9380 and of an independent implementation, and against each function's plain form.
/// forge-config: default.evm_version = "prague"
/// forge-config: default.fuzz.runs = 64
contract Bls12381Test is VectorTest {
    BlsLibraries internal libraries = new BlsLibraries();

    function _file() internal pure override returns (string memory) {
        return "bls.json";
    }

    function _key(bytes memory encoded) internal pure returns (Bls12381.G2Point memory) {
        return abi.decode(encoded, (Bls12381.G2Point));
    }

    function _same(Bls12381.G1Point memory a, Bls12381.G1Point memory b) internal pure {
        assertEq(abi.encode(a), abi.encode(b));
    }

    function _same(Bls12381.G2Point memory a, Bls12381.G2Point memory b) internal pure {
        assertEq(abi.encode(a), abi.encode(b));
    }

    /* ------------------------------------------------------ hashing ------------------------------------------------- */

    function test_hashToG1_rfc9380_J91() public view {
        // P of the first and the second vector of RFC 9380, appendix J.9.1, copied from there.
        bytes memory domain = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
        assertEq(
            BlsReference.compact(Bls12381.hashToG1("", domain)),
            hex"052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
            hex"08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265"
        );
        assertEq(
            BlsReference.compact(Bls12381.hashToG1("abc", domain)),
            hex"03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903"
            hex"0b9c15f3fe6e5cf4211f346271d7b01c8f3b28be689c8429c85b67af215533311f0b8dfaaa154fa6b88176c229f2885d"
        );
    }

    function test_vectors_hashToG1() public view {
        string[] memory domains = _strings(".hashToG1.domain");
        string[] memory messages = _strings(".hashToG1.message");
        bytes[] memory points = _bytes(".hashToG1.point");
        _sameLength(domains.length, points.length);
        for (uint256 i; i < points.length; ++i) {
            assertEq(BlsReference.compact(Bls12381.hashToG1(bytes(messages[i]), bytes(domains[i]))), points[i]);
        }
    }

    function testFuzz_hashToG1_isItsPlainForm(bytes memory message, bytes memory domain) public view {
        vm.assume(domain.length <= 255);
        _same(Bls12381.hashToG1(message, domain), BlsReference.hashToG1(message, domain));
    }

    function test_hashToG1_leavesMemoryAsItWas() public view {
        // The work is done behind what is allocated: what is allocated before and after must not change.
        bytes memory before = "allocated before";
        Bls12381.G1Point memory point = Bls12381.hashToG1("message", "domain");
        bytes memory behind = new bytes(1024);
        assertEq(before, "allocated before");
        assertEq(behind, new bytes(1024));
        _same(point, BlsReference.hashToG1("message", "domain"));
    }

    /* ----------------------------------------------------- signatures ----------------------------------------------- */

    function test_vectors_keysAndSignatures() public view {
        bytes32[] memory secrets = _words(".secrets");
        bytes[] memory keys = _bytes(".keys");
        _sameLength(secrets.length, keys.length);
        for (uint256 i; i < keys.length; ++i) {
            _same(BlsReference.publicKey(uint256(secrets[i])), _key(keys[i]));
        }
        bytes32 digest = vm.parseJsonBytes32(json, ".checkpoint.digest");
        Bls12381.G1Point memory hashed = Bls12381.hashToG1(abi.encodePacked(digest), BlsReference.SIGNATURE_DOMAIN);
        assertEq(BlsReference.compact(hashed), vm.parseJsonBytes(json, ".checkpoint.hashed"));

        uint256[] memory signers = _uints(".aggregates.signers");
        bytes[] memory aggregateKeys = _bytes(".aggregates.key");
        bytes[] memory signatures = _bytes(".aggregates.signature");
        _sameLength(signers.length, signatures.length);
        for (uint256 i; i < signers.length; ++i) {
            Bls12381.G2Point memory key;
            uint256 secret;
            for (uint256 j; j < keys.length; ++j) {
                if ((signers[i] >> j) & 1 == 0) continue;
                key = BlsReference.add(key, _key(keys[j]));
                secret = addmod(secret, uint256(secrets[j]), BlsReference.ORDER);
            }
            _same(key, _key(aggregateKeys[i]));
            Bls12381.G1Point memory signature = BlsReference.sign(secret, digest);
            assertEq(BlsReference.compact(signature), signatures[i]);
            assertTrue(Bls12381.isValidSignature(signature, hashed, key));
            assertTrue(Bls12381.isValidSignatureOfNegated(signature, hashed, Bls12381.negate(key)));
        }
    }

    function testFuzz_isValidSignature(uint256 secret, uint256 other, bytes32 digest) public view {
        secret = bound(secret, 1, BlsReference.ORDER - 1);
        other = bound(other, 1, BlsReference.ORDER - 1);
        vm.assume(other != secret);
        Bls12381.G2Point memory key = BlsReference.publicKey(secret);
        Bls12381.G1Point memory hashed = Bls12381.hashToG1(abi.encodePacked(digest), BlsReference.SIGNATURE_DOMAIN);
        assertTrue(libraries.isValidSignature(BlsReference.sign(secret, digest), hashed, key));
        assertTrue(libraries.isValidSignatureOfNegated(BlsReference.sign(secret, digest), hashed, key));
        assertFalse(libraries.isValidSignature(BlsReference.sign(other, digest), hashed, key));
        assertFalse(libraries.isValidSignatureOfNegated(BlsReference.sign(other, digest), hashed, key));
        assertFalse(libraries.isValidSignature(BlsReference.sign(secret, ~digest), hashed, key));
    }

    function test_isValidSignature_rogueKey_verifiesWithoutProofOfPossession() public view {
        // Attempt: the attacker knows the others' keys, not their secrets. As its own it names
        //   its key - the others' keys,
        // so that the sum of all is its own key alone and it signs for everybody. Nothing in the signatures themselves stops
        // this: the registry does, because nobody knows the secret of that difference.
        uint256 attacker = 666;
        Bls12381.G2Point memory others = BlsReference.add(BlsReference.publicKey(1111), BlsReference.publicKey(2222));
        Bls12381.G2Point memory rogue = BlsReference.add(BlsReference.publicKey(attacker), Bls12381.negate(others));
        Bls12381.G2Point memory sum = BlsReference.add(others, rogue);
        bytes32 digest = keccak256("what the others never signed");
        Bls12381.G1Point memory hashed = Bls12381.hashToG1(abi.encodePacked(digest), BlsReference.SIGNATURE_DOMAIN);
        assertTrue(Bls12381.isValidSignature(BlsReference.sign(attacker, digest), hashed, sum));
    }

    function test_isValidSignature_keyAtInfinity_takesInfinityForAnything() public view {
        // Why both the registry and the module refuse that key.
        Bls12381.G2Point memory key;
        Bls12381.G1Point memory signature;
        Bls12381.G1Point memory hashed = Bls12381.hashToG1("anything", BlsReference.SIGNATURE_DOMAIN);
        assertTrue(Bls12381.isInfinity(key));
        assertTrue(Bls12381.isValidSignature(signature, hashed, key));
        assertTrue(Bls12381.isValidSignatureOfNegated(signature, hashed, Bls12381.negate(key)));
    }

    /* ------------------------------------------------------- points ------------------------------------------------- */

    function testFuzz_negate(uint256 secret) public view {
        secret = bound(secret, 1, BlsReference.ORDER - 1);
        Bls12381.G2Point memory point = BlsReference.publicKey(secret);
        Bls12381.G2Point memory negated = Bls12381.negate(point);
        _same(negated, BlsReference.publicKey(BlsReference.ORDER - secret));
        _same(Bls12381.negate(negated), point);
        assertFalse(Bls12381.isInfinity(point));
        assertTrue(Bls12381.isInfinity(BlsReference.add(point, negated)));
    }

    function test_negate_borrowsAcrossWords() public pure {
        // Coordinates on both sides of the low word of the modulus; not points of the curve.
        Bls12381.G2Point memory point;
        point.y0Low = bytes32(Bls12381.MODULUS_LOW);
        point.y1Low = bytes32(Bls12381.MODULUS_LOW + 1);
        Bls12381.G2Point memory negated = Bls12381.negate(point);
        assertEq(uint256(negated.y0High), Bls12381.MODULUS_HIGH);
        assertEq(uint256(negated.y0Low), 0);
        assertEq(uint256(negated.y1High), Bls12381.MODULUS_HIGH - 1);
        assertEq(uint256(negated.y1Low), type(uint256).max);
    }

    function test_isInfinity_onlyAllZeros() public pure {
        bytes32[8] memory words;
        for (uint256 i; i < 8; ++i) {
            words[i] = bytes32(uint256(1));
            assertFalse(Bls12381.isInfinity(_key(abi.encode(words))));
            words[i] = 0;
        }
    }

    function test_isValidSignature_badPoints_revert() public {
        Bls12381.G2Point memory key = BlsReference.publicKey(5);
        Bls12381.G1Point memory signature = BlsReference.sign(5, "digest");
        Bls12381.G1Point memory hashed =
            Bls12381.hashToG1(abi.encodePacked(bytes32("digest")), BlsReference.SIGNATURE_DOMAIN);
        assertTrue(libraries.isValidSignature(signature, hashed, key));

        Bls12381.G1Point memory badSignature = BlsReference.copy(signature);
        badSignature.yLow = bytes32(uint256(badSignature.yLow) ^ 1);
        _assertRefused(badSignature, hashed, key);

        Bls12381.G2Point memory badKey = BlsReference.copy(key);
        badKey.y1Low = bytes32(uint256(badKey.y1Low) ^ 1);
        _assertRefused(signature, hashed, badKey);

        _assertRefused(BlsReference.outsideSubgroupG1(), hashed, key);
        _assertRefused(signature, hashed, BlsReference.outsideSubgroupG2());

        // The same points with a coordinate written in a second way.
        _assertRefused(BlsReference.withModulus(signature), hashed, key);
        _assertRefused(signature, hashed, BlsReference.withModulus(key));
    }

    function _assertRefused(
        Bls12381.G1Point memory signature,
        Bls12381.G1Point memory hashed,
        Bls12381.G2Point memory key
    ) internal {
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0f));
        libraries.isValidSignature{gas: 1_000_000}(signature, hashed, key);
    }
}

/// @notice On a chain without the precompiles nothing verifies.
contract Bls12381WithoutPrecompilesTest is VectorTest {
    BlsLibraries internal libraries = new BlsLibraries();

    function _file() internal pure override returns (string memory) {
        return "bls.json";
    }

    function test_allRevert() public {
        Bls12381.G1Point memory point;
        Bls12381.G2Point memory key;
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0f));
        libraries.isValidSignature(point, point, key);
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0f));
        libraries.isValidSignatureOfNegated(point, point, key);
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x10));
        libraries.hashToG1("message", "domain");
    }
}
