// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IMerkleTreeHook} from "src/interfaces/IMerkleTreeHook.sol";

import {Reference} from "../../kit/Reference.sol";
import {SlasherTest} from "../../kit/SlasherTest.sol";
import {FakeTree} from "../../mocks/staking/FakeTree.sol";

contract CheckpointFraudProofsTest is SlasherTest {
    address internal tree;

    function setUp() public override {
        super.setUp();
        tree = address(originTree);
    }

    function _expectNotInTree(uint32 index, bytes32 messageId) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointFraudProofs.MessageNotInTree.selector, tree, index, messageId)
        );
    }

    function _expectNotLocal(ICheckpointFraudProofs.Checkpoint memory c) internal {
        vm.expectRevert(abi.encodeWithSelector(ICheckpointFraudProofs.NotLocal.selector, c.origin, c.merkleTree));
    }

    /* ---------------------------------------------------- storing --------------------------------------------------- */

    function test_storeLatestCheckpoint() public {
        _grow(3);
        bytes32 root = originTree.root();
        vm.expectEmit();
        emit ICheckpointFraudProofs.CheckpointStored(tree, root, 2);
        (bytes32 stored, uint32 index) = proofs.storeLatestCheckpoint(tree);

        assertEq(stored, root);
        assertEq(index, 2);
        (uint32 last, bool exists) = proofs.storedCheckpoints(tree, root);
        assertEq(last, 2);
        assertTrue(exists);
        assertEq(proofs.storedAt(tree, root), START);
    }

    /// @dev Else whoever does not want a challenge could keep a root young.
    function test_storeLatestCheckpoint_again_keepsTheTime() public {
        _grow(1);
        bytes32 root = _store();
        skip(1 hours);
        vm.recordLogs();
        (bytes32 again, uint32 index) = proofs.storeLatestCheckpoint(tree);

        assertEq(again, root);
        assertEq(index, 0);
        assertEq(proofs.storedAt(tree, root), START);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_storeLatestCheckpoint_whenTreeIsEmpty_reverts() public {
        vm.expectRevert(IMerkleTreeHook.EmptyTree.selector);
        proofs.storeLatestCheckpoint(tree);
    }

    /// @dev A tree that says another index for a root that it had stored before changes nothing.
    function test_storeLatestCheckpoint_ofALiar_keepsWhatItSaidFirst() public {
        FakeTree fake = _fakeTree("root", 5);
        proofs.storeLatestCheckpoint(address(fake));
        fake.claim("root", 50);
        (, uint32 index) = proofs.storeLatestCheckpoint(address(fake));
        assertEq(index, 4);
        (index,) = proofs.storedCheckpoints(address(fake), "root");
        assertEq(index, 4);
    }

    function test_storedCheckpoints_whenNotStored() public {
        _grow(1);
        (uint32 index, bool exists) = proofs.storedCheckpoints(tree, originTree.root());
        assertEq(index, 0);
        assertFalse(exists);
        assertEq(proofs.storedAt(tree, originTree.root()), 0);
    }

    /* --------------------------------------------------- contained -------------------------------------------------- */

    function testFuzz_contains_everyLeafUnderEveryStoredRoot(uint8 before, uint8 later, uint8 position) public {
        uint256 count = bound(before, 1, 20);
        _grow(count);
        _store();
        bytes32[32][] memory siblings = new bytes32[32][](count);
        for (uint256 i; i < count; ++i) {
            siblings[i] = _proof(i);
        }
        _grow(bound(later, 0, 5)); // what comes in between changes nothing
        uint32 index = uint32(bound(position, 0, count - 1));
        assertTrue(proofs.storedCheckpointContainsMessage(tree, index, leaves[index], siblings[index]));
        bytes32 another = keccak256(abi.encode(leaves[index]));
        assertFalse(proofs.storedCheckpointContainsMessage(tree, index, another, siblings[index]));
        assertFalse(proofs.storedCheckpointContainsMessage(tree, index + 1, leaves[index], siblings[index]));
    }

    function test_contains_whenRootWasNotStored() public {
        _grow(3);
        assertFalse(proofs.storedCheckpointContainsMessage(tree, 1, leaves[1], _proof(1)));
    }

    /// @dev The attacker proves that there is "nothing" at an index to come, and calls whoever signed something for it a fraud.
    function test_contains_anEmptyLeaf_isNoMessage() public {
        _grow(3);
        _store();
        bytes32[32] memory emptyProof = _proof(3); // of the empty leaf right of the last one: it is a true proof
        assertFalse(proofs.storedCheckpointContainsMessage(tree, 3, bytes32(0), emptyProof));
        assertTrue(proofs.storedCheckpointContainsMessage(tree, 2, leaves[2], _proof(2)));
    }

    /// @dev Roots are kept by tree: what a fake one claims is no root of the true one.
    function test_contains_rootStoredForAnotherTree_isNot() public {
        _grow(3);
        FakeTree fake = _fakeTree(originTree.root(), 3);
        proofs.storeLatestCheckpoint(address(fake));
        assertFalse(proofs.storedCheckpointContainsMessage(tree, 1, leaves[1], _proof(1)));
        assertTrue(proofs.storedCheckpointContainsMessage(address(fake), 1, leaves[1], _proof(1)));
    }

    /* ----------------------------------------------------- local ---------------------------------------------------- */

    function test_isLocal() public {
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(0);
        assertTrue(proofs.isLocal(c));
        c.origin = DESTINATION;
        assertFalse(proofs.isLocal(c));
    }

    function test_isLocal_whenTreeHasNoCode() public {
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(0);
        c.merkleTree = Reference.addr32(alice);
        assertFalse(proofs.isLocal(c));
    }

    /// @dev An address is never cut out of more than 20 bytes.
    function test_isLocal_whenTreeIsNoAddress() public {
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(0);
        c.merkleTree |= bytes32(uint256(1) << 160);
        assertFalse(proofs.isLocal(c));
    }

    function test_isLocal_whenTreeIsAnotherContract_reverts() public {
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(0);
        c.merkleTree = Reference.addr32(address(ism));
        vm.expectRevert(bytes(""));
        proofs.isLocal(c);
    }

    function test_everyProof_whenNotLocal_reverts() public {
        _grow(1);
        _store();
        ICheckpointFraudProofs.Checkpoint memory c = _honest(0);
        c.origin = DESTINATION;
        _expectNotLocal(c);
        proofs.isPremature(c);
        _expectNotLocal(c);
        proofs.isFraudulentMessageId(c, _proof(0), leaves[0]);
        _expectNotLocal(c);
        proofs.isFraudulentRoot(c, _proof(0));
    }

    /* --------------------------------------------------- premature -------------------------------------------------- */

    function test_isPremature_fromTheNumberOfLeavesOn() public {
        _grow(3);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(2);
        assertFalse(proofs.isPremature(c));
        c.index = 3;
        assertTrue(proofs.isPremature(c));
        c.index = type(uint32).max;
        assertTrue(proofs.isPremature(c));
    }

    /* --------------------------------------------------- message id ------------------------------------------------- */

    function test_isFraudulentMessageId() public {
        _grow(5);
        _store();
        ICheckpointFraudProofs.Checkpoint memory c = _honest(3);
        assertFalse(proofs.isFraudulentMessageId(c, _proof(3), leaves[3]));
        c.messageId = "forged";
        assertTrue(proofs.isFraudulentMessageId(c, _proof(3), leaves[3]));
    }

    function test_isFraudulentMessageId_whenActualIsNotTheLeaf_reverts() public {
        _grow(5);
        _store();
        ICheckpointFraudProofs.Checkpoint memory c = _honest(3);
        bytes32[32] memory ofAnother = _proof(2);
        _expectNotInTree(3, leaves[2]); // a leaf of the tree, but at another index
        proofs.isFraudulentMessageId(c, ofAnother, leaves[2]);
        _expectNotInTree(3, "made up");
        proofs.isFraudulentMessageId(c, _proof(3), "made up");
    }

    /* ------------------------------------------------------ root ---------------------------------------------------- */

    /// @dev Whatever the size of the tree at the proof, it is the root at the leaf that counts.
    function testFuzz_isFraudulentRoot(uint8 size, uint8 position) public {
        uint256 count = bound(size, 1, 20);
        uint256 index = bound(position, 0, count - 1);
        _grow(count);
        _store();
        ICheckpointFraudProofs.Checkpoint memory c = _honest(index);
        assertFalse(proofs.isFraudulentRoot(c, _proof(index)));
        c.root = bytes32(uint256(c.root) ^ 1);
        assertTrue(proofs.isFraudulentRoot(c, _proof(index)));
        // The root of a larger tree is a root of the Mailbox too, and a false one for this leaf.
        c.root = originTree.root();
        assertEq(proofs.isFraudulentRoot(c, _proof(index)), index != count - 1);
    }

    function test_isFraudulentRoot_whenMessageIsNotTheLeaf_reverts() public {
        _grow(5);
        _store();
        ICheckpointFraudProofs.Checkpoint memory c = _honest(3);
        c.messageId = "forged";
        _expectNotInTree(3, "forged");
        proofs.isFraudulentRoot(c, _proof(3));
    }

    /* ------------------------------------------------------ race ---------------------------------------------------- */

    /// @dev The watcher reads the tree, and in the block that its transaction gets into others dispatch first, each time.
    ///      Against the latest root its proof is worth nothing; against the one that it stored it holds for ever.
    function test_race_dispatchesBetweenReadingAndProof() public {
        _grow(4);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(1);
        c.messageId = "forged";
        bytes32[32] memory read = _proof(1);
        _grow(1); // the accused's friend
        _expectNotInTree(1, leaves[1]);
        proofs.isFraudulentMessageId(c, read, leaves[1]);

        _store();
        bytes32[32] memory readAgain = _proof(1);
        for (uint256 i; i < 20; ++i) {
            _grow(1);
            _store();
            assertTrue(proofs.isFraudulentMessageId(c, readAgain, leaves[1]));
        }
    }
}
