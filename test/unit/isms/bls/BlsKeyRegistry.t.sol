// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IBlsKeyRegistry} from "src/interfaces/IBlsKeyRegistry.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../../../kit/BlsReference.sol";
import {BlsTest} from "../../../kit/BlsTest.sol";
import {Reference} from "../../../kit/Reference.sol";

/// forge-config: default.evm_version = "prague"
contract BlsKeyRegistryTest is BlsTest {
    uint256 internal constant SECRET = 987_654_321;

    Bls12381.G2Point internal key;
    bytes32 internal keyHash;

    function setUp() public override {
        super.setUp();
        key = BlsReference.publicKey(SECRET);
        keyHash = BlsReference.keyHash(key);
    }

    function _validatorCount() internal pure override returns (uint256) {
        return 2;
    }

    function _proof() internal view returns (Bls12381.G1Point memory) {
        return BlsReference.prove(SECRET, validators[0]);
    }

    function _consent() internal view returns (bytes memory) {
        return _sign(validatorKeys[0], BlsReference.consentHash(key));
    }

    function _invalidProof(Bls12381.G2Point memory forKey, address validator) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IBlsKeyRegistry.InvalidProofOfPossession.selector, BlsReference.keyHash(forKey), validator
        );
    }

    function _precompileFailed() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0f);
    }

    /* ---------------------------------------------------- registered ------------------------------------------------ */

    function test_register_byAnybody() public {
        assertEq(registry.validatorOf(keyHash), address(0));
        vm.expectEmit(address(registry));
        emit IBlsKeyRegistry.KeyRegistered(validators[0], keyHash, key);
        vm.prank(attacker);
        registry.register(validators[0], key, _proof(), _consent());
        assertEq(registry.validatorOf(keyHash), validators[0]);
    }

    function test_register_severalKeysOfAValidator() public {
        registry.register(validators[0], key, _proof(), _consent());
        _register(BlsValidator(validators[0], validatorKeys[0], SECRET + 1));
        assertEq(registry.validatorOf(keyHash), validators[0]);
        assertEq(registry.validatorOf(BlsReference.keyHash(BlsReference.publicKey(SECRET + 1))), validators[0]);
    }

    function testFuzz_register_anyValidator(uint256 ecdsaKey, uint256 secret) public {
        ecdsaKey = bound(ecdsaKey, 1, CURVE_ORDER - 1);
        secret = bound(secret, 1, BlsReference.ORDER - 1);
        vm.assume(registry.validatorOf(BlsReference.keyHash(BlsReference.publicKey(secret))) == address(0));
        _register(BlsValidator(vm.addr(ecdsaKey), ecdsaKey, secret));
        assertEq(registry.validatorOf(BlsReference.keyHash(BlsReference.publicKey(secret))), vm.addr(ecdsaKey));
    }

    function test_vectors_registrations() public {
        string memory json = vm.readFile("test/vectors/bls.json");
        address[] memory who = vm.parseJsonAddressArray(json, ".registrations.validator");
        bytes[] memory keys = vm.parseJsonBytesArray(json, ".registrations.key");
        bytes[] memory proofs = vm.parseJsonBytesArray(json, ".registrations.proofOfPossession");
        bytes[] memory signatures = vm.parseJsonBytesArray(json, ".registrations.signature");
        assertGt(who.length, 0);
        for (uint256 i; i < who.length; ++i) {
            Bls12381.G2Point memory next = abi.decode(keys[i], (Bls12381.G2Point));
            registry.register(who[i], next, BlsReference.expand(proofs[i]), signatures[i]);
            assertEq(registry.validatorOf(keccak256(keys[i])), who[i]);
        }
    }

    /* ------------------------------------------------------ refused ------------------------------------------------- */

    function test_register_rogueKey_reverts() public {
        // Attempt: the attacker registers, as its own, a key that takes the others' out of the sum. It does not know its
        // secret, so it tries proofs by the secrets that it has, and what it can make of the others' published proofs.
        uint256 own = 666;
        Bls12381.G2Point memory others = BlsReference.add(
            BlsReference.publicKey(blsValidators[0].secret), BlsReference.publicKey(blsValidators[1].secret)
        );
        Bls12381.G2Point memory rogue = BlsReference.add(BlsReference.publicKey(own), Bls12381.negate(others));
        bytes memory consent = _sign(attackerKey, BlsReference.consentHash(rogue));
        bytes memory message = abi.encodePacked(abi.encode(rogue), attacker);
        Bls12381.G1Point memory hashed = Bls12381.hashToG1(message, BlsReference.PROOF_DOMAIN);

        Bls12381.G1Point[3] memory proofs;
        proofs[0] = BlsReference.multiply(hashed, own);
        proofs[1] = BlsReference.prove(own, attacker);
        proofs[2] = BlsReference.add(
            BlsReference.multiply(hashed, own),
            BlsReference.multiply(
                BlsReference.add(
                    BlsReference.prove(blsValidators[0].secret, blsValidators[0].account),
                    BlsReference.prove(blsValidators[1].secret, blsValidators[1].account)
                ),
                BlsReference.ORDER - 1
            )
        );
        for (uint256 i; i < proofs.length; ++i) {
            vm.expectRevert(_invalidProof(rogue, attacker));
            registry.register(attacker, rogue, proofs[i], consent);
        }
        // Only who knows the secret of the difference has a proof, and for that it takes the others' secrets.
        uint256 difference =
            addmod(own, 2 * BlsReference.ORDER - blsValidators[0].secret - blsValidators[1].secret, BlsReference.ORDER);
        registry.register(attacker, rogue, BlsReference.prove(difference, attacker), consent);
    }

    function test_register_anothersProofForOneself_reverts() public {
        // Attempt: take the key and the proof of a pending registration, to have the key belong to oneself.
        bytes memory consent = _sign(attackerKey, BlsReference.consentHash(key));
        Bls12381.G1Point memory proof = _proof();
        vm.expectRevert(_invalidProof(key, attacker));
        registry.register(attacker, key, proof, consent);
    }

    function test_register_keyOfOnesOwnForAValidator_reverts() public {
        // Attempt: make one's own key a validator's, with a consent by oneself or with its consent to another key.
        Bls12381.G2Point memory own = BlsReference.publicKey(666);
        Bls12381.G1Point memory proof = BlsReference.prove(666, validators[0]);
        bytes memory consent = _sign(attackerKey, BlsReference.consentHash(own));
        vm.expectRevert(abi.encodeWithSelector(IBlsKeyRegistry.NotTheValidator.selector, attacker, validators[0]));
        registry.register(validators[0], own, proof, consent);

        address recovered = _recovered(validatorKeys[0], BlsReference.consentHash(key), BlsReference.consentHash(own));
        consent = _consent();
        vm.expectRevert(abi.encodeWithSelector(IBlsKeyRegistry.NotTheValidator.selector, recovered, validators[0]));
        registry.register(validators[0], own, proof, consent);
    }

    function test_register_signatureOfACheckpointOrWithoutPrefix_reverts() public {
        bytes32 unprefixed = keccak256(bytes.concat(keccak256("CAUSEWAY_BLS_KEY"), keyHash));
        bytes32[2] memory hashes = [unprefixed, Reference.checkpointHash(_checkpoint("message"))];
        for (uint256 i; i < hashes.length; ++i) {
            address recovered = _recovered(validatorKeys[0], hashes[i], BlsReference.consentHash(key));
            Bls12381.G1Point memory proof = _proof();
            bytes memory consent = _sign(validatorKeys[0], hashes[i]);
            vm.expectRevert(abi.encodeWithSelector(IBlsKeyRegistry.NotTheValidator.selector, recovered, validators[0]));
            registry.register(validators[0], key, proof, consent);
        }
    }

    function test_register_malleatedConsent_reverts() public {
        bytes memory consent = _malleated(validatorKeys[0], BlsReference.consentHash(key));
        (, bytes32 s) = abi.decode(abi.encodePacked(consent, new bytes(31)), (bytes32, bytes32));
        Bls12381.G1Point memory proof = _proof();
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        registry.register(validators[0], key, proof, consent);
    }

    function test_register_forTheZeroAddress_reverts() public {
        // Attempt: what a failed recovery gives.
        Bls12381.G1Point memory proof = BlsReference.prove(SECRET, address(0));
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        registry.register(address(0), key, proof, new bytes(65));
    }

    function test_register_checkpointSignatureAsProof_reverts() public {
        // Attempt: have the key sign, as a checkpoint, what the proof is made over. The tags keep the two apart.
        Bls12381.G1Point memory proof = BlsReference.multiply(
            Bls12381.hashToG1(abi.encodePacked(abi.encode(key), validators[0]), BlsReference.SIGNATURE_DOMAIN), SECRET
        );
        bytes memory consent = _consent();
        vm.expectRevert(_invalidProof(key, validators[0]));
        registry.register(validators[0], key, proof, consent);
    }

    function test_register_twice_reverts() public {
        registry.register(validators[0], key, _proof(), _consent());
        bytes memory reason = abi.encodeWithSelector(IBlsKeyRegistry.AlreadyRegistered.selector, keyHash, validators[0]);
        Bls12381.G1Point memory proof = _proof();
        bytes memory consent = _consent();
        vm.expectRevert(reason);
        registry.register(validators[0], key, proof, consent);

        // Attempt: count twice, as a second validator with the same key, whose secret is known.
        proof = BlsReference.prove(SECRET, attacker);
        consent = _sign(attackerKey, BlsReference.consentHash(key));
        vm.expectRevert(reason);
        registry.register(attacker, key, proof, consent);
    }

    function test_register_infinity_reverts() public {
        // Attempt: the key of the secret zero, whose signatures everybody knows.
        Bls12381.G2Point memory infinity;
        Bls12381.G1Point memory proof;
        bytes memory consent = _sign(attackerKey, BlsReference.consentHash(infinity));
        vm.expectRevert(IBlsKeyRegistry.KeyAtInfinity.selector);
        registry.register(attacker, infinity, proof, consent);
    }

    function test_register_proofAtInfinity_reverts() public {
        Bls12381.G1Point memory proof;
        bytes memory consent = _consent();
        vm.expectRevert(_invalidProof(key, validators[0]));
        registry.register(validators[0], key, proof, consent);
    }

    function test_register_noPointOfTheGroup_reverts() public {
        Bls12381.G2Point memory bad = BlsReference.copy(key);
        bad.y1Low = bytes32(uint256(bad.y1Low) ^ 1);
        _assertNoPoint(bad);
        bad = BlsReference.copy(key);
        bad.x0High = bytes32(uint256(bad.x0High) | (1 << 128)); // in the padding
        _assertNoPoint(bad);
        _assertNoPoint(BlsReference.outsideSubgroupG2());
        // Attempt: the same key in another encoding, which would be another hash and so another validator's.
        _assertNoPoint(BlsReference.withModulus(key));
    }

    function test_register_badProof_reverts() public {
        bytes memory consent = _consent();
        Bls12381.G1Point memory proof = BlsReference.withModulus(_proof());
        vm.expectRevert(_precompileFailed());
        registry.register{gas: ENOUGH_GAS}(validators[0], key, proof, consent);
        vm.expectRevert(_precompileFailed());
        registry.register{gas: ENOUGH_GAS}(validators[0], key, BlsReference.outsideSubgroupG1(), consent);
    }

    function _assertNoPoint(Bls12381.G2Point memory bad) internal {
        bytes memory consent = _sign(validatorKeys[0], BlsReference.consentHash(bad));
        bytes memory message = abi.encodePacked(abi.encode(bad), validators[0]);
        Bls12381.G1Point memory proof =
            BlsReference.multiply(Bls12381.hashToG1(message, BlsReference.PROOF_DOMAIN), SECRET);
        vm.expectRevert(_precompileFailed());
        registry.register{gas: ENOUGH_GAS}(validators[0], bad, proof, consent);
    }
}

/// @notice Where the precompiles are missing nothing can be registered.
contract BlsKeyRegistryWithoutPrecompilesTest is BlsTest {
    function _validatorCount() internal pure override returns (uint256) {
        return 0;
    }

    function test_register_reverts() public {
        Bls12381.G2Point memory key = BlsReference.generator();
        Bls12381.G1Point memory proof;
        bytes memory consent = _sign(validatorKeys[0], BlsReference.consentHash(key));
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x10));
        registry.register(validators[0], key, proof, consent);
    }
}
