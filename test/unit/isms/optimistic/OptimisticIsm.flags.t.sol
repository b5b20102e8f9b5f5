// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {OptimisticIsmTest} from "./OptimisticIsmTest.sol";

/// @notice What watchers can do, and what nobody else can.
contract OptimisticIsmFlagsTest is OptimisticIsmTest {
    /* ---------------------------------------------------- messages -------------------------------------------------- */

    function test_flagMessage_atTheThreshold_refusesForTheRound() public {
        _preVerify();
        vm.expectEmit(address(module));
        emit IOptimisticIsm.MessageFlagged(id, 1, watchers[0], 1);
        _flagMessage(0);
        _assertStatus(IOptimisticIsm.Status.WindowOpen, START + WINDOW);

        vm.expectEmit(address(module));
        emit IOptimisticIsm.MessageFlagged(id, 1, watchers[2], 2);
        vm.expectEmit(address(module));
        emit IOptimisticIsm.MessageRefused(id, 1);
        _flagMessage(2);
        _assertStatus(IOptimisticIsm.Status.FlaggedMessage, START + WINDOW);
        _assertRefused(_flaggedMessage(2));
        vm.warp(START + WINDOW);
        _assertRefused(_flaggedMessage(2));
        vm.warp(START + 365 days);
        _assertRefused(_flaggedMessage(2));
        vm.expectRevert(_alreadyPreVerified(START + WINDOW));
        module.preVerify(metadata, message);
    }

    function test_flagMessage_belowTheThreshold_delaysNothing() public {
        _preVerify();
        _flagMessage(1);
        assertEq(module.messageFlags(id), 1);
        assertTrue(module.hasFlaggedMessage(id, watchers[1]));
        assertFalse(module.hasFlaggedMessage(id, watchers[0]));
        vm.warp(START + WINDOW);
        _assertDelivers();
    }

    function test_flagMessage_beyondTheThreshold_isStillCounted() public {
        _preVerify();
        for (uint256 i; i < 3; ++i) {
            _flagMessage(i);
        }
        assertEq(module.messageFlags(id), 3);
        _assertRefused(_flaggedMessage(3));
    }

    function test_flagMessage_windowEdge_isExactToTheSecond() public {
        _preVerify();
        vm.warp(START + WINDOW - 1);
        _flagMessage(0);
        vm.warp(START + WINDOW);
        vm.expectRevert(_windowClosed(START + WINDOW));
        _flagMessage(1);
        vm.warp(START + WINDOW + 1);
        vm.expectRevert(_windowClosed(START + WINDOW));
        _flagMessage(1);
        _assertDelivers();
    }

    function test_flagMessage_inTheLastSecond_refuses() public {
        _preVerify();
        vm.warp(START + WINDOW - 1);
        _flagMessage(0);
        _flagMessage(1);
        vm.warp(START + WINDOW);
        _assertRefused(_flaggedMessage(2));
    }

    function test_flagMessage_twiceByOne_reverts() public {
        // Attempt: one watcher is a quorum.
        _preVerify();
        _flagMessage(0);
        vm.expectRevert(_alreadyFlagged(0));
        _flagMessage(0);
        assertEq(module.messageFlags(id), 1);
    }

    function test_flagMessage_byAnyoneElse_reverts() public {
        _preVerify();
        address[4] memory others = [attacker, owner, relayer, address(0)];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(_notAWatcher(others[i]));
            vm.prank(others[i]);
            module.flagMessage(id);
        }
        assertEq(module.messageFlags(id), 0);
    }

    function test_flagMessage_beforePreVerification_reverts() public {
        vm.expectRevert(_notPreVerified());
        _flagMessage(0);
    }

    function test_flagMessage_doesNotTouchOtherMessages() public {
        _preVerify();
        bytes memory other = _dispatch(address(recipient), "other");
        module.preVerify(_metadata(other), other);
        _flagMessage(0);
        _flagMessage(1);
        vm.warp(START + WINDOW);
        assertTrue(module.verify("", other));
        assertEq(module.messageFlags(keccak256(other)), 0);
        _assertRefused(_flaggedMessage(2));
    }

    /* ---------------------------------------------------- submodule ------------------------------------------------- */

    function test_flagSubmodule_atTheThreshold_refusesEverything() public {
        _preVerify();
        vm.warp(START + WINDOW);
        vm.expectEmit(address(module));
        emit IOptimisticIsm.SubmoduleFlagged(address(ism), 1, watchers[0], 1);
        _flagSubmodule(0);
        assertTrue(module.verify("", message));
        assertEq(module.submoduleFlags(), 1);

        vm.expectEmit(address(module));
        emit IOptimisticIsm.SubmoduleFlagged(address(ism), 1, watchers[1], 2);
        vm.expectEmit(address(module));
        emit IOptimisticIsm.SubmoduleRefused(address(ism), 1);
        _flagSubmodule(1);
        _assertStatus(IOptimisticIsm.Status.FlaggedSubmodule, START + WINDOW);
        _assertRefused(_flaggedSubmodule(2));

        message = _dispatch(address(recipient), "never pre-verified");
        metadata = _metadata(message);
        id = keccak256(message);
        _assertStatus(IOptimisticIsm.Status.FlaggedSubmodule, 0);
        vm.expectRevert(_flaggedSubmodule(2));
        module.preVerify(metadata, message);
        vm.warp(START + 365 days);
        _assertRefused(_flaggedSubmodule(2));
    }

    function test_flagSubmodule_beyondTheThreshold_isStillCounted() public {
        for (uint256 i; i < 3; ++i) {
            _flagSubmodule(i);
        }
        assertEq(module.submoduleFlags(), 3);
        _assertRefused(_flaggedSubmodule(3));
    }

    function test_flagSubmodule_twiceByOne_reverts() public {
        _flagSubmodule(0);
        assertTrue(module.hasFlaggedSubmodule(watchers[0]));
        assertFalse(module.hasFlaggedSubmodule(watchers[1]));
        vm.expectRevert(_alreadyFlagged(0));
        _flagSubmodule(0);
        assertEq(module.submoduleFlags(), 1);
    }

    function test_flagSubmodule_byAnyoneElse_reverts() public {
        address[4] memory others = [attacker, owner, relayer, address(0)];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(_notAWatcher(others[i]));
            vm.prank(others[i]);
            module.flagSubmodule();
        }
    }

    function test_flags_onMessageAndSubmodule_doNotAddUp() public {
        _preVerify();
        _flagMessage(0);
        _flagSubmodule(1);
        vm.warp(START + WINDOW);
        _assertDelivers();
    }

    /* ------------------------------------------------------ fuzz ---------------------------------------------------- */

    function testFuzz_flags_refuseIfAndOnlyIfThereAreEnough(
        uint8 count,
        uint8 threshold,
        uint8 onMessage,
        uint8 onSubmodule
    ) public {
        count = uint8(bound(count, 1, 255));
        threshold = uint8(bound(threshold, 1, count));
        onMessage = uint8(bound(onMessage, 0, count));
        onSubmodule = uint8(bound(onSubmodule, 0, count));
        delete watchers;
        for (uint160 i = 1; i <= count; ++i) {
            watchers.push(address(i));
        }
        module = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, threshold);
        _preVerify();
        for (uint256 i; i < onMessage; ++i) {
            _flagMessage(i);
        }
        for (uint256 i; i < onSubmodule; ++i) {
            _flagSubmodule(count - 1 - i);
        }
        vm.warp(START + WINDOW);
        bool refused = onMessage >= threshold || onSubmodule >= threshold;
        if (onSubmodule >= threshold) vm.expectRevert(_flaggedSubmodule(onSubmodule));
        else if (refused) vm.expectRevert(_flaggedMessage(onMessage));
        assertTrue(module.verify("", message) || refused);
    }
}
