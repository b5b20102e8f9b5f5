// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {IPausableIsm} from "src/interfaces/IPausableIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";

/// @notice Beside a multisig in an aggregation of both. Bob is its guardian.
contract PausableIsmTest is ModuleTest {
    IPausableIsm internal module;
    bytes internal message;
    bytes internal metadata;

    function setUp() public override {
        super.setUp();
        module = Shipped.pausableIsm(owner, bob);
        _trust(_both(module, ism));
        message = _dispatch(address(recipient), "body");
        metadata = _bothMetadata("", _metadata(message));
    }

    function _unauthorized(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller);
    }

    function _notGuardian(address caller) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPausableIsm.NotGuardian.selector, caller);
    }

    function _ownable() internal view returns (Ownable2Step) {
        return Ownable2Step(address(module));
    }

    function test_constructor() public {
        vm.expectEmit();
        emit IPausableIsm.GuardianSet(bob);
        module = Shipped.pausableIsm(owner, bob);
        assertEq(module.guardian(), bob);
        assertFalse(module.paused());
        assertEq(module.moduleType(), 6);
        assertEq(_ownable().owner(), owner);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.pausableIsm(address(0), bob);
    }

    /* ---------------------------------------------------- deliveries ------------------------------------------------ */

    function test_process_unlessPaused() public {
        vm.prank(bob);
        module.pause();
        _expectRefused(metadata, message, abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        // Neither other metadata nor all signatures help.
        _expectRefused(
            _bothMetadata("unpause", _messageIdMetadata(message, validatorKeys)),
            message,
            abi.encodeWithSelector(Pausable.EnforcedPause.selector)
        );
        vm.prank(owner);
        module.unpause();
        _process(metadata, message);
        assertEq(recipient.received(), 1);
    }

    function test_process_notPaused_theMultisigStillCounts() public {
        _expectRefused(
            _bothMetadata("", _messageIdMetadata(message, _keys(0, 0))),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, validators[0])
        );
    }

    function testFuzz_verify_anythingUnlessPaused(bytes memory anyMetadata, bytes memory anyMessage) public {
        assertTrue(module.verify(anyMetadata, anyMessage));
        vm.prank(owner);
        module.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        module.verify(anyMetadata, anyMessage);
    }

    /* ------------------------------------------------------ powers -------------------------------------------------- */

    function test_pause_byGuardianAndOwner() public {
        address[2] memory allowed = [bob, owner];
        for (uint256 i; i < allowed.length; ++i) {
            vm.expectEmit(address(module));
            emit Pausable.Paused(allowed[i]);
            vm.prank(allowed[i]);
            module.pause();
            assertTrue(module.paused());
            vm.expectEmit(address(module));
            emit Pausable.Unpaused(owner);
            vm.prank(owner);
            module.unpause();
            assertFalse(module.paused());
        }
    }

    function test_pause_byOthers_reverts() public {
        address[4] memory others = [attacker, address(0), address(destinationMailbox), validators[0]];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(_notGuardian(others[i]));
            module.pause();
        }
    }

    function test_unpause_byOthersThanTheOwner_reverts() public {
        vm.prank(bob);
        module.pause();
        address[2] memory others = [bob, attacker];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            module.unpause();
        }
        assertTrue(module.paused());
    }

    function test_setGuardian_byOthersThanTheOwner_reverts() public {
        address[2] memory others = [bob, attacker];
        for (uint256 i; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(_unauthorized(others[i]));
            module.setGuardian(others[i]);
        }
        assertEq(module.guardian(), bob);
    }

    function test_setGuardian_theOldOneLosesItsPower() public {
        vm.expectEmit(address(module));
        emit IPausableIsm.GuardianSet(alice);
        vm.prank(owner);
        module.setGuardian(alice);
        assertEq(module.guardian(), alice);
        vm.prank(bob);
        vm.expectRevert(_notGuardian(bob));
        module.pause();
        vm.prank(alice);
        module.pause();
    }

    function test_setGuardian_toNobody() public {
        vm.prank(owner);
        module.setGuardian(address(0));
        vm.prank(bob);
        vm.expectRevert(_notGuardian(bob));
        module.pause();
        vm.prank(owner);
        module.pause();
        assertTrue(module.paused());
    }

    function test_pauseAndUnpause_whenSoAlready_revert() public {
        vm.startPrank(owner);
        vm.expectRevert(Pausable.ExpectedPause.selector);
        module.unpause();
        module.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        module.pause();
    }

    function test_ownership_goesOverInTwoSteps() public {
        vm.prank(owner);
        _ownable().transferOwnership(alice);
        vm.prank(alice);
        vm.expectRevert(_notGuardian(alice));
        module.pause();
        vm.prank(alice);
        _ownable().acceptOwnership();
        vm.prank(owner);
        vm.expectRevert(_notGuardian(owner));
        module.pause();
        vm.prank(alice);
        module.pause();
    }

    function test_renounceOwnership_whilePaused_isForEver() public {
        vm.prank(bob);
        module.pause();
        vm.startPrank(owner);
        _ownable().renounceOwnership();
        vm.expectRevert(_unauthorized(owner));
        module.unpause();
        vm.stopPrank();
        _expectRefused(metadata, message, abi.encodeWithSelector(Pausable.EnforcedPause.selector));
    }
}
