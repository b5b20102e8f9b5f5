// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {IOptimisticIsm} from "src/interfaces/IOptimisticIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {OptimisticIsmTest} from "./OptimisticIsmTest.sol";

/// @notice Construction, the owner's powers, and what a new round does to what is under way.
contract OptimisticIsmOwnerTest is OptimisticIsmTest {
    uint48 internal constant MAX_WINDOW = 30 days;
    IMultisigIsm internal otherSubmodule;

    function setUp() public override {
        super.setUp();
        otherSubmodule = IMultisigIsm(messageIdFactory.deploy(validators, 1));
    }

    /* -------------------------------------------------- construction ------------------------------------------------ */

    function test_constructor_setsAndEmits() public {
        vm.expectEmit();
        emit IOptimisticIsm.SubmoduleSet(1, address(ism));
        vm.expectEmit();
        emit IOptimisticIsm.WatchersSet(1, watchers, FLAGS);
        module = Shipped.optimisticIsm(owner, ism, WINDOW, watchers, FLAGS);
        assertEq(module.owner(), owner);
        assertEq(module.round(), 1);
        assertEq(module.fraudWindow(), WINDOW);
        assertEq(module.MAX_FRAUD_WINDOW(), MAX_WINDOW);
        assertEq(address(module.submodule()), address(ism));
        (address[] memory set, uint8 threshold) = module.watchersAndThreshold();
        assertEq(set, watchers);
        assertEq(threshold, FLAGS);
        for (uint256 i; i < watchers.length; ++i) {
            assertTrue(module.isEnrolled(watchers[i]));
        }
        assertFalse(module.isEnrolled(owner));
        assertFalse(module.isEnrolled(address(0)));
    }

    function test_constructor_windowOutOfBounds_reverts() public {
        uint48[3] memory windows = [0, MAX_WINDOW + 1, type(uint48).max];
        for (uint256 i; i < windows.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IOptimisticIsm.FraudWindowOutOfBounds.selector, windows[i], MAX_WINDOW)
            );
            this.create(ism, windows[i], watchers, FLAGS);
        }
    }

    function test_constructor_windowAtItsBounds() public {
        assertEq(Shipped.optimisticIsm(owner, ism, 1, watchers, FLAGS).fraudWindow(), 1);
        assertEq(Shipped.optimisticIsm(owner, ism, MAX_WINDOW, watchers, FLAGS).fraudWindow(), MAX_WINDOW);
    }

    function test_constructor_ownerZero_reverts() public {
        owner = address(0);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        this.create(ism, WINDOW, watchers, FLAGS);
    }

    function test_constructor_submoduleWithoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotAContract.selector, bob));
        this.create(IInterchainSecurityModule(bob), WINDOW, watchers, FLAGS);
    }

    function test_constructor_badWatchers_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 4, 3));
        this.create(ism, WINDOW, watchers, 4);
        watchers[1] = watchers[2];
        vm.expectRevert(abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, watchers[1]));
        this.create(ism, WINDOW, watchers, FLAGS);
    }

    /// @dev To be called from outside: a creation by cheatcode that reverts as expected ends the function that it is in.
    function create(IInterchainSecurityModule submodule, uint48 window, address[] memory set, uint8 threshold)
        external
    {
        Shipped.optimisticIsm(owner, submodule, window, set, threshold);
    }

    /* ----------------------------------------------------- access --------------------------------------------------- */

    function test_setters_whenNotOwner_revert() public {
        address[3] memory others = [attacker, watchers[0], relayer];
        for (uint256 i; i < others.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(refusal);
            module.setWatchers(watchers, FLAGS);
            vm.expectRevert(refusal);
            module.setSubmodule(otherSubmodule);
            vm.expectRevert(refusal);
            module.transferOwnership(others[i]);
            vm.stopPrank();
        }
        assertEq(module.round(), 1);
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(owner);
        module.transferOwnership(bob);
        assertEq(module.owner(), owner);
        assertEq(module.pendingOwner(), bob);
        vm.prank(bob);
        module.acceptOwnership();
        assertEq(module.owner(), bob);
    }

    function test_renounceOwnership_reverts() public {
        // Without an owner, m watchers could stop the route for ever.
        vm.expectRevert(IOptimisticIsm.OwnerRequired.selector);
        vm.prank(owner);
        module.renounceOwnership();
        vm.expectRevert(IOptimisticIsm.OwnerRequired.selector);
        module.renounceOwnership();
        assertEq(module.owner(), owner);
    }

    /* ---------------------------------------------------- watchers -------------------------------------------------- */

    function test_setWatchers_startsARound() public {
        vm.expectEmit(address(module));
        emit IOptimisticIsm.WatchersSet(2, _one(bob), 1);
        _setWatchers(_one(bob), 1);
        assertEq(module.round(), 2);
        (address[] memory set, uint8 threshold) = module.watchersAndThreshold();
        assertEq(set, _one(bob));
        assertEq(threshold, 1);
        assertTrue(module.isEnrolled(bob));
        assertFalse(module.isEnrolled(watchers[0]));
        assertEq(address(module.submodule()), address(ism));
    }

    function test_setWatchers_formerOnes_canNotFlag() public {
        _setWatchers(_one(bob), 1);
        _preVerify();
        vm.expectRevert(_notAWatcher(watchers[0]));
        _flagMessage(0);
        vm.expectRevert(_notAWatcher(watchers[0]));
        _flagSubmodule(0);
    }

    function test_setWatchers_backToTheFormer_enrolsThemAgain() public {
        _setWatchers(_one(bob), 1);
        _setWatchers(watchers, FLAGS);
        _preVerify();
        _flagMessage(0);
        assertFalse(module.isEnrolled(bob));
    }

    function test_setWatchers_invalid_reverts_andChangesNothing() public {
        _assertSetRefused(watchers, 0, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 0, 3));
        _assertSetRefused(watchers, 4, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 4, 3));
        _assertSetRefused(new address[](0), 0, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 0, 0));
        _assertSetRefused(new address[](0), 1, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 0));
        _assertSetRefused(
            new address[](256), 255, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 255, 256)
        );
        _assertSetRefused(new address[](1), 1, abi.encodeWithSelector(AddressSet.ZeroAddress.selector));
        address[] memory twice = new address[](3);
        (twice[0], twice[1], twice[2]) = (alice, bob, alice);
        _assertSetRefused(twice, 2, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, alice));
    }

    function test_setWatchers_255ofThem() public {
        address[] memory set = new address[](255);
        for (uint160 i; i < 255; ++i) {
            set[i] = address(i + 1);
        }
        _setWatchers(set, 255);
        assertTrue(module.isEnrolled(address(255)));
    }

    /* ---------------------------------------------------- submodule ------------------------------------------------- */

    function test_setSubmodule_startsARound_withTheSameWatchers() public {
        vm.expectEmit(address(module));
        emit IOptimisticIsm.SubmoduleSet(2, address(otherSubmodule));
        _setSubmodule(otherSubmodule);
        assertEq(module.round(), 2);
        assertEq(address(module.submodule()), address(otherSubmodule));
        (address[] memory set, uint8 threshold) = module.watchersAndThreshold();
        assertEq(set, watchers);
        assertEq(threshold, FLAGS);
        _preVerify();
        _flagMessage(0);
        _flagMessage(2);
        _assertRefused(_flaggedMessage(2));
    }

    function test_setSubmodule_withoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IOptimisticIsm.NotAContract.selector, bob));
        _setSubmodule(IInterchainSecurityModule(bob));
        assertEq(module.round(), 1);
    }

    function test_setSubmodule_theNewOneVouchesForEverythingItself() public {
        // Attempt: what a submodule of weaker keys verified is still deliverable after it was replaced.
        _setSubmodule(otherSubmodule);
        _preVerify();
        vm.warp(START + WINDOW);
        assertTrue(module.verify("", message));
        _setSubmodule(ism);
        _assertRefused(_notPreVerified());
    }

    /* ----------------------------------------------------- rounds --------------------------------------------------- */

    function test_newRound_whatWasUnderWay_waitsOneWindowMore() public {
        _preVerify();
        vm.warp(START + WINDOW - 1);
        _setWatchers(watchers, FLAGS);
        vm.warp(START + WINDOW);
        _assertRefused(_notPreVerified());
        _assertPreVerification(1, START + WINDOW, 0);
        _preVerify();
        vm.warp(START + 2 * WINDOW - 1);
        _assertRefused(_windowOpen(START + 2 * WINDOW));
        vm.warp(START + 2 * WINDOW);
        _assertDelivers();
    }

    function test_newRound_aDiscardedFlag_makesNothingDeliverable() public {
        // Attempt: a fraudulent message was flagged; the owner replaces the watchers, and with that their flags, after its
        // window has closed. It must not become deliverable by that.
        _preVerify();
        _flagMessage(0);
        _flagMessage(1);
        vm.warp(START + 10 * WINDOW);
        _setWatchers(_one(bob), 1);
        assertEq(module.messageFlags(id), 0);
        assertFalse(module.hasFlaggedMessage(id, watchers[0]));
        _assertRefused(_notPreVerified());
        _preVerify();
        _assertRefused(_windowOpen(START + 11 * WINDOW));
        vm.prank(bob);
        module.flagMessage(id);
        vm.warp(START + 11 * WINDOW);
        _assertRefused(_flaggedMessage(1));
    }

    function test_newRound_aFlaggedMessage_canNotBeFlaggedForItsFormerRound() public {
        _preVerify();
        _setWatchers(watchers, FLAGS);
        vm.expectRevert(_notPreVerified());
        _flagMessage(0);
    }

    function test_newRound_flagsMayBeSetAgain() public {
        _preVerify();
        _flagMessage(0);
        _flagSubmodule(0);
        _setSubmodule(ism);
        assertEq(module.submoduleFlags(), 0);
        assertFalse(module.hasFlaggedSubmodule(watchers[0]));
        _preVerify();
        _flagMessage(0);
        _flagSubmodule(0);
        assertEq(module.messageFlags(id), 1);
        assertEq(module.submoduleFlags(), 1);
    }

    function test_newRound_freesARouteThatWatchersFroze() public {
        _flagSubmodule(0);
        _flagSubmodule(1);
        vm.expectRevert(_flaggedSubmodule(2));
        _preVerify();
        _setWatchers(_one(bob), 1);
        _preVerify();
        vm.expectRevert(_notAWatcher(watchers[0]));
        _flagSubmodule(0);
        vm.warp(START + WINDOW);
        _assertDelivers();
    }

    function test_newRound_aThresholdThatIsLowered_doesNotTakeOldFlags() public {
        // Attempt: one old flag and a new threshold of one must not freeze the new round.
        _preVerify();
        _flagMessage(0);
        _flagSubmodule(0);
        _setWatchers(watchers, 1);
        _preVerify();
        vm.warp(START + WINDOW);
        _assertDelivers();
    }

    function _assertSetRefused(address[] memory set, uint8 threshold, bytes memory reason) internal {
        vm.expectRevert(reason);
        _setWatchers(set, threshold);
        assertEq(module.round(), 1);
        assertTrue(module.isEnrolled(watchers[0]));
    }
}
