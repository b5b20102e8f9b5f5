// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {ITrustedRelayerIsm} from "src/interfaces/ITrustedRelayerIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";
import {ReentrantCaller} from "../../../mocks/ReentrantCaller.sol";

contract TrustedRelayerIsmTest is ModuleTest {
    ITrustedRelayerIsm internal module;
    bytes internal message;

    function setUp() public override {
        super.setUp();
        module = Shipped.trustedRelayerIsm(destinationMailbox, relayer);
        _trust(module);
        message = _dispatch(address(recipient), "body");
    }

    function _notVerified(bytes memory undelivered) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMailbox.NotVerified.selector, keccak256(undelivered), address(module));
    }

    function test_getters() public view {
        assertEq(address(module.mailbox()), address(destinationMailbox));
        assertEq(module.trustedRelayer(), relayer);
        assertEq(module.moduleType(), 6);
    }

    function test_constructor_zeroRelayer_reverts() public {
        // Attempt: nobody delivered what is not delivered, and nobody would be trusted.
        vm.expectRevert(ITrustedRelayerIsm.ZeroRelayer.selector);
        Shipped.trustedRelayerIsm(destinationMailbox, address(0));
    }

    function test_constructor_mailboxWithoutCode_reverts() public {
        // Attempt: a Mailbox that is only put there later, by whoever can.
        vm.expectRevert(abi.encodeWithSelector(ITrustedRelayerIsm.NotAContract.selector, bob));
        Shipped.trustedRelayerIsm(IMailbox(bob), relayer);
    }

    function test_process_byTheRelayer() public {
        _process("", message);
        assertEq(recipient.received(), 1);
    }

    function testFuzz_process_byAnyoneElse_reverts(address caller) public {
        vm.assume(caller != relayer);
        vm.prank(caller);
        vm.expectRevert(_notVerified(message));
        destinationMailbox.process("", message);
    }

    function test_verify_undelivered_isFalse_whoeverAsks() public {
        address[4] memory callers = [relayer, attacker, address(destinationMailbox), address(0)];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            assertFalse(module.verify("", message));
        }
    }

    function test_verify_onlyOfWhatTheRelayerDelivered() public {
        _process("", message);
        vm.prank(attacker);
        assertTrue(module.verify("", message));
        assertFalse(module.verify("", _message(1, ORIGIN, "body")));

        // What someone else delivered, by another module, is not the relayer's.
        _trust(IInterchainSecurityModule(address(0)));
        bytes memory other = _dispatch(address(recipient), "other");
        bytes memory metadata = _metadata(other);
        vm.prank(attacker);
        destinationMailbox.process(metadata, other);
        assertFalse(module.verify("", other));
    }

    function test_process_besideAMultisig_needsBoth() public {
        IInterchainSecurityModule both = _both(module, ism);
        _trust(both);
        bytes memory metadata = _bothMetadata("", _metadata(message));
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IAggregationIsm.RefusedByModule.selector, address(module)));
        destinationMailbox.process(metadata, message);
        _expectRefused(
            _bothMetadata("", ""),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, THRESHOLD)
        );
        _process(metadata, message);
        assertEq(recipient.received(), 1);
    }

    function test_process_ofAnotherMailbox_doesNotCount() public {
        // Attempt: the relayer delivers it elsewhere, where it is verified by anything.
        IMailbox elsewhere = Shipped.mailbox(DESTINATION, attacker, Shipped.noopIsm());
        _trust(IInterchainSecurityModule(address(0)));
        vm.prank(relayer);
        elsewhere.process("", message);
        assertEq(elsewhere.processor(keccak256(message)), relayer);
        assertFalse(module.verify("", message));
        _trust(module);
        vm.prank(attacker);
        vm.expectRevert(_notVerified(message));
        destinationMailbox.process("", message);
    }

    function test_process_nestedInTheRelayersDelivery_byARecipient_reverts() public {
        // Attempt: a recipient that the relayer delivers to delivers a forged message within that delivery.
        bytes memory forged = _message(7, ORIGIN, "forged");
        ReentrantCaller hostile = new ReentrantCaller();
        hostile.plan(address(destinationMailbox), abi.encodeCall(destinationMailbox.process, ("", forged)));
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(module);
        _process("", Reference.message(0, ORIGIN, alice, DESTINATION, Reference.addr32(address(hostile)), ""));

        assertEq(hostile.entries(), 1);
        assertFalse(hostile.succeeded());
        assertEq(hostile.returned(), _notVerified(forged));
        assertFalse(destinationMailbox.delivered(keccak256(forged)));
        assertEq(recipient.received(), 0);
    }

    function test_process_byARelayerThatIsAContract_nestedInAStrangersDelivery() public {
        // It counts who calls the Mailbox for this message, not who began: what the relayer delivers when called is its own.
        ReentrantCaller trusted = new ReentrantCaller();
        module = Shipped.trustedRelayerIsm(destinationMailbox, address(trusted));
        _trust(module);
        trusted.plan(address(destinationMailbox), abi.encodeCall(destinationMailbox.process, ("", message)));
        bytes memory toRelayer =
            Reference.message(7, ORIGIN, alice, DESTINATION, Reference.addr32(address(trusted)), "");
        bytes memory metadata = _messageIdMetadata(toRelayer, _keys(0, 1));

        vm.startPrank(attacker);
        vm.expectRevert(_notVerified(message));
        destinationMailbox.process("", message);
        destinationMailbox.process(metadata, toRelayer);
        vm.stopPrank();
        assertTrue(trusted.succeeded());
        assertEq(recipient.received(), 1);
        assertFalse(module.verify("", toRelayer));
    }
}
