// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IBatchInterchainSecurityModule} from "src/interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IStaticAddressSetFactory} from "src/interfaces/IStaticAddressSetFactory.sol";
import {IStaticWeightedMultisigIsmFactory, IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {MerkleMultiproof} from "src/libraries/MerkleMultiproof.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {SignedTree} from "../../../kit/SignedTree.sol";

/// @notice What every kind of multisig verifies of a batch: two of three, and where they have weights all weigh the same.
contract VerifyBatchTest is SignedTree {
    IBatchInterchainSecurityModule[] internal modules;
    address[] internal implementations;
    IInterchainSecurityModule internal single;

    function setUp() public override {
        super.setUp();
        _add(Shipped.messageIdMultisigIsmFactory());
        single = IInterchainSecurityModule(_add(Shipped.merkleRootMultisigIsmFactory()));
        _add(Shipped.messageIdWeightedMultisigIsmFactory());
        _add(Shipped.merkleRootWeightedMultisigIsmFactory());
        _push(address(Shipped.storageMessageIdMultisigIsm(owner, validators, THRESHOLD)));
        _push(address(Shipped.storageMerkleRootMultisigIsm(owner, validators, THRESHOLD)));
    }

    function _add(IStaticAddressSetFactory factory) internal returns (address module) {
        module = factory.deploy(validators, THRESHOLD);
        _push(module);
        implementations.push(factory.implementation());
    }

    function _add(IStaticWeightedMultisigIsmFactory factory) internal {
        IWeightedMultisigIsm.ValidatorInfo[] memory infos = new IWeightedMultisigIsm.ValidatorInfo[](VALIDATORS);
        for (uint256 i; i < VALIDATORS; ++i) {
            infos[i] = IWeightedMultisigIsm.ValidatorInfo(validators[i], 1);
        }
        _push(factory.deploy(infos, THRESHOLD));
        implementations.push(factory.implementation());
    }

    function _push(address module) internal {
        modules.push(IBatchInterchainSecurityModule(module));
    }

    function _verifies(Proof memory proof) internal {
        for (uint256 i; i < modules.length; ++i) {
            assertTrue(modules[i].verifyBatch(_encode(proof), proof.messages));
        }
    }

    function _refused(Proof memory proof, bytes memory reason) internal {
        _refused(_encode(proof), proof.messages, reason);
    }

    function _refused(bytes memory metadata, bytes[] memory messages, bytes memory reason) internal {
        for (uint256 i; i < modules.length; ++i) {
            vm.expectRevert(reason);
            modules[i].verifyBatch(metadata, messages);
        }
    }

    function _neverVerifies(bytes memory metadata, bytes[] memory messages) internal {
        for (uint256 i; i < modules.length; ++i) {
            try modules[i].verifyBatch(metadata, messages) {
                fail();
            } catch {}
        }
    }

    function _notAValidator(uint256 index, address signer) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, index, signer);
    }

    /* ------------------------------------------------- the messages ------------------------------------------------- */

    function testFuzz_verifyBatch_anyMessagesOfATree(uint256 seed, uint256 choice) public {
        _verifies(_proof(seed, choice));
    }

    /// @dev Whatever is tampered with: what a batch verifies, single proofs with the same signatures verify one by one.
    function testFuzz_verifyBatch_whatSingleProofsRefuse_isRefused(uint256 seed, uint256 choice, uint256 change)
        public
    {
        Proof memory proof = _proof(seed, choice);
        _tamper(proof, change);
        bool verified;
        try modules[change % modules.length].verifyBatch(_encode(proof), proof.messages) returns (bool answer) {
            verified = answer;
        } catch {}
        if (!verified) return;

        for (uint256 i; i < proof.messages.length; ++i) {
            bytes memory message = proof.messages[i];
            uint32 index;
            assembly ("memory-safe") {
                index := shr(224, mload(add(message, 33)))
            }
            bytes memory head = Reference.merkleRootMetadata(proof.signed, index, Reference.proof(leaves, index));
            assertTrue(single.verify(bytes.concat(head, proof.signatures), message));
            for (uint256 j; j < i; ++j) {
                assertNotEq(keccak256(proof.messages[j]), keccak256(message));
            }
        }
    }

    /// @dev Changes one thing, and often nothing that matters.
    function _tamper(Proof memory proof, uint256 change) internal pure {
        uint256 which = change >> 16;
        uint256 kind = (change >> 8) % 9;
        if (kind < 5) _tamperBytes(proof, kind, which);
        else _tamperFields(proof, kind, which);
    }

    function _tamperBytes(Proof memory proof, uint256 kind, uint256 which) internal pure {
        uint256 count = proof.messages.length;
        bytes1 mask = bytes1(uint8(1) << uint8(which % 8));
        if (kind == 0) proof.messages[which % count][1 + ((which >> 8) % 100)] ^= mask;
        if (kind == 1 && proof.siblings.length != 0) proof.siblings[which % proof.siblings.length] ^= mask;
        if (kind == 2) proof.signatures[which % proof.signatures.length] ^= mask;
        if (kind == 3) proof.signed.index = uint32((proof.signed.index + which) % MAX_MESSAGES);
        if (kind == 4) proof.messages[which % count] = proof.messages[(which >> 8) % count];
    }

    function _tamperFields(Proof memory proof, uint256 kind, uint256 which) internal pure {
        uint256 count = proof.messages.length;
        if (kind == 5) _cut(proof, 1 + (which % count));
        if (kind == 6) proof.signed.tree ^= bytes32(which);
        if (kind == 7) proof.siblings = bytes.concat(proof.siblings, new bytes(32 * (which % 3)));
        if (kind == 8) proof.signed.messageId = proof.messages.length == 1 ? bytes32(which) : proof.signed.messageId;
    }

    function testFuzz_verifyBatch_changedMessage_neverVerifies(uint256 seed, uint256 choice, uint256 bit) public {
        Proof memory proof = _proof(seed, choice);
        bytes memory changed = proof.messages[bit % proof.messages.length];
        bit = bound(bit, 0, changed.length * 8 - 1);
        changed[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        _neverVerifies(_encode(proof), proof.messages);
    }

    function testFuzz_verifyBatch_changedMetadata_neverVerifies(uint256 seed, uint256 choice, uint256 bit) public {
        Proof memory proof = _proof(seed, choice);
        bytes memory metadata = _encode(proof);
        bit = bound(bit, 0, metadata.length * 8 - 1);
        metadata[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        _neverVerifies(metadata, proof.messages);
    }

    function test_verifyBatch_truncatedAnywhere_neverVerifies() public {
        Proof memory proof = _proof(10, 0x0b5);
        bytes memory whole = _encode(proof);
        for (uint256 length; length < whole.length; length += 3) {
            bytes memory short = new bytes(length);
            for (uint256 i; i < length; ++i) {
                short[i] = whole[i];
            }
            _neverVerifies(short, proof.messages);
        }
    }

    /// @dev What comes after enough signatures is not looked at, as in a single proof.
    function test_verifyBatch_moreThanEnough() public {
        Proof memory proof = _proof(10, 0x0b5);
        proof.signatures = bytes.concat(proof.signatures, hex"ff");
        _verifies(proof);
        proof.signatures = bytes.concat(proof.signatures, new bytes(650));
        _verifies(proof);
    }

    function test_verifyBatch_ofNothing_reverts() public {
        Proof memory proof = _proof(0, 1);
        _cut(proof, 0);
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.NoLeaves.selector));
    }

    function test_verifyBatch_mixedOrigins_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        proof.messages[1] = _message(2, DESTINATION, "of another origin");
        _refused(
            proof, abi.encodeWithSelector(IBatchInterchainSecurityModule.MixedOrigins.selector, ORIGIN, DESTINATION)
        );
    }

    function test_verifyBatch_reorderedOrTwice_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        (proof.messages[1], proof.messages[2]) = (proof.messages[2], proof.messages[1]);
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 2));
        proof.messages[1] = proof.messages[2];
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 2));
    }

    /// @dev Attempt: a leaf beyond the last one under the root.
    function test_verifyBatch_afterTheSignedIndex_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        proof.messages[4] = _message(11, ORIGIN, "later");
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.LeafAfterLast.selector, 11, 10));
        proof.messages[4] = _message(type(uint32).max, ORIGIN, "last of all");
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.LeafAfterLast.selector, type(uint32).max, 10));
    }

    function test_verifyBatch_siblingsTooFewOrTooMany_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        uint256 needed = proof.siblings.length / 32;
        bytes memory good = proof.siblings;
        proof.siblings = bytes.concat(good, bytes32(0));
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.WrongProofLength.selector, needed + 1, needed));
        assembly ("memory-safe") {
            mstore(good, sub(mload(good), 32))
        }
        proof.siblings = good;
        _refused(proof, abi.encodeWithSelector(MerkleMultiproof.WrongProofLength.selector, needed - 1, needed));
    }

    /// @dev Attempt: an inner node passed off as a message, whose 64 bytes it is the hash of.
    function test_verifyBatch_innerNodeAsAMessage_neverVerifies() public {
        Proof memory proof = _proof(3, 0x3);
        bytes[] memory node = new bytes[](1);
        node[0] = bytes.concat(leaves[0], leaves[1]);
        _neverVerifies(_encode(proof), node);
    }

    /* ------------------------------------------------- the signatures ----------------------------------------------- */

    function test_verifyBatch_oneSignatureTooFew_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        bytes32 hash = Reference.checkpointHash(proof.signed);
        proof.signatures = bytes.concat(_sign(validatorKeys[0], hash), new bytes(64));
        bytes memory few = abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 1, THRESHOLD);
        bytes memory light = abi.encodeWithSelector(ValidatorSignatures.NotEnoughWeight.selector, 1, THRESHOLD);
        for (uint256 i; i < modules.length; ++i) {
            vm.expectRevert(i == 2 || i == 3 ? light : few);
            modules[i].verifyBatch(_encode(proof), proof.messages);
        }
        proof.signatures = "";
        few = abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, THRESHOLD);
        bytes memory none = abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, 1);
        for (uint256 i; i < modules.length; ++i) {
            vm.expectRevert(i == 2 || i == 3 ? none : few);
            modules[i].verifyBatch(_encode(proof), proof.messages);
        }
    }

    function test_verifyBatch_foreignDuplicateUnordered_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        bytes32 hash = Reference.checkpointHash(proof.signed);
        bytes memory first = _sign(validatorKeys[0], hash);
        bytes memory second = _sign(validatorKeys[1], hash);
        proof.signatures = bytes.concat(first, first);
        _refused(proof, _notAValidator(1, validators[0]));
        proof.signatures = bytes.concat(second, first);
        _refused(proof, _notAValidator(1, validators[0]));
        proof.signatures = bytes.concat(_sign(attackerKey, hash), first, second);
        _refused(proof, _notAValidator(0, attacker));
        proof.signatures = bytes.concat(first, _malleated(validatorKeys[1], hash));
        (,, bytes32 s) = vm.sign(validatorKeys[1], hash);
        _refused(
            proof, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, bytes32(CURVE_ORDER - uint256(s)))
        );
        proof.signatures = new bytes(130);
        _refused(proof, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));
    }

    /// @dev Attempt: signatures for another domain, tree, root, index or message; and a root of zero.
    function test_verifyBatch_eachSignedFieldAlone_reverts() public {
        Proof memory proof = _proof(10, 0x0b5);
        bytes32 hash = Reference.checkpointHash(proof.signed);
        for (uint256 i; i < 6; ++i) {
            Reference.Checkpoint memory other = proof.signed;
            other = Reference.Checkpoint(other.origin, other.tree, other.root, other.index, other.messageId);
            if (i == 0) other.origin = DESTINATION;
            if (i == 1) other.tree = Reference.addr32(address(destinationMailbox.merkleTreeHook()));
            if (i == 2) other.root = keccak256("root");
            if (i == 3) other.index += 1;
            if (i == 4) other.messageId = leaves[0];
            if (i == 5) other.root = 0;
            bytes32 signedHash = Reference.checkpointHash(other);
            proof.signatures = _signatures(signedHash, _keys(0, 1));
            _refused(proof, _notAValidator(0, _recovered(validatorKeys[0], signedHash, hash)));
        }
    }

    /// @dev Attempt: the bare implementation as a module.
    function test_verifyBatch_implementation_neverVerifies() public {
        Proof memory proof = _proof(10, 0x0b5);
        for (uint256 i; i < implementations.length; ++i) {
            vm.expectRevert(ValidatorSignatures.NoValidators.selector);
            IBatchInterchainSecurityModule(implementations[i]).verifyBatch(_encode(proof), proof.messages);
        }
    }
}
