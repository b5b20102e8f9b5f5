// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {OptimisticIsmTest} from "./OptimisticIsmTest.sol";

/// @notice From pre-verification to delivery.
contract OptimisticIsmWindowTest is OptimisticIsmTest {
    function test_moduleType() public view {
        assertEq(module.moduleType(), 128);
    }

    /* --------------------------------------------------- pre-verify ------------------------------------------------- */

    function test_preVerify_opensTheWindow() public {
        _assertStatus(IOptimisticIsm.Status.NotPreVerified, 0);
        vm.expectEmit(address(module));
        emit IOptimisticIsm.PreVerified(id, 1, address(ism), START + WINDOW);
        _preVerify();
        _assertStatus(IOptimisticIsm.Status.WindowOpen, START + WINDOW);
        _assertPreVerification(1, START + WINDOW, 0);
    }

    function test_preVerify_asksTheSubmoduleWithTheSameBytes() public {
        vm.expectCall(address(ism), abi.encodeCall(IInterchainSecurityModule.verify, (metadata, message)), 1);
        _preVerify();
    }

    function test_preVerify_again_reverts() public {
        // Attempt: open the window again and again, so that the message is never delivered.
        _preVerify();
        vm.warp(START + WINDOW - 1);
        vm.expectRevert(_alreadyPreVerified(START + WINDOW));
        module.preVerify(metadata, message);
        vm.warp(START + WINDOW);
        vm.expectRevert(_alreadyPreVerified(START + WINDOW));
        module.preVerify(metadata, message);
        _assertDelivers();
        vm.expectRevert(_alreadyPreVerified(START + WINDOW));
        module.preVerify(metadata, message);
    }

    function test_preVerify_whenSubmoduleReverts_revertsWithItsReason_andLeavesNothing() public {
        bytes memory short = bytes.concat(
            Reference.messageIdMetadata(_latestCheckpoint(message)),
            _sign(validatorKeys[0], Reference.checkpointHash(_latestCheckpoint(message)))
        );
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 1, THRESHOLD));
        module.preVerify(short, message);
        _assertPreVerification(0, 0, 0);
        _assertRefused(_notPreVerified());
    }

    function test_preVerify_signedByAnother_reverts() public {
        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        bytes32 hash = Reference.checkpointHash(checkpoint);
        bytes memory forged = bytes.concat(
            Reference.messageIdMetadata(checkpoint), _sign(validatorKeys[0], hash), _sign(attackerKey, hash)
        );
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, attacker));
        module.preVerify(forged, message);
        _assertRefused(_notPreVerified());
    }

    function test_preVerify_withOneByteOfTheMessageChanged_reverts() public {
        // Attempt: the genuine quorum with another body, sender, origin or nonce: no byte of the message is free.
        bytes32 hash = Reference.checkpointHash(_latestCheckpoint(message));
        for (uint256 i; i < message.length; ++i) {
            bytes memory tampered = bytes.concat(message);
            tampered[i] ^= 0x01;
            Reference.Checkpoint memory checkpoint = _latestCheckpoint(tampered);
            if (i > 4 && i < 9) checkpoint.origin = uint32(bytes4(_slice(tampered, 5)));
            address seeming = _recovered(validatorKeys[0], hash, Reference.checkpointHash(checkpoint));
            vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, seeming));
            module.preVerify(metadata, tampered);
        }
    }

    function test_preVerify_asIfFromAnotherOrigin_reverts() public {
        // Attempt: the same bytes but for the origin, with the signatures that the validators made for the true one.
        bytes memory replayed =
            Reference.message(0, ORIGIN + 1, alice, DESTINATION, Reference.addr32(address(recipient)), "body");
        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        bytes32 signedHash = Reference.checkpointHash(checkpoint);
        (checkpoint.origin, checkpoint.messageId) = (ORIGIN + 1, keccak256(replayed));
        address seeming = _recovered(validatorKeys[0], signedHash, Reference.checkpointHash(checkpoint));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, seeming));
        module.preVerify(metadata, replayed);
    }

    function test_preVerify_whenSubmoduleReturnsFalse_reverts() public {
        RawAnswer refusing = new RawAnswer(RawAnswer.Kind.Return, abi.encode(false), 0);
        _setSubmodule(IInterchainSecurityModule(address(refusing)));
        vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotVerifiedBySubmodule.selector, id, refusing));
        module.preVerify(metadata, message);
        _assertRefused(_notPreVerified());
    }

    function test_preVerify_whenSubmoduleAnswersWithAnythingButTrue_reverts() public {
        // Attempt: nothing, too little, or a number that is no bool must not pass for true.
        bytes[3] memory answers = [bytes(""), new bytes(31), abi.encode(2)];
        for (uint256 i; i < answers.length; ++i) {
            _setSubmodule(IInterchainSecurityModule(address(new RawAnswer(RawAnswer.Kind.Return, answers[i], 0))));
            vm.expectRevert(bytes(""));
            module.preVerify(metadata, message);
        }
        _assertRefused(_notPreVerified());
    }

    function test_preVerify_whenSubmoduleLostItsCode_reverts() public {
        vm.etch(address(ism), "");
        vm.expectRevert(bytes(""));
        module.preVerify(metadata, message);
    }

    function test_preVerify_ofOneMessage_isNoneOfAnother() public {
        _preVerify();
        vm.warp(START + WINDOW);
        bytes memory other = _dispatch(address(recipient), "another body");
        vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotPreVerified.selector, keccak256(other)));
        module.verify("", other);
    }

    function test_preVerify_inOneModule_isNoneInAnother() public {
        _preVerify();
        vm.warp(START + WINDOW);
        IOptimisticIsm other = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, FLAGS);
        vm.expectRevert(_notPreVerified());
        other.verify("", message);
    }

    /* ----------------------------------------------------- window --------------------------------------------------- */

    function test_verify_whenNotPreVerified_reverts() public {
        _assertRefused(_notPreVerified());
        vm.warp(START + 365 days);
        _assertRefused(_notPreVerified());
    }

    function test_verify_withTheSubmodulesMetadata_isNoShortcut() public {
        vm.expectRevert(_notPreVerified());
        module.verify(metadata, message);
        _preVerify();
        vm.expectRevert(_windowOpen(START + WINDOW));
        module.verify(metadata, message);
    }

    function test_verify_windowEdge_isExactToTheSecond() public {
        _preVerify();
        _assertRefused(_windowOpen(START + WINDOW));
        vm.warp(START + WINDOW - 1);
        _assertStatus(IOptimisticIsm.Status.WindowOpen, START + WINDOW);
        _assertRefused(_windowOpen(START + WINDOW));
        vm.warp(START + WINDOW);
        _assertStatus(IOptimisticIsm.Status.Deliverable, START + WINDOW);
        _assertDelivers();
    }

    function test_verify_oneSecondAfterTheWindow_andEverAfter() public {
        _preVerify();
        vm.warp(START + WINDOW + 1);
        assertTrue(module.verify("", message));
        vm.warp(START + 100 * 365 days);
        _assertStatus(IOptimisticIsm.Status.Deliverable, START + WINDOW);
        _assertDelivers();
    }

    function test_verify_ignoresMetadata_andKeepsNoState() public {
        _preVerify();
        vm.warp(START + WINDOW);
        vm.record();
        assertTrue(module.verify("surplus", message));
        assertTrue(module.verify("", message));
        (, bytes32[] memory writes) = vm.accesses(address(module));
        assertEq(writes.length, 0);
        _assertDelivers();
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, id));
        destinationMailbox.process("", message);
    }

    function testFuzz_verify_ifAndOnlyIfTheWindowHasPassed(uint48 window, uint256 start, uint256 elapsed) public {
        window = uint48(bound(window, 1, 30 days));
        start = bound(start, 1, type(uint40).max);
        elapsed = bound(elapsed, 0, 2 * uint256(window));
        module = Shipped.optimisticIsm(owner, ism, window, watchers, FLAGS);
        vm.warp(start);
        _preVerify();
        vm.warp(start + elapsed);
        if (elapsed < window) vm.expectRevert(_windowOpen(start + window));
        assertTrue(module.verify("", message) || elapsed < window);
    }

    function _slice(bytes memory data, uint256 from) internal pure returns (bytes memory part) {
        part = new bytes(4);
        for (uint256 i; i < 4; ++i) {
            part[i] = data[from + i];
        }
    }
}
