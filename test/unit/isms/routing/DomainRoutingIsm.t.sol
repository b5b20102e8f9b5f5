// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes, IDomainRoutingIsmFactory, IRoutingIsm} from "src/interfaces/IRoutingIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {RemovableRoutesTest} from "./RemovableRoutesTest.sol";

contract DomainRoutingIsmTest is RemovableRoutesTest {
    function _deploy(address moduleOwner, IDomainRoutes.DomainModule[] memory routes)
        internal
        override
        returns (IDomainRoutes)
    {
        return Shipped.domainRoutingIsm(moduleOwner, routes);
    }

    function _assertGone(uint32 domain) internal override {
        IDomainRoutes sut = module;
        bytes memory other = _message(0, domain, "body");
        vm.expectRevert(_noRoute(domain));
        sut.module(domain);
        vm.expectRevert(_noRoute(domain));
        sut.route(other);
        vm.expectRevert(_noRoute(domain));
        sut.verify("", other);
        _expectRefused("", other, _noRoute(domain));
    }

    function testFuzz_noRoute_namesTheDomain(uint32 domain) public {
        vm.assume(domain != ORIGIN && domain != OTHER);
        _assertGone(domain);
    }

    function test_noRoutes_verifiesNothing() public {
        module = _deploy(owner, new IDomainRoutes.DomainModule[](0));
        _trust(module);
        _assertGone(ORIGIN);
        _assertGone(0);
    }

    function test_routeToItself_neverVerifies() public {
        // A cycle ends when the gas does.
        vm.prank(owner);
        module.set(ORIGIN, module);
        bytes memory metadata = _messageIdMetadata(message, _keys(0, 1));
        (bool success,) = address(module).call{gas: 2_000_000}(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }

    /* ----------------------------------------------------- factory -------------------------------------------------- */

    function test_factory_deploysAModuleWithItsRoutes() public {
        IDomainRoutingIsmFactory factory = Shipped.domainRoutingIsmFactory();
        (uint32[] memory domains, IInterchainSecurityModule[] memory modules) = _arguments();
        address next = vm.computeCreateAddress(address(factory), vm.getNonce(address(factory)));
        vm.expectEmit(next);
        emit IDomainRoutes.ModuleSet(ORIGIN, ism);
        vm.expectEmit(address(factory));
        emit IDomainRoutingIsmFactory.ModuleDeployed(next);
        vm.prank(attacker);
        module = IDomainRoutes(factory.deploy(owner, domains, modules));
        assertEq(address(module), next);
        assertEq(_ownable().owner(), owner);
        assertEq(address(module.module(ORIGIN)), address(ism));
        assertEq(address(module.module(OTHER)), address(otherIsm));
        _trust(module);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
        // Neither who called nor the factory has any power, and each call deploys one more.
        _assertNoPower(attacker);
        _assertNoPower(address(factory));
        assertTrue(factory.deploy(owner, domains, modules) != next);
    }

    function test_factory_differentLengths_reverts() public {
        IDomainRoutingIsmFactory factory = Shipped.domainRoutingIsmFactory();
        (uint32[] memory domains, IInterchainSecurityModule[] memory modules) = _arguments();
        IInterchainSecurityModule[] memory one = new IInterchainSecurityModule[](1);
        one[0] = ism;
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutingIsmFactory.LengthMismatch.selector, 2, 1));
        factory.deploy(owner, domains, one);
        vm.expectRevert(abi.encodeWithSelector(IDomainRoutingIsmFactory.LengthMismatch.selector, 0, 2));
        factory.deploy(owner, new uint32[](0), modules);
    }

    function test_factory_moduleWithoutCode_reverts() public {
        IDomainRoutingIsmFactory factory = Shipped.domainRoutingIsmFactory();
        (uint32[] memory domains, IInterchainSecurityModule[] memory modules) = _arguments();
        modules[1] = IInterchainSecurityModule(bob);
        vm.expectRevert(abi.encodeWithSelector(IRoutingIsm.NotAContract.selector, bob));
        factory.deploy(owner, domains, modules);
    }

    function _arguments() internal view returns (uint32[] memory domains, IInterchainSecurityModule[] memory modules) {
        domains = _two(ORIGIN, OTHER);
        modules = new IInterchainSecurityModule[](2);
        (modules[0], modules[1]) = (ism, otherIsm);
    }
}
