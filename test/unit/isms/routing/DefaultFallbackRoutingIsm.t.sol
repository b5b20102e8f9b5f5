// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IDomainRoutes, IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {IFallbackRoutingIsm, Shipped} from "../../../kit/Shipped.sol";
import {RemovableRoutesTest} from "./RemovableRoutesTest.sol";

/// @notice The Mailbox's default is `ism`.
contract DefaultFallbackRoutingIsmTest is RemovableRoutesTest {
    function _deploy(address moduleOwner, IDomainRoutes.DomainModule[] memory routes)
        internal
        override
        returns (IDomainRoutes)
    {
        return Shipped.fallbackRoutingIsm(destinationMailbox, moduleOwner, routes);
    }

    function _assertGone(uint32 domain) internal view override {
        assertEq(address(module.module(domain)), address(ism));
        assertEq(address(module.route(_message(0, domain, ""))), address(ism));
    }

    function test_mailbox_isThatGiven() public view {
        assertEq(address(IFallbackRoutingIsm(address(module)).mailbox()), address(destinationMailbox));
    }

    function test_constructor_mailboxWithoutCode_reverts() public {
        IDomainRoutes.DomainModule[] memory routes = _routes();
        vm.expectRevert(abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bob));
        Shipped.fallbackRoutingIsm(IMailbox(bob), owner, routes);
    }

    function test_process_withoutARoute_byTheDefault() public {
        bytes memory unknown = _message(0, UNKNOWN, "body");
        _assertForeign(unknown, otherKeys, unknown);
        _process(_messageIdMetadata(unknown, _keys(0, 1)), unknown);
        assertEq(recipient.received(), 1);
        // It is no route of the module's own.
        assertEq(module.domains().length, 2);
    }

    function test_process_withARoute_notByTheDefault() public {
        bytes memory other = _message(0, OTHER, "body");
        _assertForeign(other, _keys(0, 1), other);
        _process(_messageIdMetadata(other, otherKeys), other);
    }

    function test_process_afterTheDefaultChanged_byTheNewOne() public {
        bytes memory unknown = _message(0, UNKNOWN, "body");
        bytes memory metadata = _messageIdMetadata(unknown, _keys(0, 1));
        assertTrue(module.verify(metadata, unknown));
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(otherIsm);
        _expectRefused(
            metadata, unknown, abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, validators[0])
        );
        _process(_messageIdMetadata(unknown, otherKeys), unknown);
    }

    function testFuzz_module_anyDomain(uint32 domain) public view {
        address expected = domain == OTHER ? address(otherIsm) : address(ism);
        assertEq(address(module.module(domain)), expected);
    }

    function test_itselfTheDefault_withoutARoute_reverts() public {
        // What would go round for ever names the domain.
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(module);
        recipient.setInterchainSecurityModule(IDomainRoutes(address(0)));
        bytes memory unknown = _message(0, UNKNOWN, "body");
        bytes memory metadata = _messageIdMetadata(unknown, _keys(0, 1));
        _expectRefused(metadata, unknown, _noRoute(UNKNOWN));
        IDomainRoutes sut = module;
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.module(UNKNOWN);
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.route(unknown);
        // With a route all is well.
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
    }

    function test_process_aMailboxThatItIsNotFor_asksItsOwn() public {
        // Attempt: another Mailbox's default module has no say.
        module = Shipped.fallbackRoutingIsm(originMailbox, owner, new IDomainRoutes.DomainModule[](0));
        _trust(module);
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(otherIsm);
        _assertForeign(message, otherKeys, message);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
    }

    function test_ecosystemsClientFunctions_areNotThere() public {
        string[4] memory names =
            ["hook()", "interchainSecurityModule()", "setHook(address)", "setInterchainSecurityModule(address)"];
        for (uint256 i; i < names.length; ++i) {
            vm.prank(owner);
            (bool success, bytes memory data) =
                address(module).call(abi.encodeWithSignature(names[i], address(otherIsm)));
            assertFalse(success);
            assertEq(data.length, 0);
        }
    }
}
