// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointFraudProofs} from "src/interfaces/ICheckpointFraudProofs.sol";
import {IFraudEvidence} from "src/interfaces/IFraudEvidence.sol";
import {ISlasher} from "src/interfaces/ISlasher.sol";

import {SlasherTest} from "../../kit/SlasherTest.sol";
import {ReentrantCaller} from "../../mocks/ReentrantCaller.sol";

contract SlasherLivenessTest is SlasherTest {
    uint32 internal constant COUNT = 5;
    uint32 internal constant INDEX = 3;
    uint256 internal constant SHARE = WHOLE / 100;

    bytes32 internal root;
    uint256 internal openedAt = START + FINAL_AFTER;

    function setUp() public override {
        super.setUp();
        _grow(COUNT);
        root = _store();
        skip(FINAL_AFTER);
    }

    function _challenge(uint32 index) internal {
        vm.prank(reporter);
        slasher.challengeLiveness{value: BOND}(operators[0], index, root);
    }

    function _answer(uint32 index) internal {
        ICheckpointFraudProofs.Checkpoint memory c = _honest(index);
        slasher.answerLiveness(c, _signed(c));
    }

    function _assertStatus(uint32 index, ISlasher.LivenessStatus status, address challenger, uint256 deadline)
        internal
        view
    {
        (ISlasher.LivenessStatus is_, address by, uint48 until) = slasher.livenessChallenge(operators[0], index);
        assertEq(uint256(is_), uint256(status));
        assertEq(by, challenger);
        assertEq(until, deadline);
    }

    function _expectNoChallenge(uint32 index) internal {
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NoLivenessChallenge.selector, operators[0], index));
    }

    /* ---------------------------------------------------- challenge ------------------------------------------------- */

    function test_challengeLiveness() public {
        _assertStatus(INDEX, ISlasher.LivenessStatus.None, address(0), 0);
        vm.expectEmit();
        emit ISlasher.LivenessChallenged(operators[0], INDEX, reporter, openedAt + LIVENESS_WINDOW);
        _challenge(INDEX);
        _assertStatus(INDEX, ISlasher.LivenessStatus.Open, reporter, openedAt + LIVENESS_WINDOW);
        assertEq(address(slasher).balance, BOND);
        assertEq(slasher.creditOf(reporter), 0);
        assertEq(slasher.creditOf(operators[0]), 0);
    }

    function test_challengeLiveness_wrongBond_reverts() public {
        vm.startPrank(reporter);
        for (uint256 i; i < 3; ++i) {
            uint256 value = [0, BOND - 1, BOND + 1][i];
            vm.expectRevert(abi.encodeWithSelector(ISlasher.WrongBond.selector, value, BOND));
            slasher.challengeLiveness{value: value}(operators[0], INDEX, root);
        }
    }

    function test_challengeLiveness_whenNotActive_reverts() public {
        stake.setActivation(operators[0], false, 0);
        vm.prank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NotActive.selector, operators[0]));
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
    }

    /// @dev A validator need not have signed what was dispatched before it came.
    function test_challengeLiveness_beforeActivation_reverts() public {
        stake.setActivation(operators[0], true, INDEX + 1);
        vm.prank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.BeforeActivation.selector, INDEX, INDEX + 1));
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
        stake.setActivation(operators[0], true, INDEX);
        _challenge(INDEX);
    }

    /// @dev Validators sign what is final; a root that was stored a moment ago is not. Exact to the second.
    function test_challengeLiveness_finalAfter_edge() public {
        _grow(1);
        root = _store();
        uint256 storedAt = openedAt;
        skip(FINAL_AFTER - 1);
        bytes memory reason = abi.encodeWithSelector(ISlasher.NotFinal.selector, COUNT, root, storedAt);
        vm.prank(reporter);
        vm.expectRevert(reason);
        slasher.challengeLiveness{value: BOND}(operators[0], COUNT, root);
        skip(1);
        _challenge(COUNT);
    }

    function test_challengeLiveness_rootWasNotStored_reverts() public {
        _grow(1);
        bytes32 unknown = originTree.root();
        vm.prank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NotFinal.selector, INDEX, unknown, 0));
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, unknown);
    }

    /// @dev A leaf that came after the root: not final, perhaps not there at all.
    function test_challengeLiveness_leafAfterTheRoot_reverts() public {
        _grow(2);
        vm.prank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NotFinal.selector, COUNT, root, START));
        slasher.challengeLiveness{value: BOND}(operators[0], COUNT, root);
        _challenge(COUNT - 1);
    }

    /// @dev The attacker stores, for a tree of its own, a root with leaves that the Mailbox never had.
    function test_challengeLiveness_rootOfAFakeTree_reverts() public {
        proofs.storeLatestCheckpoint(address(_fakeTree("fake", 1000)));
        skip(FINAL_AFTER);
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NotFinal.selector, 999, bytes32("fake"), 0));
        slasher.challengeLiveness{value: BOND}(operators[0], 999, "fake");
    }

    function test_challengeLiveness_twice_reverts() public {
        bytes memory reason = abi.encodeWithSelector(ISlasher.AlreadyChallengedToSign.selector, operators[0], INDEX);
        _challenge(INDEX);
        vm.startPrank(reporter);
        vm.expectRevert(reason);
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
        _answer(INDEX);
        vm.expectRevert(reason); // its signature is on chain
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
    }

    /* ---------------------------------------------------- answer ---------------------------------------------------- */

    function test_answerLiveness() public {
        _challenge(INDEX);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        bytes memory signature = _signed(c);
        vm.expectEmit();
        emit ISlasher.LivenessAnswered(operators[0], INDEX, c.root, c.messageId, signature);
        vm.prank(bob); // anyone who has the signature
        slasher.answerLiveness(c, signature);

        _assertStatus(INDEX, ISlasher.LivenessStatus.Answered, reporter, openedAt + LIVENESS_WINDOW);
        assertEq(slasher.creditOf(operators[0]), BOND);
        assertEq(slasher.withdrawCredit(operators[0]), BOND);
        assertEq(operators[0].balance, BOND);
        _expectNoChallenge(INDEX);
        slasher.answerLiveness(c, signature);
        skip(LIVENESS_WINDOW);
        _expectNoChallenge(INDEX);
        slasher.resolveLiveness(operators[0], INDEX);
        _assertNoSlash();
    }

    function test_answerLiveness_windowEdge() public {
        _challenge(INDEX);
        _challenge(INDEX - 1);
        skip(LIVENESS_WINDOW - 1);
        _answer(INDEX);
        skip(1);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX - 1);
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.WindowClosed.selector, openedAt + LIVENESS_WINDOW));
        slasher.answerLiveness(c, signature);
    }

    function test_answerLiveness_ofAnotherLeaf_reverts() public {
        _challenge(INDEX);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX + 1);
        bytes memory signature = _signed(c);
        _expectNoChallenge(INDEX + 1);
        slasher.answerLiveness(c, signature);
    }

    function test_answerLiveness_byAnotherValidator_reverts() public {
        _challenge(INDEX);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        bytes memory signature = _sign(validatorKeys[1], _hash(c));
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NoLivenessChallenge.selector, operators[1], INDEX));
        slasher.answerLiveness(c, signature);
        signature = _sign(attackerKey, _hash(c));
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotAValidator.selector, attacker));
        slasher.answerLiveness(c, signature);
    }

    /// @dev A checkpoint of another chain or tree helps nobody here.
    function test_answerLiveness_ofAnotherTree_reverts() public {
        _challenge(INDEX);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        c.origin = DESTINATION;
        bytes memory signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotTheMailboxTree.selector, DESTINATION, c.merkleTree));
        slasher.answerLiveness(c, signature);
        c = _honest(INDEX);
        c.merkleTree = "another";
        signature = _signed(c);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.NotTheMailboxTree.selector, ORIGIN, c.merkleTree));
        slasher.answerLiveness(c, signature);
    }

    /// @dev The key was replaced since, in the middle of the challenge: either one will do.
    function test_answerLiveness_byANewKey() public {
        _challenge(INDEX);
        stake.setKey(attacker, operators[0]);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        slasher.answerLiveness(c, _sign(attackerKey, _hash(c)));
        assertEq(slasher.creditOf(operators[0]), BOND);
    }

    /// @dev Signing anything to be left in peace costs more than silence: the answer is the evidence.
    function test_answerLiveness_withAForgery_isEvidence() public {
        _challenge(INDEX);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        c.messageId = "anything";
        slasher.answerLiveness(c, _signed(c));
        vm.prank(reporter);
        slasher.proveMessageId(c, _signed(c), _proof(INDEX), leaves[INDEX]);
        _assertSlashed(operators[0], WHOLE / 2, reporter, true);
    }

    /// @dev Every leaf that a validator can be challenged for it can answer for, and is paid for.
    function testFuzz_answerLiveness_everyChallengeIsAnswerable(uint8 fromIndex, uint8 index, uint32 wait) public {
        stake.setActivation(operators[0], true, uint32(bound(fromIndex, 0, COUNT - 1)));
        (, uint32 from) = stake.activation(operators[0]);
        index = uint8(bound(index, from, COUNT - 1));
        _challenge(index);
        skip(bound(wait, 0, LIVENESS_WINDOW - 1));
        _answer(index);
        assertEq(slasher.creditOf(operators[0]), BOND);
        _assertNoSlash();
    }

    /* ---------------------------------------------------- resolve --------------------------------------------------- */

    function test_resolveLiveness() public {
        _challenge(INDEX);
        skip(LIVENESS_WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IFraudEvidence.WindowOpen.selector, openedAt + LIVENESS_WINDOW));
        slasher.resolveLiveness(operators[0], INDEX);

        skip(1);
        vm.expectEmit();
        emit ISlasher.LivenessFailed(operators[0], INDEX, reporter, STAKE / 100);
        vm.prank(bob);
        assertEq(slasher.resolveLiveness(operators[0], INDEX), STAKE / 100);
        _assertSlashed(operators[0], SHARE, reporter, false);
        _assertStatus(INDEX, ISlasher.LivenessStatus.Failed, reporter, openedAt + LIVENESS_WINDOW);
        assertEq(slasher.creditOf(reporter), BOND);
        assertEq(slasher.creditOf(operators[0]), 0);

        _expectNoChallenge(INDEX);
        slasher.resolveLiveness(operators[0], INDEX);
        stake.setActivation(operators[0], true, 0);
        vm.prank(reporter);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.AlreadyChallengedToSign.selector, operators[0], INDEX));
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
    }

    function test_resolveLiveness_whenThereIsNone_reverts() public {
        _expectNoChallenge(INDEX);
        slasher.resolveLiveness(operators[0], INDEX);
    }

    /// @dev A validator whose machine is off for a day is challenged for every leaf. It is one outage: it is slashed once, and
    ///      all challengers get their bonds back.
    function test_resolveLiveness_oneOutageIsOneOffence() public {
        for (uint32 i; i < COUNT; ++i) {
            if (i == 2) skip(1 hours);
            _challenge(i);
        }
        skip(LIVENESS_WINDOW);
        assertEq(slasher.resolveLiveness(operators[0], 1), STAKE / 100);
        for (uint32 i; i < COUNT; ++i) {
            if (i != 1) assertEq(slasher.resolveLiveness(operators[0], i), 0);
        }
        _assertSlashed(operators[0], SHARE, reporter, false);
        assertEq(slasher.creditOf(reporter), COUNT * BOND);
        assertEq(address(slasher).balance, COUNT * BOND);
    }

    /// @dev It comes back, and is silent again: another offence. Challenges from the second that it was slashed in are of the
    ///      silence before, later ones are not.
    function test_resolveLiveness_aSecondSilenceIsAnother() public {
        _challenge(0);
        skip(LIVENESS_WINDOW - 1);
        _challenge(1); // while it is silent
        skip(1);
        _challenge(2); // in the second before it is jailed
        slasher.resolveLiveness(operators[0], 0);
        stake.setActivation(operators[0], true, 0); // as if it were back at once
        skip(1);
        _challenge(3);

        skip(LIVENESS_WINDOW);
        assertEq(slasher.resolveLiveness(operators[0], 1), 0);
        assertEq(slasher.resolveLiveness(operators[0], 2), 0);
        assertGt(slasher.resolveLiveness(operators[0], 3), 0);
        assertEq(stake.slashes().length, 2);
    }

    /// @dev The accused challenges itself for another leaf, and answers. Whoever is not served challenges for the one that it
    ///      withholds.
    function test_shamChallenge_answered_isNoShield() public {
        vm.deal(operators[0], BOND);
        vm.prank(operators[0]);
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX - 1, root);
        _challenge(INDEX);
        _answer(INDEX - 1);
        skip(LIVENESS_WINDOW);
        slasher.resolveLiveness(operators[0], INDEX);
        _assertSlashed(operators[0], SHARE, reporter, false);
    }

    /// @dev It challenges itself for the very leaf that it withholds: then it must answer for that, or be slashed when its own
    ///      challenge ends, which is not after anyone else's would.
    function test_shamChallenge_ofTheSameLeaf_isNoShield() public {
        vm.deal(operators[0], BOND);
        vm.prank(operators[0]);
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
        skip(LIVENESS_WINDOW);
        vm.prank(reporter);
        slasher.resolveLiveness(operators[0], INDEX);
        _assertSlashed(operators[0], SHARE, operators[0], false);
    }

    /// @dev Of others it says nothing.
    function test_resolveLiveness_ofOneValidatorAlone() public {
        _challenge(INDEX);
        vm.prank(reporter);
        slasher.challengeLiveness{value: BOND}(operators[1], INDEX, root);
        ICheckpointFraudProofs.Checkpoint memory c = _honest(INDEX);
        slasher.answerLiveness(c, _sign(validatorKeys[1], _hash(c)));
        skip(LIVENESS_WINDOW);
        slasher.resolveLiveness(operators[0], INDEX);
        _assertSlashed(operators[0], SHARE, reporter, false);
        assertEq(stake.stakeOf(operators[1]), STAKE);
    }

    /// @dev Nothing is held back: the stake stays slashable for longer than the window anyway, and delegators must not be
    ///      kept waiting by whoever pays a bond, which may be their operator, to itself.
    function test_liveness_freezesNothing() public {
        _challenge(INDEX);
        assertEq(stake.frozen(operators[0], 0), 0);
    }

    /* ---------------------------------------------------- credits --------------------------------------------------- */

    function test_withdrawCredit() public {
        _challenge(INDEX);
        _answer(INDEX);
        vm.expectEmit();
        emit ISlasher.CreditWithdrawn(operators[0], BOND);
        vm.prank(bob);
        slasher.withdrawCredit(operators[0]);
        assertEq(operators[0].balance, BOND);
        assertEq(address(slasher).balance, 0);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.NothingToWithdraw.selector, operators[0]));
        slasher.withdrawCredit(operators[0]);
    }

    /// @dev The account tries to be paid twice, out of the bond of a challenge that is open.
    function test_withdrawCredit_reentered_paysOnce() public {
        ReentrantCaller thief = new ReentrantCaller();
        vm.deal(address(thief), 2 * BOND);
        vm.prank(address(thief));
        slasher.challengeLiveness{value: BOND}(operators[0], INDEX, root);
        _challenge(INDEX - 1);
        skip(LIVENESS_WINDOW);
        slasher.resolveLiveness(operators[0], INDEX);
        thief.plan(address(slasher), abi.encodeCall(slasher.withdrawCredit, (address(thief))));
        slasher.withdrawCredit(address(thief));
        assertEq(thief.entries(), 1);
        assertFalse(thief.succeeded());
        assertEq(address(thief).balance, 2 * BOND);
        assertEq(address(slasher).balance, BOND);
    }

    /// @dev Who can not be paid keeps its credit, and is in nobody's way.
    function test_withdrawCredit_refused_reverts() public {
        vm.etch(reporter, hex"fe");
        _challenge(INDEX);
        skip(LIVENESS_WINDOW);
        slasher.resolveLiveness(operators[0], INDEX);
        vm.expectRevert(abi.encodeWithSelector(ISlasher.PaymentFailed.selector, reporter, BOND));
        slasher.withdrawCredit(reporter);
        assertEq(slasher.creditOf(reporter), BOND);
    }

    function test_plainEther_isRefused() public {
        vm.prank(reporter);
        (bool accepted, bytes memory data) = address(slasher).call{value: 1}("");
        assertFalse(accepted);
        assertEq(data.length, 0);
    }
}
