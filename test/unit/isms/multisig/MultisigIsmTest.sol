// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Reference} from "../../../kit/Reference.sol";

/// @notice What holds for every multisig module, whatever is signed (MessageIdTest, MerkleRootTest) and wherever the set is
///         kept (StaticSetTest, StorageSetTest, WeightedSetTest: there each validator weighs 1). Five messages are
///         dispatched, the third is the one to be verified.
abstract contract MultisigIsmTest is BaseTest {
    uint32 internal constant MESSAGES = 5;
    uint32 internal constant INDEX = 2;
    uint256 internal constant FUZZED_VALIDATORS = 5;
    uint8 internal constant FUZZED_THRESHOLD = 3;

    /// @dev Weighted ones too: of what differs there nothing is called here.
    IMultisigIsm internal module;
    bytes internal message;
    bytes32[] internal leaves;
    Reference.Checkpoint internal checkpoint;

    function setUp() public virtual override {
        super.setUp();
        module = _deploy(validators, THRESHOLD);
        for (uint32 i; i < MESSAGES; ++i) {
            bytes memory dispatched = _dispatch(address(recipient), abi.encode(i));
            leaves.push(keccak256(dispatched));
            if (i == INDEX) message = dispatched;
            if (i == _signedIndex()) checkpoint = _latestCheckpoint(dispatched);
        }
    }

    /* --------------------------------------------- what the kinds differ in ------------------------------------------ */

    /// @dev A module of this kind.
    function _deploy(address[] memory set, uint8 threshold) internal virtual returns (IMultisigIsm);

    /// @dev What it holds, each member counting once.
    function _held() internal view virtual returns (address[] memory set, uint256 threshold);

    /// @dev How it refuses `count` good signatures where `THRESHOLD` are needed.
    function _notEnough(uint256 count) internal pure virtual returns (bytes memory);

    function _signedIndex() internal pure virtual returns (uint32);

    /// @dev Metadata without signatures.
    function _head(Reference.Checkpoint memory c) internal view virtual returns (bytes memory);

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    function _hash() internal view returns (bytes32) {
        return Reference.checkpointHash(checkpoint);
    }

    function _signature(uint256 position) internal view returns (bytes memory) {
        return _sign(validatorKeys[position], _hash());
    }

    function _assertVerifies(bytes memory signatures) internal {
        assertTrue(module.verify(bytes.concat(_head(checkpoint), signatures), message));
    }

    function _assertRefused(bytes memory signatures, bytes memory reason) internal {
        bytes memory metadata = bytes.concat(_head(checkpoint), signatures);
        vm.expectRevert(reason);
        module.verify(metadata, message);
    }

    function _notAValidator(uint256 index, address signer) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, index, signer);
    }

    /* -------------------------------------------------- a good quorum ------------------------------------------------ */

    function test_set_isThatGiven_inItsOrder() public view {
        (address[] memory set, uint256 threshold) = _held();
        assertEq(set, validators);
        assertEq(threshold, THRESHOLD);
    }

    function test_verify_anyQuorumInOrder() public {
        _assertVerifies(bytes.concat(_signature(0), _signature(1)));
        _assertVerifies(bytes.concat(_signature(0), _signature(2)));
        _assertVerifies(bytes.concat(_signature(1), _signature(2)));
    }

    function test_verify_moreThanEnough() public {
        _assertVerifies(bytes.concat(_signature(0), _signature(1), _signature(2)));
        // What comes after enough good signatures is not looked at: it can not spoil them.
        _assertVerifies(bytes.concat(_signature(0), _signature(1), _sign(attackerKey, _hash())));
        _assertVerifies(bytes.concat(_signature(1), _signature(2), _signature(0)));
        _assertVerifies(bytes.concat(_signature(0), _signature(1), hex"ff"));
        _assertVerifies(bytes.concat(_signature(0), _signature(1), new bytes(6500)));
    }

    function test_verify_keepsNoState() public {
        bytes memory signatures = bytes.concat(_signature(0), _signature(1));
        _assertVerifies(signatures);
        _assertVerifies(signatures);
    }

    function testFuzz_verify_anyThreeOfFive_ifAndOnlyIfInOrder(uint256 seed) public {
        for (uint256 i = VALIDATORS; i < FUZZED_VALIDATORS; ++i) {
            (address validator, uint256 key) = makeAddrAndKey(string.concat("validator ", vm.toString(i)));
            validators.push(validator);
            validatorKeys.push(key);
        }
        module = _deploy(validators, FUZZED_THRESHOLD);

        bytes memory signatures;
        bool inOrder = true;
        uint256 last;
        for (uint256 i; i < FUZZED_THRESHOLD; ++i) {
            uint256 position = uint256(keccak256(abi.encode(seed, i))) % FUZZED_VALIDATORS;
            if (i > 0 && position <= last) inOrder = false;
            last = position;
            signatures = bytes.concat(signatures, _signature(position));
        }
        try module.verify(bytes.concat(_head(checkpoint), signatures), message) returns (bool verified) {
            assertTrue(verified && inOrder);
        } catch {
            assertFalse(inOrder);
        }
    }

    /* -------------------------------------------------- a bad quorum ------------------------------------------------ */

    function test_verify_oneSignatureTooFew_reverts() public {
        _assertRefused("", _notEnough(0));
        _assertRefused(_signature(0), _notEnough(1));
        _assertRefused(bytes.concat(_signature(0), new bytes(64)), _notEnough(1));
    }

    function test_verify_truncatedAnywhere_reverts() public {
        bytes memory head = _head(checkpoint);
        bytes memory whole = bytes.concat(head, _signature(0), _signature(1));
        bytes memory data = abi.encodeCall(module.verify, (whole, message));
        for (uint256 length; length < whole.length; ++length) {
            // The metadata's length stands behind the selector and the two offsets.
            assembly ("memory-safe") {
                mstore(add(data, 100), length)
            }
            (bool verified, bytes memory reason) = address(module).staticcall(data);
            assertFalse(verified);
            assertEq(reason, _notEnough(length < head.length ? 0 : (length - head.length) / 65));
        }
        assembly ("memory-safe") {
            mstore(add(data, 100), mload(whole))
        }
        (bool whenWhole,) = address(module).staticcall(data);
        assertTrue(whenWhole);
    }

    function test_signatureCount_countsWholeSignatures() public view {
        uint256 head = _head(checkpoint).length;
        assertEq(module.signatureCount(""), 0);
        assertEq(module.signatureCount(new bytes(head - 1)), 0);
        assertEq(module.signatureCount(new bytes(head)), 0);
        assertEq(module.signatureCount(new bytes(head + 64)), 0);
        assertEq(module.signatureCount(new bytes(head + 65)), 1);
        assertEq(module.signatureCount(new bytes(head + 300 * 65)), 300);
    }

    function test_verify_duplicateSignature_reverts() public {
        // Attempt: one validator counted twice.
        _assertRefused(bytes.concat(_signature(0), _signature(0)), _notAValidator(1, validators[0]));
        _assertRefused(bytes.concat(_signature(2), _signature(2)), _notAValidator(1, validators[2]));
        _assertRefused(bytes.concat(_signature(0), _signature(0), _signature(1)), _notAValidator(1, validators[0]));
    }

    function test_verify_unordered_reverts() public {
        _assertRefused(bytes.concat(_signature(1), _signature(0)), _notAValidator(1, validators[0]));
        _assertRefused(bytes.concat(_signature(2), _signature(0), _signature(1)), _notAValidator(1, validators[0]));
    }

    function test_verify_foreignSignature_reverts() public {
        bytes memory foreign = _sign(attackerKey, _hash());
        _assertRefused(bytes.concat(foreign, _signature(0)), _notAValidator(0, attacker));
        _assertRefused(bytes.concat(_signature(0), foreign), _notAValidator(1, attacker));
        // Enough good ones do come, but after one that is not.
        _assertRefused(bytes.concat(foreign, _signature(0), _signature(1)), _notAValidator(0, attacker));
    }

    function test_verify_malleatedSignature_reverts() public {
        // Attempt: the same signature in its second form, alone or to count a validator twice.
        (,, bytes32 s) = vm.sign(validatorKeys[1], _hash());
        bytes memory reason =
            abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, bytes32(CURVE_ORDER - uint256(s)));
        bytes memory malleated = _malleated(validatorKeys[1], _hash());
        _assertRefused(bytes.concat(_signature(0), malleated), reason);
        _assertRefused(bytes.concat(_signature(1), malleated), reason);
    }

    function testFuzz_verify_wrongV_reverts(uint8 v) public {
        vm.assume(v != 27 && v != 28);
        _assertVNotTaken(v);
    }

    function test_verify_wrongV_reverts() public {
        _assertVNotTaken(0);
        _assertVNotTaken(1);
        _assertVNotTaken(29);
    }

    function _assertVNotTaken(uint8 v) internal {
        (, bytes32 r, bytes32 s) = vm.sign(validatorKeys[1], _hash());
        bytes memory reason = abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector);
        _assertRefused(bytes.concat(_signature(0), abi.encodePacked(r, s, v)), reason);
    }

    function test_verify_zeroSignatures_reverts() public {
        // Attempt: signatures from which ecrecover recovers nobody, which must not count as a validator that is nobody.
        bytes memory reason = abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector);
        _assertRefused(new bytes(130), reason);
        _assertRefused(abi.encodePacked(bytes32(0), bytes32(0), uint8(27), new bytes(65)), reason);
    }

    /* ----------------------------------------- signatures over something else ---------------------------------------- */

    function test_verify_eachSignedFieldAlone_reverts() public {
        // Attempt: replay signatures that validators made for another chain, tree, root, index or message.
        Reference.Checkpoint memory other = checkpoint;
        other.origin = DESTINATION;
        _assertForeign(Reference.checkpointHash(other));
        other = checkpoint;
        other.tree = Reference.addr32(address(destinationMailbox.merkleTreeHook()));
        _assertForeign(Reference.checkpointHash(other));
        other = checkpoint;
        other.root = keccak256("root");
        _assertForeign(Reference.checkpointHash(other));
        other = checkpoint;
        other.root = 0;
        _assertForeign(Reference.checkpointHash(other));
        other = checkpoint;
        other.index += 1;
        _assertForeign(Reference.checkpointHash(other));
        other = checkpoint;
        other.messageId = keccak256("another message");
        _assertForeign(Reference.checkpointHash(other));
    }

    function test_verify_announcementReplayed_reverts() public {
        // Attempt: an announcement that names the bytes of a checkpoint as its location, by a Mailbox at the tree's address.
        string memory location = string(bytes.concat(checkpoint.root, bytes4(checkpoint.index), checkpoint.messageId));
        _assertForeign(Reference.announcementHash(ORIGIN, address(originTree), location));
    }

    function test_verify_signatureWithoutThePrefix_reverts() public {
        _assertForeign(Reference.checkpointDigest(checkpoint));
    }

    /// @dev All validators sign `signedHash`, which is not what the metadata says.
    function _assertForeign(bytes32 signedHash) internal {
        _assertRefused(
            _signatures(signedHash, validatorKeys), _notAValidator(0, _recovered(validatorKeys[0], signedHash, _hash()))
        );
    }

    /* ------------------------------------------------- another message ---------------------------------------------- */

    function testFuzz_verify_changedMessage_neverVerifies(uint256 bit) public {
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1));
        bytes memory changed = message;
        bit = bound(bit, 0, changed.length * 8 - 1);
        changed[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        _assertNeverVerifies(metadata, changed);
    }

    function testFuzz_verify_changedMetadata_neverVerifies(uint256 bit) public {
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1));
        bit = bound(bit, 0, metadata.length * 8 - 1);
        metadata[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        _assertNeverVerifies(metadata, message);
    }

    function test_verify_longerMessage_neverVerifies() public {
        _assertNeverVerifies(
            bytes.concat(_head(checkpoint), _signature(0), _signature(1)), bytes.concat(message, hex"00")
        );
    }

    function test_verify_tooShortToHaveAnOrigin_reverts() public {
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1));
        vm.expectRevert(bytes(""));
        module.verify(metadata, "");
        vm.expectRevert(bytes(""));
        module.verify(metadata, new bytes(8));
    }

    function _assertNeverVerifies(bytes memory metadata, bytes memory other) internal {
        (bool success,) = address(module).call(abi.encodeCall(module.verify, (metadata, other)));
        assertFalse(success);
    }
}
