// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IStakeAccounts} from "src/interfaces/IStakeAccounts.sol";
import {IStakedMultisigIsm} from "src/interfaces/IStakedMultisigIsm.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {StakedWorld} from "../kit/StakedWorld.sol";

/// @notice The loop closed: who signs a forgery is slashed, leaves the set, and its signature counts nowhere any more.
contract StakingTest is StakedWorld {
    uint256 internal constant BAD = 1;

    function setUp() public override {
        super.setUp();
        _grow(2);
        _bootstrap();
        _grow(3);
        proofs.storeLatestCheckpoint(address(tree));
    }

    function _forged(uint256 index) internal view returns (ICheckpointFraudProofs.Checkpoint memory c) {
        c = _honest(index);
        c.root = "forged";
    }

    /// @dev The bad validator signed this; the reporter shows it.
    function _report(ICheckpointFraudProofs.Checkpoint memory c) internal returns (uint256) {
        bytes memory signature = _signCheckpoint(_secret(BAD, 0), c);
        bytes32[32] memory proof = _proofOf(c.index);
        proofs.storeLatestCheckpoint(address(tree));
        vm.prank(reporter);
        return slasher.proveRoot(c, signature, proof);
    }

    /* ----------------------------------------------------- fraud ---------------------------------------------------- */

    function test_forgedRoot_slashesJailsAndIsForgottenEverywhere() public {
        address bad = _operator(BAD);
        _delegate(alice, bad, 50 ether);
        _delegate(bob, bad, 25 ether);
        uint256 selfBond = _tokensOf(bad, bad);
        uint64 setId = _setId();

        // Its share of the next message, before anyone knows: without the heaviest, no quorum does without it.
        bytes memory message = _send("hello");
        bytes memory metadata = _metadata(message, 1);
        assertTrue(module.verify(metadata, message));

        uint256 slashed = _report(_forged(2));
        assertEq(slashed, selfBond + 75 ether); // all: the share is 1e18
        assertEq(_tokensOf(bad, bad), 0);
        assertEq(_tokensOf(bad, alice), 0);
        assertEq(_tokensOf(bad, bob), 0);
        assertEq(stake.creditOf(reporter), selfBond / 5); // of what the operator lost
        assertEq(stake.creditOf(BURN), slashed - selfBond / 5);
        assertFalse(_isActive(bad));
        assertEq(stake.validatorStatus(bad).jailedUntil, FOREVER);
        assertEq(_setId(), setId + 1);

        // The destination learns it by a message, which those who are known there sign.
        _handOver();
        assertEq(module.setOf(ORIGIN).setId, setId + 1);
        assertEq(module.setOf(ORIGIN).members.length, 3);
        assertTrue(_signedByBad(metadata, message));
        vm.expectRevert();
        destinationMailbox.process(metadata, message);
        _deliver(_metadata(message), message);
        assertEq(recipient.lastData(), "hello");
    }

    /// @dev Whether what a quorum of the set before had signed has the bad one's signature in it: the first that is refused.
    function _signedByBad(bytes memory metadata, bytes memory message) internal returns (bool) {
        try module.verify(metadata, message) {
            return false;
        } catch (bytes memory reason) {
            bytes memory atFirst =
                abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, _place(), _key(BAD));
            return keccak256(reason) == keccak256(atFirst);
        }
    }

    /// @dev In the order of falling stake 3, 2, 1, 0, and without the first, the bad one is the second.
    function _place() internal pure returns (uint256) {
        return 1;
    }

    /// @dev Half of it is taken, for another kind: delegators and operator lose exactly the same part.
    function test_foreignTree_delegatorsShareTheLossExactly() public {
        address bad = _operator(BAD);
        _delegate(alice, bad, 50 ether);
        _delegate(bob, bad, 26 ether);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(2);
        c.merkleTree = "another";
        bytes memory signature = _signCheckpoint(_secret(BAD, 0), c);
        vm.prank(reporter);
        uint256 slashed = slasher.proveForeignTree(c, signature);
        assertEq(slashed, (SELF_BOND + 7 ether + 76 ether) / 2);
        assertApproxEqAbs(_tokensOf(bad, bad), (SELF_BOND + 7 ether) / 2, 1);
        assertApproxEqAbs(_tokensOf(bad, alice), 25 ether, 1);
        assertApproxEqAbs(_tokensOf(bad, bob), 13 ether, 1);
    }

    /// @dev All is gone, and it is caught again: nothing to take, and nothing that fails.
    function test_secondOffence_whenNothingIsLeft() public {
        _report(_forged(2));
        assertEq(_report(_forged(3)), 0);
    }

    /// @dev What unbonds is slashed too; a key that was replaced answers as well, until its delay is over and no longer.
    function test_rotatedKey_answersUntilItsDelayIsOver() public {
        address bad = _operator(BAD);
        _delegate(alice, bad, 40 ether);
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(alice, bad);
        _rotateKnown(BAD, 1);
        _advance(releaseEpoch - 1 - stake.epoch());
        uint256 state = vm.snapshotState();
        _report(_forged(2));
        assertEq(stake.unbondingOf(bad, alice, releaseEpoch), 0);

        vm.revertToState(state);
        _advance();
        bytes memory signature = _signCheckpoint(_secret(BAD, 0), _forged(2));
        ICheckpointFraudProofs.Checkpoint memory c = _forged(2);
        bytes32[32] memory proof = _proofOf(2);
        vm.expectRevert();
        slasher.proveRoot(c, signature, proof);
        assertEq(_withdraw(alice, bad, releaseEpoch), amount);
    }

    /* ---------------------------------------------------- premature ------------------------------------------------- */

    /// @dev The challenge comes in the last second before the stake is released. It stays until that is decided, and is
    ///      slashed; what is left of it may go then.
    function test_frozenStake_canNotLeaveBeforeItsChallengeIsDecided() public {
        address bad = _operator(BAD);
        _delegate(alice, bad, 40 ether);
        (uint256 amount, uint48 releaseEpoch) = _unbondAll(alice, bad);
        assertEq(amount, 40 ether);
        _advance(releaseEpoch - 1 - stake.epoch());
        ICheckpointFraudProofs.Checkpoint memory c = _forged(4);
        (c.index, c.messageId) = (uint32(leaves.length), "never dispatched");
        bytes memory signature = _signCheckpoint(_secret(BAD, 0), c);
        vm.prank(reporter);
        slasher.challengePremature(c, signature);
        uint48 since = stake.epoch();

        _advance();
        assertEq(stake.epoch(), releaseEpoch);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.HeldBack.selector, bad, since));
        stake.withdraw(bad, releaseEpoch);

        skip(slasher.terms().prematureWindow);
        slasher.resolvePremature(bad, c);
        assertEq(stake.unbondingOf(bad, alice, releaseEpoch), 0);
        assertEq(_poolTokens(bad), 0);
    }

    /// @dev The same with a validator that was right: the stake leaves as soon as the challenge is closed, to the wei.
    function test_frozenStake_leavesWhenTheChallengeIsClosed() public {
        address good = _operator(0);
        _delegate(alice, good, 40 ether);
        (, uint48 releaseEpoch) = _unbondAll(alice, good);
        _advance(releaseEpoch - 1 - stake.epoch());

        uint256 state = vm.snapshotState();
        _grow(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(leaves.length - 1);
        bytes memory signature = _signCheckpoint(_secret(0, 0), c);
        vm.revertToState(state); // the block that it saw is replaced
        slasher.challengePremature(c, signature);
        _advance();
        _grow(1); // the message is dispatched again
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeAccounts.HeldBack.selector, good, stake.epoch() - 1));
        stake.withdraw(good, releaseEpoch);

        proofs.storeLatestCheckpoint(address(tree));
        slasher.closePremature(good, c, _proofOf(c.index));
        assertEq(_withdraw(alice, good, releaseEpoch), 40 ether);
        assertEq(alice.balance, 40 ether);
        assertEq(stake.validatorStatus(good).jailedUntil, 0);
    }

    /* ---------------------------------------------------- liveness -------------------------------------------------- */

    function test_silence_jailsForAWhile() public {
        address silent = _operator(2);
        bytes32 root = roots[4];
        uint256 before = _poolTokens(silent);
        skip(slasher.terms().finalAfter);
        vm.deal(bob, 1 ether);
        vm.prank(bob);
        slasher.challengeLiveness{value: BOND}(silent, 3, root);
        skip(slasher.terms().livenessWindow);
        assertEq(slasher.resolveLiveness(silent, 3), before / 100);
        assertFalse(_isActive(silent));
        slasher.withdrawCredit(bob);
        assertEq(bob.balance, 1 ether);
        assertEq(stake.creditOf(bob), before / 500); // a fifth of what its operator lost

        _fund(silent, 10 ether);
        _delegate(silent, silent, 10 ether);
        vm.warp(stake.validatorStatus(silent).jailedUntil);
        vm.prank(silent);
        stake.rejoin();
        _advance();
        assertTrue(_isActive(silent));
        (, uint32 fromIndex) = stake.activation(silent);
        assertEq(fromIndex, mailbox.nonce()); // what it missed it need not sign
    }

    /// @dev What was dispatched before the first epoch nobody owes.
    function test_liveness_beforeActivation() public {
        (, uint32 fromIndex) = stake.activation(_operator(0));
        assertEq(fromIndex, 2);
    }

    /* ---------------------------------------------------- handover -------------------------------------------------- */

    /// @dev What becomes of the validators in an epoch.
    function _change(uint256 epoch) internal {
        if (epoch == 2) _registerKnown(4, SELF_BOND + 100 ether); // one comes, the smallest must go
        if (epoch == 3) _rotateKnown(3, 1);
        if (epoch == 4) _unbondAll(_operator(3), _operator(3)); // one leaves
        if (epoch == 5) _delegate(alice, _operator(0), 300 ether);
        if (epoch == 7) _report(_forged(2)); // one is thrown out
        if (epoch == 8) _registerKnown(5, 2 * SELF_BOND);
    }

    /// @dev Ten epochs in which validators join, leave, rotate and gain stake, while messages flow. None is lost.
    function test_handover_acrossTenEpochs() public {
        for (uint256 epoch = 1; epoch <= 10; ++epoch) {
            bytes memory early = _send(abi.encode("early", epoch));
            _change(epoch);
            _advance();
            bytes memory set = _push();
            bytes memory late = _send(abi.encode("late", epoch));
            _deliver(_metadata(set), set);
            _assertHandedOver();
            _deliver(_metadata(early), early);
            _deliver(_metadata(late), late);
        }
        assertEq(recipient.received(), 20);
        for (uint256 i; i < stake.validators().length; ++i) {
            assertTrue(stake.validators()[i] != _key(BAD) && stake.validators()[i] != _key(3, 1));
        }
    }

    function _assertHandedOver() internal view {
        (uint64 setId, IWeightedMultisigIsm.ValidatorInfo[] memory members,) = stake.validatorSet();
        assertEq(module.setOf(ORIGIN).setId, setId);
        assertEq(abi.encode(module.setOf(ORIGIN).members), abi.encode(members));
        assertEq(module.setOf(ORIGIN).issuedAt, block.timestamp);
    }

    /// @dev Nobody pushed for too long: all is refused, the set that would save it too, until the owner's recovery.
    function test_expiredSet_refusesEverythingUntilRecovered() public {
        bytes memory message = _send("hello");
        bytes memory metadata = _metadata(message);
        bytes memory set = _push();
        bytes memory setMetadata = _metadata(set);
        uint256 expiresAt = module.setOf(ORIGIN).expiresAt;
        vm.warp(expiresAt);
        bytes memory reason = abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, expiresAt);
        vm.expectRevert(reason);
        destinationMailbox.process(metadata, message);
        vm.expectRevert(reason);
        destinationMailbox.process(setMetadata, set);

        _bootstrap();
        _deliver(_metadata(message), message);
        assertEq(recipient.lastData(), "hello");
        _handOver();
        _assertHandedOver();
    }

    /// @dev The gas limit that `pushSet` asks for is enough for what the module does, at any size.
    function test_pushSet_gasLimit_suffices() public {
        for (uint256 n = 1; n <= 64; n += 21) {
            bytes memory body = abi.encodePacked(uint8(1), uint64(1000 + n), uint48(block.timestamp));
            for (uint256 i; i < n; ++i) {
                body = bytes.concat(body, bytes12(uint96(100)), bytes20(vm.addr(5000 + 100 * n + i)));
            }
            uint256 limit = 300_000 + 15_000 * n;
            vm.prank(address(destinationMailbox));
            module.handle{gas: limit}(ORIGIN, bytes32(uint256(uint160(address(stake)))), body);
        }
        assertEq(module.setOf(ORIGIN).members.length, 64);
    }
}
