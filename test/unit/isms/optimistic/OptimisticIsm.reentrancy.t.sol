// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";

import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";
import {OptimisticIsmTest} from "./OptimisticIsmTest.sol";

/// @notice A hostile submodule calls back from the only place where the module calls out, and says yes to everything.
contract OptimisticIsmReentrancyTest is OptimisticIsmTest {
    ReentrantCaller internal hostile = new ReentrantCaller();

    function setUp() public override {
        super.setUp();
        _setSubmodule(IInterchainSecurityModule(address(hostile)));
    }

    function _preVerifyWhile(address target, bytes memory call) internal {
        hostile.plan(target, call);
        _preVerify();
    }

    function _assertFailedWith(bytes memory reason) internal view {
        assertFalse(hostile.succeeded());
        assertEq(hostile.returned(), reason);
    }

    function test_verify_fromTheSubmodule_findsTheWindowOpen() public {
        _preVerifyWhile(address(module), abi.encodeCall(IInterchainSecurityModule.verify, ("", message)));
        _assertFailedWith(_windowOpen(START + WINDOW));
    }

    function test_process_fromTheSubmodule_isRefused() public {
        _preVerifyWhile(address(destinationMailbox), abi.encodeCall(IMailbox.process, ("", message)));
        _assertFailedWith(_windowOpen(START + WINDOW));
        assertEq(recipient.received(), 0);
    }

    function test_preVerify_ofTheSame_fromTheSubmodule_isRefused() public {
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.preVerify, (metadata, message)));
        _assertFailedWith(_alreadyPreVerified(START + WINDOW));
        assertEq(hostile.entries(), 1);
    }

    function test_preVerify_ofAnother_fromTheSubmodule_opensItsOwnWindow() public {
        bytes memory other = _dispatch(address(recipient), "other");
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.preVerify, ("", other)));
        assertTrue(hostile.succeeded());
        assertEq(module.deliverableAt(keccak256(other)), START + WINDOW);
        assertEq(module.deliverableAt(id), START + WINDOW);
    }

    function test_flagMessage_fromTheSubmodule_thatIsNoWatcher_isRefused() public {
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.flagMessage, (id)));
        _assertFailedWith(_notAWatcher(address(hostile)));
    }

    function test_flagMessage_fromTheSubmodule_thatIsAWatcher_isNotLost() public {
        _setWatchers(_one(address(hostile)), 1);
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.flagMessage, (id)));
        assertTrue(hostile.succeeded());
        vm.warp(START + WINDOW);
        _assertRefused(_flaggedMessage(1));
    }

    function test_flagSubmodule_fromTheSubmodule_thatIsAWatcher_isNotLost() public {
        _setWatchers(_one(address(hostile)), 1);
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.flagSubmodule, ()));
        assertTrue(hostile.succeeded());
        vm.warp(START + WINDOW);
        _assertRefused(abi.encodeWithSelector(IOptimisticIsm.FlaggedSubmodule.selector, address(hostile), 1));
    }

    function test_newRound_fromTheSubmodule_thatIsTheOwner_leavesThePreVerificationBehind() public {
        vm.prank(owner);
        module.transferOwnership(address(hostile));
        vm.prank(address(hostile));
        module.acceptOwnership();
        _preVerifyWhile(address(module), abi.encodeCall(IOptimisticIsm.setSubmodule, (ism)));
        assertTrue(hostile.succeeded());
        vm.warp(START + WINDOW);
        _assertRefused(_notPreVerified());
    }
}
