// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "src/interfaces/IFraudEvidence.sol";

import {Reference} from "../../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../../kit/Shipped.sol";
import {SlasherTest} from "../../kit/SlasherTest.sol";
import {FakeTree} from "../../mocks/staking/FakeTree.sol";

/// @notice What is proven at once: equivocation, message id, root, foreign tree.
contract SlasherFraudTest is SlasherTest {
    uint256 internal constant COUNT = 6;
    uint32 internal constant INDEX = 2;

    ICheckpointFraudProofs.Checkpoint internal honest;
    bytes32[32] internal proof;

    function setUp() public override {
        super.setUp();
        _grow(COUNT);
        _store();
        honest = _honest(INDEX);
        proof = _proof(INDEX);
    }

    function _wrongId() internal view returns (ICheckpointFraudProofs.Checkpoint memory c) {
        c = honest;
        c.messageId = "forged";
    }

    function _wrongRoot() internal view returns (ICheckpointFraudProofs.Checkpoint memory c) {
        c = honest;
        c.root = "forged";
    }

    function _foreign() internal view returns (ICheckpointFraudProofs.Checkpoint memory c) {
        c = honest;
        c.merkleTree = Reference.addr32(alice);
    }

    function _expectProven(IFraudEvidence.Kind kind, ICheckpointFraudProofs.Checkpoint memory c, uint256 share)
        internal
    {
        vm.expectEmit(address(slasher));
        emit IFraudEvidence.FraudProven(operators[0], kind, reporter, c.origin, c.merkleTree, c.index, share);
        vm.prank(reporter);
    }

    function _expectAlreadySlashed(ICheckpointFraudProofs.Checkpoint memory c) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IFraudEvidence.AlreadySlashed.selector, operators[0], c.origin, c.merkleTree, c.index
            )
        );
    }

    /* -------------------------------------------------- equivocation ------------------------------------------------ */

    function test_proveEquivocation() public {
        ICheckpointFraudProofs.Checkpoint memory other = _wrongRoot();
        _expectProven(IFraudEvidence.Kind.Equivocation, honest, WHOLE);
        uint256 slashed = slasher.proveEquivocation(honest, _signed(honest), other, _signed(other));
        assertEq(slashed, STAKE);
        _assertSlashed(operators[0], WHOLE, reporter, true);
        assertEq(slasher.slashedFor(operators[0], ORIGIN, honest.merkleTree, INDEX), WHOLE);
    }

    function test_proveEquivocation_byMessageIdAlone() public {
        ICheckpointFraudProofs.Checkpoint memory other = _wrongId();
        vm.prank(reporter);
        slasher.proveEquivocation(other, _signed(other), honest, _signed(honest));
        _assertSlashed(operators[0], WHOLE, reporter, true);
    }

    /// @dev No chain is asked: the tree may be on another chain, whose domain and addresses mean nothing here.
    function testFuzz_proveEquivocation_ofAnyOrigin(
        uint32 origin,
        bytes32 tree,
        uint32 index,
        bytes32[2] memory roots,
        bytes32[2] memory ids
    ) public {
        vm.assume(roots[0] != roots[1] || ids[0] != ids[1]);
        ICheckpointFraudProofs.Checkpoint memory first =
            ICheckpointFraudProofs.Checkpoint(origin, tree, roots[0], index, ids[0]);
        ICheckpointFraudProofs.Checkpoint memory second =
            ICheckpointFraudProofs.Checkpoint(origin, tree, roots[1], index, ids[1]);
        vm.prank(reporter);
        slasher.proveEquivocation(first, _signed(first), second, _signed(second));
        _assertSlashed(operators[0], WHOLE, reporter, true);
        assertEq(slasher.slashedFor(operators[0], origin, tree, index), WHOLE);
    }

    /// @dev A validator that signs one fork with its old key and the other with its new one.
    function test_proveEquivocation_byTwoKeysOfOneValidator() public {
        stake.setKey(validators[1], operators[0]);
        ICheckpointFraudProofs.Checkpoint memory other = _wrongRoot();
        vm.prank(reporter);
        slasher.proveEquivocation(honest, _signed(honest), other, _sign(validatorKeys[1], _hash(other)));
        _assertSlashed(operators[0], WHOLE, reporter, true);
    }

    function test_proveEquivocation_ofTwoValidators_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory other = _wrongRoot();
        bytes memory byAnother = _sign(validatorKeys[1], _hash(other));
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotOneValidator.selector, operators[0], operators[1]));
        slasher.proveEquivocation(honest, _signed(honest), other, byAnother);
        _assertNoSlash();
    }

    /// @dev One checkpoint, signed twice by one key, with two random numbers: the signatures differ, what they say does not.
    function test_proveEquivocation_sameCheckpoint_reverts() public {
        bytes memory signature = _signed(honest);
        bytes memory another = _signWithOtherNonce(validatorKeys[0], _hash(honest));
        assertTrue(keccak256(signature) != keccak256(another));
        assertEq(_notTheKey(another, _hash(honest)), validators[0]);
        vm.expectRevert(IFraudEvidence.SameCheckpoint.selector);
        slasher.proveEquivocation(honest, signature, honest, another);
    }

    /// @dev What honest validators sign all the time: one checkpoint for each leaf, tree and origin.
    function test_proveEquivocation_notOneLeaf_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory other = _honest(INDEX + 1);
        vm.expectRevert(IFraudEvidence.NotOneLeaf.selector);
        slasher.proveEquivocation(honest, _signed(honest), other, _signed(other));

        other = honest;
        (other.origin, other.root) = (ORIGIN + 1, "other");
        vm.expectRevert(IFraudEvidence.NotOneLeaf.selector);
        slasher.proveEquivocation(honest, _signed(honest), other, _signed(other));

        other = honest;
        (other.merkleTree, other.root) = ("other", "other");
        vm.expectRevert(IFraudEvidence.NotOneLeaf.selector);
        slasher.proveEquivocation(honest, _signed(honest), other, _signed(other));
    }

    /// @dev Either signature over another checkpoint than the one it is shown with: it is somebody else's.
    function test_proveEquivocation_signatureOfAnotherCheckpoint_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory other = _wrongRoot();
        bytes memory signature = _signed(honest);
        bytes memory expected =
            abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, _notTheKey(signature, _hash(other)));
        vm.expectRevert(expected);
        slasher.proveEquivocation(honest, signature, other, signature);
        vm.expectRevert(expected);
        slasher.proveEquivocation(other, signature, honest, signature);
    }

    /* --------------------------------------------------- message id ------------------------------------------------- */

    function test_proveMessageId() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        _expectProven(IFraudEvidence.Kind.MessageId, c, WHOLE / 2);
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        _assertSlashed(operators[0], WHOLE / 2, reporter, true);
    }

    function test_proveMessageId_honest_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotFraudulent.selector, INDEX));
        slasher.proveMessageId(honest, _signed(honest), proof, leaves[INDEX]);
    }

    function test_proveMessageId_whenActualIsNotTheLeaf_reverts() public {
        bytes memory reason = abi.encodeWithSelector(
            ICheckpointFraudProofs.MessageNotInTree.selector, originTree, INDEX, bytes32("made up")
        );
        vm.expectRevert(reason);
        slasher.proveMessageId(honest, _signed(honest), proof, "made up");
    }

    /// @dev The dispatches of others, however many, come between the reading and the proof.
    function testFuzz_proveMessageId_afterDispatches(uint8 count) public {
        _grow(count % 40);
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        vm.prank(reporter);
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        _assertSlashed(operators[0], WHOLE / 2, reporter, true);
    }

    /* ------------------------------------------------------ root ---------------------------------------------------- */

    function test_proveRoot() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongRoot();
        _expectProven(IFraudEvidence.Kind.Root, c, (WHOLE * 2) / 5);
        slasher.proveRoot(c, _signed(c), proof);
        _assertSlashed(operators[0], (WHOLE * 2) / 5, reporter, true);
    }

    /// @dev A root that the tree had at another moment is false for this leaf.
    function test_proveRoot_ofAnotherLeaf() public {
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.root = _honest(INDEX + 1).root;
        vm.prank(reporter);
        slasher.proveRoot(c, _signed(c), proof);
        _assertSlashed(operators[0], (WHOLE * 2) / 5, reporter, true);
    }

    function test_proveRoot_honest_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotFraudulent.selector, INDEX));
        slasher.proveRoot(honest, _signed(honest), proof);
    }

    /// @dev Siblings changed, so that another root follows: then the leaf is under no stored root any more.
    function testFuzz_proveRoot_honest_withAnyProof_reverts(uint8 level, bytes32 sibling) public {
        bytes32[32] memory wrong = proof;
        wrong[level % 32] = sibling;
        if (sibling == proof[level % 32]) return;
        vm.expectRevert(
            abi.encodeWithSelector(
                ICheckpointFraudProofs.MessageNotInTree.selector, originTree, INDEX, honest.messageId
            )
        );
        slasher.proveRoot(honest, _signed(honest), wrong);
    }

    /* -------------------------------------------------- foreign tree ------------------------------------------------ */

    function test_proveForeignTree() public {
        ICheckpointFraudProofs.Checkpoint memory c = _foreign();
        _expectProven(IFraudEvidence.Kind.ForeignTree, c, WHOLE / 5);
        slasher.proveForeignTree(c, _signed(c));
        _assertSlashed(operators[0], WHOLE / 5, reporter, true);
    }

    /// @dev What differs from the tree's address in the bytes above an address is another tree.
    function test_proveForeignTree_dirtyAddress() public {
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.merkleTree |= bytes32(uint256(1) << 255);
        vm.prank(reporter);
        slasher.proveForeignTree(c, _signed(c));
        _assertSlashed(operators[0], WHOLE / 5, reporter, true);
    }

    function test_proveForeignTree_ofTheMailbox_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAForeignTree.selector, ORIGIN, honest.merkleTree));
        slasher.proveForeignTree(honest, _signed(honest));
    }

    /// @dev A validator may serve other chains with the same key; their trees are none of this Slasher's business.
    function test_proveForeignTree_ofAnotherDomain_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _foreign();
        c.origin = DESTINATION;
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAForeignTree.selector, DESTINATION, c.merkleTree));
        slasher.proveForeignTree(c, _signed(c));
    }

    /* ------------------------------------------------ trees of others ----------------------------------------------- */

    /// @dev The attacker deploys a tree that claims the honest validators' domain, stores a root of its own for it, and proves
    ///      that honest checkpoints contradict that tree. They never signed for it.
    function test_proofs_againstAFakeTree_revert() public {
        bytes32[] memory own = new bytes32[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            own[i] = keccak256(abi.encode("fake", i));
        }
        FakeTree fake = _fakeTree(Reference.root(own), uint32(COUNT));
        proofs.storeLatestCheckpoint(address(fake));
        ICheckpointFraudProofs.Checkpoint memory c = honest;
        c.merkleTree = Reference.addr32(address(fake));
        bytes32[32] memory fakeProof = Reference.proof(own, INDEX);
        assertTrue(proofs.isFraudulentMessageId(c, fakeProof, own[INDEX])); // by the fake's own word

        bytes memory signature = _signed(honest);
        bytes memory notTheTree =
            abi.encodeWithSelector(IFraudEvidence.NotTheMailboxTree.selector, ORIGIN, c.merkleTree);
        vm.expectRevert(notTheTree);
        slasher.proveMessageId(c, signature, fakeProof, own[INDEX]);
        vm.expectRevert(notTheTree);
        slasher.proveRoot(c, signature, fakeProof);
        vm.expectRevert(notTheTree);
        slasher.challengePremature(c, signature);
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointFraudProofs.MessageNotInTree.selector, originTree, INDEX, own[INDEX])
        );
        slasher.proveMessageId(honest, signature, fakeProof, own[INDEX]);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, _notTheKey(signature, _hash(c))));
        slasher.proveForeignTree(c, signature);
        _assertNoSlash();
    }

    /// @dev Another domain's checkpoints of a tree at the same address: a chain whose contracts have the same addresses.
    function test_proofs_ofAnotherDomain_revert() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        c.origin = DESTINATION;
        bytes memory signature = _signed(c);
        bytes memory notTheTree =
            abi.encodeWithSelector(IFraudEvidence.NotTheMailboxTree.selector, DESTINATION, c.merkleTree);
        vm.expectRevert(notTheTree);
        slasher.proveMessageId(c, signature, proof, leaves[INDEX]);
        vm.expectRevert(notTheTree);
        slasher.proveRoot(c, signature, proof);
        vm.expectRevert(notTheTree);
        slasher.challengePremature(c, signature);
    }

    /// @dev A second genuine Mailbox of the same domain: its tree is a foreign one all the same.
    function test_proofs_ofASecondMailbox() public {
        IOwnedMailbox second = Shipped.mailbox(ORIGIN, owner, ism);
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        c.merkleTree = Reference.addr32(address(second.merkleTreeHook()));
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotTheMailboxTree.selector, ORIGIN, c.merkleTree));
        slasher.proveMessageId(c, signature, proof, leaves[INDEX]);
        vm.prank(reporter);
        slasher.proveForeignTree(c, signature);
        _assertSlashed(operators[0], WHOLE / 5, reporter, true);
    }

    /* --------------------------------------------------- signatures ------------------------------------------------- */

    /// @dev Each proof that stands on one signature, with one that is not the validator's.
    function _expectEverywhere(ICheckpointFraudProofs.Checkpoint memory c, bytes memory signature, bytes memory reason)
        internal
    {
        vm.expectRevert(reason);
        slasher.proveMessageId(c, signature, proof, leaves[INDEX]);
        vm.expectRevert(reason);
        slasher.proveRoot(c, signature, proof);
        vm.expectRevert(reason);
        slasher.proveEquivocation(c, signature, honest, _signed(honest));
        vm.expectRevert(reason);
        slasher.proveEquivocation(honest, _signed(honest), c, signature);
    }

    function test_proofs_signatureByAStranger_revert() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        bytes memory signature = _sign(attackerKey, _hash(c));
        _expectEverywhere(c, signature, abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, attacker));
        c = _foreign();
        signature = _sign(attackerKey, _hash(c));
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, attacker));
        slasher.proveForeignTree(c, signature);
    }

    /// @dev The same signature written in a second way is no second one; a wallet's v of 0 or 1 and a short one are none.
    function test_proofs_malleableSignature_revert() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        bytes32 hash = _hash(c);
        bytes memory signature = _malleated(validatorKeys[0], hash);
        bytes32 s;
        assembly ("memory-safe") {
            s := mload(add(signature, 64))
        }
        _expectEverywhere(c, signature, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));

        signature = _signed(c);
        signature[64] = bytes1(uint8(signature[64]) - 27);
        _expectEverywhere(c, signature, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignature.selector));

        signature = bytes.concat(_signed(c), hex"00");
        _expectEverywhere(c, signature, abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 66));
    }

    /// @dev A validator's announcement is signed by the same key, and is no checkpoint.
    function test_proofs_announcement_isNoEvidence() public {
        bytes memory signature =
            _sign(validatorKeys[0], Reference.announcementHash(ORIGIN, address(originMailbox), "s3://a/b"));
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        bytes memory reason =
            abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, _notTheKey(signature, _hash(c)));
        _expectEverywhere(c, signature, reason);
    }

    /// @dev A key whose delay is over answers no more.
    function test_proofs_keyThatIsFree_revert() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        bytes memory signature = _signed(c);
        stake.setKey(validators[0], address(0));
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, validators[0]));
        slasher.proveMessageId(c, signature, proof, leaves[INDEX]);
    }

    /* ------------------------------------------------ once per offence ---------------------------------------------- */

    /// @dev The same evidence again, by anyone; and by other signatures of other checkpoints for the same leaf.
    function test_offence_isPunishedOnce() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        _expectAlreadySlashed(c);
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);

        c.messageId = "another";
        _expectAlreadySlashed(c);
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);

        c = _wrongRoot(); // of a kind that costs less
        _expectAlreadySlashed(c);
        slasher.proveRoot(c, _signed(c), proof);
        assertEq(stake.slashes().length, 1);
    }

    /// @dev Another leaf, another validator: other offences.
    function test_offence_isOfOneLeafAndOneValidator() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        slasher.proveMessageId(c, _sign(validatorKeys[1], _hash(c)), proof, leaves[INDEX]);
        assertEq(stake.stakeOf(operators[1]), STAKE / 2);
        c = _honest(INDEX + 1);
        c.messageId = "forged";
        slasher.proveMessageId(c, _signed(c), _proof(INDEX + 1), leaves[INDEX + 1]);
        assertEq(stake.slashes().length, 3);
        assertEq(stake.stakeOf(operators[0]), STAKE / 4); // half of the half
    }

    /// @dev One leaf index, but of two trees: a foreign tree's leaf does not shield the Mailbox's.
    function test_offence_isOfOneTree() public {
        ICheckpointFraudProofs.Checkpoint memory c = _foreign();
        slasher.proveForeignTree(c, _signed(c));
        c = _wrongId();
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        assertEq(stake.slashes().length, 2);
        _assertLastSlash(operators[0], WHOLE / 2, address(this), true);
    }

    /// @dev And of one origin: an equivocation for another chain, for which the validator reports itself, is another matter.
    function test_offence_isOfOneOrigin() public {
        ICheckpointFraudProofs.Checkpoint memory first = _wrongId();
        ICheckpointFraudProofs.Checkpoint memory second = _wrongRoot();
        (first.origin, second.origin) = (DESTINATION, DESTINATION);
        slasher.proveEquivocation(first, _signed(first), second, _signed(second));
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        assertEq(stake.slashes().length, 2);
    }

    /// @dev Who is about to be caught at something grave reports itself for something small, for the same leaf. The rest is
    ///      taken when the graver one is proven: both together cost what the graver alone does.
    function test_offence_selfReportForLess_isNoShield() public {
        ICheckpointFraudProofs.Checkpoint memory small = _wrongRoot();
        vm.prank(operators[0]);
        slasher.proveRoot(small, _signed(small), proof);
        assertEq(stake.stakeOf(operators[0]), (STAKE * 3) / 5);

        ICheckpointFraudProofs.Checkpoint memory grave = _wrongId();
        vm.prank(reporter);
        slasher.proveMessageId(grave, _signed(grave), proof, leaves[INDEX]);
        // 50 % of all, of which 40 % were taken: 10 of the 60 that are left.
        _assertLastSlash(operators[0], WHOLE / 6, reporter, true);
        assertApproxEqAbs(stake.stakeOf(operators[0]), STAKE / 2, 1000);
        assertEq(slasher.slashedFor(operators[0], ORIGIN, honest.merkleTree, INDEX), WHOLE / 2);

        vm.prank(reporter);
        slasher.proveEquivocation(grave, _signed(grave), small, _signed(small));
        _assertLastSlash(operators[0], WHOLE, reporter, true);
        assertEq(stake.stakeOf(operators[0]), 0);
    }

    /// @dev What is held against one is taken from nobody else.
    function test_offence_takesFromTheSignerAlone() public {
        ICheckpointFraudProofs.Checkpoint memory c = _wrongId();
        slasher.proveMessageId(c, _signed(c), proof, leaves[INDEX]);
        assertEq(stake.stakeOf(operators[1]), STAKE);
        assertEq(stake.stakeOf(operators[2]), STAKE);
    }

    /// @dev A second signature of the same hash by the same key, made with another k: r is that of k = 2.
    function _signWithOtherNonce(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        uint256 r = 0xc6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5;
        uint256 half = (CURVE_ORDER + 1) / 2; // 1 / 2
        uint256 s = mulmod(half, addmod(uint256(hash), mulmod(r, key, CURVE_ORDER), CURVE_ORDER), CURVE_ORDER);
        uint8 v = 27; // the y of 2 G is even
        if (s > CURVE_ORDER / 2) (s, v) = (CURVE_ORDER - s, 28);
        return abi.encodePacked(r, s, v);
    }
}
