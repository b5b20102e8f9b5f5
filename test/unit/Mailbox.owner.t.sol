// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {RecordingHook} from "../mocks/RecordingHook.sol";
import {Shipped} from "../kit/Shipped.sol";

contract MailboxOwnerTest is BaseTest {
    RecordingHook internal hook = new RecordingHook(0);

    function test_constructor_ownerZero_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.mailbox(ORIGIN, address(0), ism);
    }

    function test_constructor_moduleWithoutCode_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        Shipped.mailbox(ORIGIN, owner, IInterchainSecurityModule(bob));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, address(0)));
        Shipped.mailbox(ORIGIN, owner, IInterchainSecurityModule(address(0)));
    }

    function test_constructor_emitsTheModule() public {
        vm.expectEmit();
        emit IMailbox.DefaultIsmSet(address(ism));
        Shipped.mailbox(ORIGIN, owner, ism);
    }

    function test_setters_whenNotOwner_revert() public {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker);
        vm.startPrank(attacker);
        vm.expectRevert(refusal);
        originMailbox.setDefaultIsm(ism);
        vm.expectRevert(refusal);
        originMailbox.setDefaultHook(hook);
        vm.expectRevert(refusal);
        originMailbox.setRequiredHook(hook);
        vm.expectRevert(refusal);
        originMailbox.transferOwnership(attacker);
        vm.expectRevert(refusal);
        originMailbox.renounceOwnership();
    }

    function test_setters_withoutCode_revert() public {
        bytes memory refusal = abi.encodeWithSelector(IMailbox.NotAContract.selector, bob);
        vm.startPrank(owner);
        vm.expectRevert(refusal);
        originMailbox.setDefaultIsm(IInterchainSecurityModule(bob));
        vm.expectRevert(refusal);
        originMailbox.setDefaultHook(IPostDispatchHook(bob));
        vm.expectRevert(refusal);
        originMailbox.setRequiredHook(IPostDispatchHook(bob));
    }

    function test_setDefaultIsm_setsAndEmits() public {
        IInterchainSecurityModule other = IInterchainSecurityModule(messageIdFactory.deploy(validators, 3));
        vm.expectEmit(address(originMailbox));
        emit IMailbox.DefaultIsmSet(address(other));
        vm.prank(owner);
        originMailbox.setDefaultIsm(other);
        assertEq(address(originMailbox.defaultIsm()), address(other));
    }

    function test_setDefaultHook_setsAndEmits_backToTheTreeToo() public {
        vm.startPrank(owner);
        vm.expectEmit(address(originMailbox));
        emit IMailbox.DefaultHookSet(address(hook));
        originMailbox.setDefaultHook(hook);
        assertEq(address(originMailbox.defaultHook()), address(hook));

        vm.expectEmit(address(originMailbox));
        emit IMailbox.DefaultHookSet(address(originTree));
        originMailbox.setDefaultHook(originTree);
        assertEq(address(originMailbox.defaultHook()), address(originTree));
        originMailbox.dispatch(DESTINATION, 0, "");
        assertEq(hook.calls(), 0);
    }

    function test_setRequiredHook_setsAndEmits_backToTheTreeToo() public {
        vm.startPrank(owner);
        vm.expectEmit(address(originMailbox));
        emit IMailbox.RequiredHookSet(address(hook));
        originMailbox.setRequiredHook(hook);
        assertEq(address(originMailbox.requiredHook()), address(hook));

        vm.expectEmit(address(originMailbox));
        emit IMailbox.RequiredHookSet(address(originTree));
        originMailbox.setRequiredHook(originTree);
        assertEq(address(originMailbox.requiredHook()), address(originTree));
        originMailbox.dispatch(DESTINATION, 0, "");
        assertEq(hook.calls(), 0);
    }

    function test_setters_doNotTouchTheNonceBesideThem() public {
        _dispatch(address(recipient), "");
        vm.startPrank(owner);
        originMailbox.setRequiredHook(hook);
        originMailbox.setDefaultHook(hook);
        assertEq(originMailbox.nonce(), 1);
        assertEq(address(originMailbox.requiredHook()), address(hook));
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(owner);
        originMailbox.transferOwnership(bob);
        assertEq(originMailbox.owner(), owner);
        assertEq(originMailbox.pendingOwner(), bob);

        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, attacker));
        vm.prank(attacker);
        originMailbox.acceptOwnership();

        vm.prank(bob);
        originMailbox.acceptOwnership();
        assertEq(originMailbox.owner(), bob);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, owner));
        vm.prank(owner);
        originMailbox.setDefaultHook(hook);
    }

    function test_renounceOwnership_leavesNobody() public {
        vm.startPrank(owner);
        originMailbox.transferOwnership(bob);
        originMailbox.renounceOwnership();
        vm.stopPrank();
        assertEq(originMailbox.owner(), address(0));

        // Attempt: the owner-to-be of an unfinished transfer must not get in afterwards.
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, bob));
        vm.prank(bob);
        originMailbox.acceptOwnership();
    }
}
