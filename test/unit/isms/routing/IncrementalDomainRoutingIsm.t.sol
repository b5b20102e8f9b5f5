// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDomainRoutes, IIncrementalDomainRoutingIsm} from "src/interfaces/IRoutingIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {DomainRoutesTest} from "./DomainRoutesTest.sol";

contract IncrementalDomainRoutingIsmTest is DomainRoutesTest {
    function _deploy(address moduleOwner, IDomainRoutes.DomainModule[] memory routes)
        internal
        override
        returns (IDomainRoutes)
    {
        return Shipped.incrementalDomainRoutingIsm(moduleOwner, routes);
    }

    function _alreadySet(uint32 domain) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IIncrementalDomainRoutingIsm.DomainAlreadySet.selector, domain);
    }

    function test_noRoute_namesTheDomain() public {
        IDomainRoutes sut = module;
        bytes memory unknown = _message(0, UNKNOWN, "body");
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.module(UNKNOWN);
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.route(unknown);
        _expectRefused("", unknown, _noRoute(UNKNOWN));
    }

    function test_set_ofADomainThatIsThere_reverts() public {
        // Attempt: the owner turns on a domain that others rely on, or seems to change nothing.
        IDomainRoutes sut = module;
        vm.startPrank(owner);
        vm.expectRevert(_alreadySet(ORIGIN));
        sut.set(ORIGIN, otherIsm);
        vm.expectRevert(_alreadySet(ORIGIN));
        sut.set(ORIGIN, ism);
        sut.set(UNKNOWN, ism);
        vm.expectRevert(_alreadySet(UNKNOWN));
        sut.set(UNKNOWN, otherIsm);
        assertEq(address(module.module(ORIGIN)), address(ism));
        assertEq(address(module.module(UNKNOWN)), address(ism));
    }

    function test_setIsms_withADomainThatIsThere_reverts() public {
        IDomainRoutes sut = module;
        IDomainRoutes.DomainModule[] memory routes = _routes();
        routes[0].domain = UNKNOWN;
        vm.startPrank(owner);
        vm.expectRevert(_alreadySet(OTHER));
        sut.setIsms(routes);
        // Twice in one call is a change too.
        routes[1].domain = UNKNOWN;
        vm.expectRevert(_alreadySet(UNKNOWN));
        sut.setIsms(routes);
        assertEq(module.domains().length, 2);
    }

    function test_constructor_sameDomainTwice_reverts() public {
        IDomainRoutes.DomainModule[] memory routes = _routes();
        routes[1].domain = ORIGIN;
        vm.expectRevert(_alreadySet(ORIGIN));
        _deploy(owner, routes);
    }

    function test_remove_isNotThere() public {
        // Attempt: remove a domain, to add it anew: by the owner, by anyone.
        address[2] memory callers = [owner, attacker];
        for (uint256 i; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            (bool success, bytes memory data) = address(module).call(abi.encodeWithSignature("remove(uint32)", ORIGIN));
            assertFalse(success);
            assertEq(data.length, 0);
            uint32[] memory domains = new uint32[](1);
            domains[0] = ORIGIN;
            (success, data) = address(module).call(abi.encodeWithSignature("removeIsms(uint32[])", domains));
            assertFalse(success);
            assertEq(data.length, 0);
            vm.stopPrank();
        }
        assertEq(address(module.module(ORIGIN)), address(ism));
    }

    function test_set_byTheNextOwner_canNotChangeEither() public {
        vm.prank(owner);
        _ownable().transferOwnership(bob);
        vm.startPrank(bob);
        _ownable().acceptOwnership();
        IDomainRoutes sut = module;
        vm.expectRevert(_alreadySet(ORIGIN));
        sut.set(ORIGIN, otherIsm);
        sut.set(UNKNOWN, otherIsm);
    }
}
