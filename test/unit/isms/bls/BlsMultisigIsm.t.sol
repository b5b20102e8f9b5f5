// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBlsMultisigIsm} from "src/interfaces/IBlsMultisigIsm.sol";
import {Bls12381} from "src/libraries/Bls12381.sol";

import {BlsReference} from "../../../kit/BlsReference.sol";
import {BlsTest} from "../../../kit/BlsTest.sol";
import {Reference} from "../../../kit/Reference.sol";

/// @notice 5 of 9 validators.
/// forge-config: default.evm_version = "prague"
/// forge-config: default.fuzz.runs = 64
contract BlsMultisigIsmTest is BlsTest {
    uint256 internal constant COUNT = 9;
    uint256 internal constant EVERYBODY = (1 << COUNT) - 1;
    uint256 internal constant QUORUM = 5;
    uint256 internal constant FIVE = 0x1b2; // positions 1, 4, 5, 7, 8

    IBlsMultisigIsm internal module;
    bytes internal message;
    Reference.Checkpoint internal checkpoint;

    function setUp() public override {
        super.setUp();
        module = _deployModule(COUNT, QUORUM);
        message = Reference.message(INDEX, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "body");
        checkpoint = _checkpoint(message);
    }

    function _validatorCount() internal pure override returns (uint256) {
        return COUNT + 1; // the last one is in no set
    }

    function _bits(uint256 signers) internal pure returns (uint256 count) {
        for (; signers != 0; signers >>= 1) {
            count += signers & 1;
        }
    }

    function _assertInvalid(bytes memory metadata) internal {
        vm.expectRevert(IBlsMultisigIsm.InvalidSignature.selector);
        module.verify(metadata, message);
    }

    function _assertNoPoint(bytes memory metadata) internal {
        vm.expectRevert(abi.encodeWithSelector(Bls12381.PrecompileFailed.selector, 0x0f));
        module.verify{gas: ENOUGH_GAS}(metadata, message);
    }

    /* ----------------------------------------------------- verified ------------------------------------------------- */

    function test_moduleType() public view {
        assertEq(module.moduleType(), 129);
    }

    function test_verify_quorum() public {
        assertTrue(module.verify(_signed(checkpoint, FIVE), message));
    }

    function test_verify_everySetOfSigners() public {
        IBlsMultisigIsm anyone = _deployModule(COUNT, 1);
        for (uint256 signers = 1; signers <= EVERYBODY; ++signers) {
            assertTrue(anyone.verify(_signed(checkpoint, signers), message));
        }
    }

    function test_verify_whatFollows_isIgnored() public {
        assertTrue(module.verify(bytes.concat(_signed(checkpoint, FIVE), "anything"), message));
    }

    function test_verify_throughTheMailbox() public {
        recipient.setInterchainSecurityModule(module);
        bytes memory metadata = _signed(checkpoint, FIVE);
        destinationMailbox.process(metadata, message);
        assertTrue(destinationMailbox.delivered(keccak256(message)));
    }

    function testFuzz_verify_anySubset(uint256 signers, uint256 threshold, bytes memory body) public {
        signers &= EVERYBODY;
        threshold = bound(threshold, 1, COUNT);
        IBlsMultisigIsm other = _deployModule(COUNT, threshold);
        bytes memory sent = Reference.message(1, ORIGIN, alice, DESTINATION, bytes32(0), body);
        bytes memory metadata = _signed(_checkpoint(sent), signers);
        uint256 count = _bits(signers);
        if (count < threshold) {
            vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.NotEnoughSigners.selector, count, threshold));
            other.verify(metadata, sent);
        } else {
            assertTrue(other.verify(metadata, sent));
        }
    }

    /* --------------------------------------------------- who has signed --------------------------------------------- */

    function test_verify_oneShort_reverts() public {
        uint256 four = FIVE & (FIVE - 1);
        bytes memory metadata = _signed(checkpoint, four);
        vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.NotEnoughSigners.selector, QUORUM - 1, QUORUM));
        module.verify(metadata, message);
    }

    function test_verify_nobody_reverts() public {
        bytes memory metadata = _signed(checkpoint, 0);
        vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.NotEnoughSigners.selector, 0, QUORUM));
        module.verify(metadata, message);
    }

    function testFuzz_verify_claimsOtherSignersThanSigned_reverts(uint256 claimed, uint256 signers) public {
        // Attempt: name validators who have not signed, or leave away one who has.
        claimed &= EVERYBODY;
        signers &= EVERYBODY;
        vm.assume(claimed != signers && _bits(claimed) >= QUORUM);
        _assertInvalid(BlsReference.metadata(checkpoint, claimed, _aggregate(checkpoint, signers)));
    }

    function test_verify_oneSignerTwice_reverts() public {
        // Attempt: four validators, one of whom signs twice, in the name of five.
        uint256 four = FIVE & (FIVE - 1);
        uint256 secret = addmod(_secretOf(four), _secretOf(1 << 8), BlsReference.ORDER);
        Bls12381.G1Point memory signature = BlsReference.sign(secret, Reference.checkpointDigest(checkpoint));
        _assertInvalid(BlsReference.metadata(checkpoint, FIVE, signature));
    }

    function test_verify_wrongSigner_reverts() public {
        // Attempt: a registered key that is in no set, and one that is nobody's, in the place of position 1.
        uint256 four = FIVE & (FIVE - 1);
        bytes32 digest = Reference.checkpointDigest(checkpoint);
        uint256[2] memory strangers = [blsValidators[COUNT].secret, 666];
        for (uint256 i; i < strangers.length; ++i) {
            uint256 secret = addmod(_secretOf(four), strangers[i], BlsReference.ORDER);
            _assertInvalid(BlsReference.metadata(checkpoint, FIVE, BlsReference.sign(secret, digest)));
        }
    }

    function testFuzz_verify_bitBeyondTheSet_reverts(uint256 extra, uint256 signers) public {
        // Attempt: bits that stand for nobody, to come to the threshold.
        extra &= ~EVERYBODY;
        vm.assume(extra != 0);
        signers &= EVERYBODY;
        bytes memory metadata = BlsReference.metadata(checkpoint, signers | extra, _aggregate(checkpoint, signers));
        vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.UnknownSigner.selector, signers | extra, COUNT));
        module.verify(metadata, message);
    }

    function test_verify_firstBitBeyondTheSet_reverts() public {
        // The registered validator that stands behind the last one of the set signs too.
        uint256 signers = FIVE | (1 << COUNT);
        bytes memory metadata = _signed(checkpoint, signers);
        vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.UnknownSigner.selector, signers, COUNT));
        module.verify(metadata, message);
    }

    function test_verify_keysThatCancelOut_reverts() public {
        // Attempt: two validators register a key and its opposite. Together they need no signature at all: infinity is one.
        uint256 first = 0xa11ce;
        uint256 second = 0xb0b;
        if (vm.addr(first) > vm.addr(second)) (first, second) = (second, first);
        _register(BlsValidator(vm.addr(first), first, 31_337));
        _register(BlsValidator(vm.addr(second), second, BlsReference.ORDER - 31_337));
        Bls12381.G2Point[] memory keys = new Bls12381.G2Point[](2);
        (keys[0], keys[1]) = (BlsReference.publicKey(31_337), BlsReference.publicKey(BlsReference.ORDER - 31_337));
        address[] memory pages = new address[](1);
        pages[0] = blsFactory.writePage(keys);
        IBlsMultisigIsm two = IBlsMultisigIsm(blsFactory.deploy(pages, 1));
        Bls12381.G1Point memory infinity;
        bytes memory metadata = BlsReference.metadata(checkpoint, 3, infinity);
        vm.expectRevert(IBlsMultisigIsm.KeysCancelOut.selector);
        two.verify(metadata, message);
        // Each alone counts as ever.
        Bls12381.G1Point memory signature = BlsReference.sign(31_337, Reference.checkpointDigest(checkpoint));
        assertTrue(two.verify(BlsReference.metadata(checkpoint, 1, signature), message));
    }

    function test_verify_signatureAtInfinity_reverts() public {
        Bls12381.G1Point memory infinity;
        _assertInvalid(BlsReference.metadata(checkpoint, EVERYBODY, infinity));
        _assertInvalid(BlsReference.metadata(checkpoint, FIVE, infinity));
    }

    /* --------------------------------------------------- what was signed -------------------------------------------- */

    function test_verify_anyOtherFieldSigned_reverts() public {
        bytes32 other = keccak256("other");
        for (uint256 field; field < 5; ++field) {
            Reference.Checkpoint memory c = checkpoint;
            if (field == 0) c.origin += 1;
            if (field == 1) c.tree = bytes32(uint256(c.tree) + 1);
            if (field == 2) c.root = other;
            if (field == 3) c.index += 1;
            if (field == 4) c.messageId = other;
            _assertInvalid(BlsReference.metadata(checkpoint, FIVE, _aggregate(c, FIVE)));
            // And the same from the other side: the metadata says what was signed, but that is not the message's.
            if (field == 1 || field == 2 || field == 3) {
                assertTrue(module.verify(_signed(c, FIVE), message)); // those three are the signers' word
            } else {
                _assertInvalid(_signed(c, FIVE));
            }
        }
    }

    function test_verify_tamperedMessage_reverts() public {
        bytes memory metadata = _signed(checkpoint, FIVE);
        for (uint256 i; i < message.length; ++i) {
            bytes memory tampered = message;
            tampered[i] ^= 0x01;
            vm.expectRevert(IBlsMultisigIsm.InvalidSignature.selector);
            module.verify(metadata, tampered);
        }
    }

    function test_verify_prefixedDigestOrProofSigned_reverts() public {
        // Attempt: signatures that validators made for something else.
        uint256 secret = _secretOf(FIVE);
        bytes32 digest = Reference.checkpointDigest(checkpoint);
        Bls12381.G1Point memory signature = BlsReference.sign(secret, Reference.ethSigned(digest));
        _assertInvalid(BlsReference.metadata(checkpoint, FIVE, signature));
        signature =
            BlsReference.multiply(Bls12381.hashToG1(abi.encodePacked(digest), BlsReference.PROOF_DOMAIN), secret);
        _assertInvalid(BlsReference.metadata(checkpoint, FIVE, signature));
    }

    /* ------------------------------------------------------ encoding ------------------------------------------------ */

    function test_verify_short_reverts() public {
        bytes memory metadata = _signed(checkpoint, FIVE);
        assertEq(metadata.length, 196);
        for (uint256 length; length < 196; ++length) {
            bytes memory short = new bytes(length);
            for (uint256 i; i < length; ++i) {
                short[i] = metadata[i];
            }
            vm.expectRevert(abi.encodeWithSelector(IBlsMultisigIsm.MetadataTooShort.selector, length));
            module.verify(short, message);
        }
    }

    function test_verify_noPointOfTheGroup_reverts() public {
        Bls12381.G1Point memory signature = _aggregate(checkpoint, FIVE);
        Bls12381.G1Point memory off = BlsReference.copy(signature);
        off.yLow = bytes32(uint256(off.yLow) ^ 1);
        _assertNoPoint(BlsReference.metadata(checkpoint, FIVE, off));
        _assertNoPoint(BlsReference.metadata(checkpoint, FIVE, BlsReference.outsideSubgroupG1()));
        // The same signature in another encoding.
        _assertNoPoint(BlsReference.metadata(checkpoint, FIVE, BlsReference.withModulus(signature)));
    }

    function testFuzz_verify_anyBytes_never(bytes memory metadata) public {
        (bool success, bytes memory output) =
            address(module).call{gas: ENOUGH_GAS}(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success && abi.decode(output, (bool)));
    }

    function testFuzz_verify_anyBitFlipped_reverts(uint256 bit) public {
        bytes memory metadata = _signed(checkpoint, FIVE);
        bit = bound(bit, 0, metadata.length * 8 - 1);
        metadata[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        (bool success,) = address(module).call{gas: ENOUGH_GAS}(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }
}
