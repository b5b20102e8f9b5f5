// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "src/interfaces/IFraudEvidence.sol";
import {ISlashingTerms} from "src/interfaces/ISlashingTerms.sol";

import {Reference} from "../../kit/Reference.sol";
import {SlasherTest} from "../../kit/SlasherTest.sol";
import {StakeMock} from "../../mocks/staking/StakeMock.sol";

/// @notice Leaves that the tree has not got.
contract SlasherPrematureTest is SlasherTest {
    uint32 internal constant COUNT = 3;
    uint48 internal constant EPOCH = 7;
    uint256 internal constant SHARE = (uint256(WHOLE) * 3) / 10;

    function setUp() public override {
        super.setUp();
        _grow(COUNT);
        stake.setEpoch(EPOCH);
    }

    /// @dev What never was dispatched.
    function _forged(uint32 index) internal view returns (ICheckpointFraudProofs.Checkpoint memory) {
        return ICheckpointFraudProofs.Checkpoint(
            ORIGIN, Reference.addr32(address(originTree)), "forged root", index, "forged"
        );
    }

    /// @dev What an honest validator signs for the leaves to come if they are as `_grow` makes them: the tree is grown, and
    ///      set back.
    function _future(uint32 index) internal returns (ICheckpointFraudProofs.Checkpoint memory c) {
        uint256 state = vm.snapshotState();
        _grow(index + 1 - leaves.length);
        c = _honest(index);
        vm.revertToState(state);
    }

    function _challenge(ICheckpointFraudProofs.Checkpoint memory c) internal returns (bytes32) {
        vm.prank(reporter);
        return slasher.challengePremature(c, _signed(c));
    }

    function _frozen() internal view returns (uint256) {
        return stake.frozen(operators[0], EPOCH);
    }

    function _expectNoChallenge(ICheckpointFraudProofs.Checkpoint memory c) internal {
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NoChallenge.selector, _challengeId(operators[0], c)));
    }

    function _expectClosed(ICheckpointFraudProofs.Checkpoint memory c, bool cameTrue) internal {
        vm.expectEmit(address(slasher));
        emit IFraudEvidence.PrematureClosed(_challengeId(operators[0], c), operators[0], cameTrue);
    }

    /* ---------------------------------------------------- challenge ------------------------------------------------- */

    function test_challengePremature() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        bytes32 expected = _challengeId(operators[0], c);
        vm.expectEmit();
        emit IFraudEvidence.PrematureChallenged(expected, operators[0], reporter, c, START + PREMATURE_WINDOW);
        bytes32 id = _challenge(c);

        assertEq(id, expected);
        assertEq(id, slasher.prematureChallengeId(operators[0], c));
        (address by, uint48 deadline) = slasher.prematureChallenge(id);
        assertEq(by, reporter);
        assertEq(deadline, START + PREMATURE_WINDOW);
        assertEq(_frozen(), 1);
        _assertNoSlash();
    }

    /// @dev The last leaf that there is, and the first that there is not.
    function test_challengePremature_edge() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT - 1);
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotPremature.selector, COUNT - 1, COUNT));
        slasher.challengePremature(c, signature);
        _challenge(_forged(COUNT));
        _challenge(_forged(type(uint32).max));
    }

    /// @dev A dispatch gets in before the challenge: then the tree itself has the answer.
    function test_challengePremature_whenTheLeafCameJustBefore_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _future(COUNT);
        bytes memory signature = _signed(c);
        _grow(1);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotPremature.selector, COUNT, COUNT + 1));
        slasher.challengePremature(c, signature);
    }

    function test_challengePremature_twice_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        bytes32 id = _challenge(c);
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.AlreadyChallenged.selector, id));
        slasher.challengePremature(c, signature);
        assertEq(_frozen(), 1);
    }

    function test_challengePremature_byAStranger_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        bytes memory signature = _sign(attackerKey, _hash(c));
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, attacker));
        slasher.challengePremature(c, signature);
    }

    function test_challengePremature_whenPunishedForTheLeaf_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        skip(PREMATURE_WINDOW);
        slasher.resolvePremature(operators[0], c);

        bytes memory reason =
            abi.encodeWithSelector(IFraudEvidence.AlreadySlashed.selector, operators[0], ORIGIN, c.merkleTree, COUNT);
        c.messageId = "another";
        bytes memory signature = _signed(c);
        vm.expectRevert(reason);
        slasher.challengePremature(c, signature);
        assertEq(stake.slashes().length, 1);
    }

    /* ---------------------------------------------------- resolve --------------------------------------------------- */

    function test_resolvePremature_windowEdge() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        skip(PREMATURE_WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.WindowOpen.selector, START + PREMATURE_WINDOW));
        slasher.resolvePremature(operators[0], c);

        skip(1);
        vm.expectEmit();
        emit IFraudEvidence.FraudProven(
            operators[0], IFraudEvidence.Kind.Premature, reporter, ORIGIN, c.merkleTree, COUNT, SHARE
        );
        _expectClosed(c, false);
        vm.prank(bob); // anyone; the reporter is who challenged
        uint256 slashed = slasher.resolvePremature(operators[0], c);
        assertEq(slashed, (STAKE * 3) / 10);
        _assertSlashed(operators[0], SHARE, reporter, true);
        assertEq(_frozen(), 0);
    }

    function test_resolvePremature_twice_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        skip(PREMATURE_WINDOW);
        slasher.resolvePremature(operators[0], c);
        _expectNoChallenge(c);
        slasher.resolvePremature(operators[0], c);
        assertEq(stake.slashes().length, 1);
    }

    function test_resolvePremature_whenThereIsNone_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _expectNoChallenge(c);
        slasher.resolvePremature(operators[0], c);

        _challenge(c);
        skip(PREMATURE_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NoChallenge.selector, _challengeId(operators[1], c)));
        slasher.resolvePremature(operators[1], c); // somebody else's
        c.root = "other";
        _expectNoChallenge(c);
        slasher.resolvePremature(operators[0], c); // another checkpoint
    }

    /// @dev What is held back must be hit by the slash; and it is what was held back when the challenge began.
    function test_resolvePremature_slashesBeforeItUnfreezes() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        stake.setEpoch(EPOCH + 3);
        skip(PREMATURE_WINDOW);
        vm.startStateDiffRecording();
        slasher.resolvePremature(operators[0], c);
        Vm.AccountAccess[] memory calls = vm.stopAndReturnStateDiff();
        uint256 slashedAt;
        uint256 unfrozenAt;
        for (uint256 i; i < calls.length; ++i) {
            if (calls[i].account != address(stake)) continue;
            if (bytes4(calls[i].data) == StakeMock.slash.selector) slashedAt = i;
            if (bytes4(calls[i].data) == StakeMock.unfreeze.selector) unfrozenAt = i;
        }
        assertGt(slashedAt, 0);
        assertGt(unfrozenAt, slashedAt);
        assertEq(_frozen(), 0);
    }

    /// @dev The key's delay ends while the challenge runs. The challenge is against the validator, which is slashed.
    function test_resolvePremature_afterTheKeyIsFree() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        stake.setKey(validators[0], address(0));
        skip(PREMATURE_WINDOW);
        slasher.resolvePremature(operators[0], c);
        _assertSlashed(operators[0], SHARE, reporter, true);
    }

    /* ----------------------------------------------------- close ---------------------------------------------------- */

    /// @dev A block that the validator saw is replaced; its messages are dispatched again, one by one.
    function test_closePremature_afterAShortReorg() public {
        ICheckpointFraudProofs.Checkpoint memory c = _future(COUNT + 1);
        _challenge(c);
        _grow(1);
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointFraudProofs.MessageNotInTree.selector, originTree, COUNT + 1, c.messageId)
        );
        slasher.closePremature(operators[0], c, _proof(COUNT));

        _grow(3);
        _store();
        _expectClosed(c, true);
        vm.prank(bob);
        slasher.closePremature(operators[0], c, _proof(COUNT + 1));
        assertEq(_frozen(), 0);
        _assertNoSlash();
        _expectNoChallenge(c);
        slasher.closePremature(operators[0], c, _proof(COUNT + 1));
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotPremature.selector, COUNT + 1, COUNT + 4));
        slasher.challengePremature(c, signature); // never again
    }

    /// @dev Nobody closed it in time, but the tree has got the leaf: time alone slashes nobody. It is closed later.
    function test_closePremature_afterTheWindow() public {
        ICheckpointFraudProofs.Checkpoint memory c = _future(COUNT);
        _challenge(c);
        _grow(1);
        skip(100 * PREMATURE_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.TreeHasGrown.selector, COUNT, COUNT + 1));
        slasher.resolvePremature(operators[0], c);

        _store();
        slasher.closePremature(operators[0], c, _proof(COUNT));
        assertEq(_frozen(), 0);
        _assertNoSlash();
    }

    /// @dev The tree has grown to have another message there: that is a proof of its own.
    function test_closePremature_withAnotherMessage_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _forged(COUNT);
        _challenge(c);
        _grow(1);
        _store();
        vm.expectRevert(
            abi.encodeWithSelector(ICheckpointFraudProofs.MessageNotInTree.selector, originTree, COUNT, c.messageId)
        );
        slasher.closePremature(operators[0], c, _proof(COUNT));
        skip(PREMATURE_WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.TreeHasGrown.selector, COUNT, COUNT + 1));
        slasher.resolvePremature(operators[0], c);

        vm.prank(bob);
        slasher.proveMessageId(c, _signed(c), _proof(COUNT), leaves[COUNT]);
        _assertSlashed(operators[0], WHOLE / 2, bob, true);
        assertEq(_frozen(), 1);
        _expectClosed(c, false);
        slasher.resolvePremature(operators[0], c);
        assertEq(_frozen(), 0);
        assertEq(stake.slashes().length, 1);
    }

    /// @dev The right message under a false root. The attacker has what it signed dispatched: the root gives it away.
    function test_closePremature_withAnotherRoot_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _future(COUNT);
        c.root = "forged";
        _challenge(c);
        _grow(1);
        _store();
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotTheRoot.selector, COUNT, bytes32("forged")));
        slasher.closePremature(operators[0], c, _proof(COUNT));
        slasher.proveRoot(c, _signed(c), _proof(COUNT));
        assertEq(stake.slashes().length, 1);
    }

    /// @dev Another's challenge, or none.
    function test_closePremature_ofAnotherValidator_reverts() public {
        ICheckpointFraudProofs.Checkpoint memory c = _future(COUNT);
        _challenge(c);
        _grow(1);
        _store();
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NoChallenge.selector, _challengeId(operators[1], c)));
        slasher.closePremature(operators[1], c, _proof(COUNT));
    }

    /* ---------------------------------------------------- shields --------------------------------------------------- */

    /// @dev The accused challenges itself with a checkpoint that it will make true, for the same leaf as the forged one: both
    ///      are judged.
    function test_shamChallenge_isNoShield() public {
        ICheckpointFraudProofs.Checkpoint memory sham = _future(COUNT);
        ICheckpointFraudProofs.Checkpoint memory forged = _forged(COUNT);
        vm.prank(operators[0]);
        slasher.challengePremature(sham, _signed(sham));
        _challenge(forged);
        assertEq(_frozen(), 2);
        _grow(1);
        _store();
        slasher.closePremature(operators[0], sham, _proof(COUNT));
        assertEq(_frozen(), 1);

        slasher.proveMessageId(forged, _signed(forged), _proof(COUNT), leaves[COUNT]);
        slasher.resolvePremature(operators[0], forged);
        assertEq(_frozen(), 0);
        assertEq(stake.slashes().length, 1);
    }

    /// @dev Two forged checkpoints for one leaf that is never dispatched: one offence, both challenges end.
    function test_twoChallengesOfOneLeaf_areOneOffence() public {
        ICheckpointFraudProofs.Checkpoint memory first = _forged(COUNT);
        ICheckpointFraudProofs.Checkpoint memory second = _forged(COUNT);
        second.root = "another";
        _challenge(first);
        _challenge(second);
        skip(PREMATURE_WINDOW);
        slasher.resolvePremature(operators[0], first);
        assertEq(slasher.resolvePremature(operators[0], second), 0);
        assertEq(stake.slashes().length, 1);
        assertEq(_frozen(), 0);
    }

    /// @dev Punished for a graver kind, the challenge ends at once and costs nothing more.
    function test_resolvePremature_whenPunishedForMore_endsAtOnce() public {
        ICheckpointFraudProofs.Checkpoint memory first = _forged(COUNT);
        ICheckpointFraudProofs.Checkpoint memory second = _forged(COUNT);
        second.root = "another";
        _challenge(first);
        slasher.proveEquivocation(first, _signed(first), second, _signed(second));
        assertEq(slasher.resolvePremature(operators[0], first), 0);
        assertEq(stake.slashes().length, 1);
        assertEq(_frozen(), 0);
    }

    /// @dev Equivocation costs less than a premature signature, in this deployment. The accused reports itself for the
    ///      former; the challenge runs on, and takes the rest.
    function test_resolvePremature_whenPunishedForLess_takesTheRest() public {
        slasher = _newSlasher(_cheapEquivocation());
        stake.setSlasher(address(slasher));
        ICheckpointFraudProofs.Checkpoint memory first = _forged(COUNT);
        ICheckpointFraudProofs.Checkpoint memory second = _forged(COUNT);
        second.root = "another";
        _challenge(first);
        vm.prank(operators[0]);
        slasher.proveEquivocation(first, _signed(first), second, _signed(second));
        assertEq(stake.stakeOf(operators[0]), (STAKE * 9) / 10);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.WindowOpen.selector, START + PREMATURE_WINDOW));
        slasher.resolvePremature(operators[0], first);

        skip(PREMATURE_WINDOW);
        slasher.resolvePremature(operators[0], first);
        assertApproxEqAbs(stake.stakeOf(operators[0]), (STAKE * 7) / 10, 1000);
        assertEq(_frozen(), 0);
    }

    function _cheapEquivocation() internal pure returns (ISlashingTerms.Terms memory terms) {
        terms = _terms();
        terms.equivocationShare = WHOLE / 10;
    }
}
