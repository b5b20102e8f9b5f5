// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDomainRoutes, IDomainRoutingIsm} from "src/interfaces/IRoutingIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {DomainRoutesTest} from "./DomainRoutesTest.sol";

/// @notice What holds where the owner can also change and remove routes.
abstract contract RemovableRoutesTest is DomainRoutesTest {
    function _removable() internal view returns (IDomainRoutingIsm) {
        return IDomainRoutingIsm(address(module));
    }

    /// @dev There is no module of its own for `domain` any more.
    function _assertGone(uint32 domain) internal virtual;

    function _two(uint32 first, uint32 second) internal pure returns (uint32[] memory domains) {
        domains = new uint32[](2);
        (domains[0], domains[1]) = (first, second);
    }

    function test_set_changesARoute_forMessagesInFlight() public {
        bytes memory metadata = _messageIdMetadata(message, _keys(0, 1));
        assertTrue(module.verify(metadata, message));
        vm.expectEmit(address(module));
        emit IDomainRoutes.ModuleSet(ORIGIN, otherIsm);
        vm.prank(owner);
        module.set(ORIGIN, otherIsm);
        assertEq(module.domains().length, 2);
        _expectRefused(
            metadata, message, abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, validators[0])
        );
        _process(_messageIdMetadata(message, otherKeys), message);
    }

    function test_setIsms_sameDomainTwice_theLastOneHolds() public {
        IDomainRoutes.DomainModule[] memory routes = _routes();
        (routes[0].domain, routes[1].domain) = (UNKNOWN, UNKNOWN);
        vm.prank(owner);
        module.setIsms(routes);
        assertEq(address(module.module(UNKNOWN)), address(otherIsm));
        assertEq(module.domains().length, 3);
    }

    function test_remove_removesTheRoute() public {
        vm.expectEmit(address(module));
        emit IDomainRoutingIsm.ModuleRemoved(ORIGIN);
        vm.prank(owner);
        _removable().remove(ORIGIN);
        _assertGone(ORIGIN);
        assertEq(module.domains().length, 1);
        assertEq(module.domains()[0], OTHER);
        assertEq(address(module.module(OTHER)), address(otherIsm));
    }

    function test_removeIsms_removesRoutes() public {
        vm.expectEmit(address(module));
        emit IDomainRoutingIsm.ModuleRemoved(OTHER);
        vm.expectEmit(address(module));
        emit IDomainRoutingIsm.ModuleRemoved(ORIGIN);
        vm.prank(owner);
        _removable().removeIsms(_two(OTHER, ORIGIN));
        _assertGone(OTHER);
        _assertGone(ORIGIN);
        assertEq(module.domains().length, 0);
    }

    function test_remove_whatIsNotThere_reverts() public {
        IDomainRoutingIsm sut = _removable();
        vm.startPrank(owner);
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.remove(UNKNOWN);
        vm.expectRevert(_noRoute(UNKNOWN));
        sut.removeIsms(_two(ORIGIN, UNKNOWN));
        vm.expectRevert(_noRoute(ORIGIN));
        sut.removeIsms(_two(ORIGIN, ORIGIN));
        assertEq(module.domains().length, 2);
    }

    function _assertNoPower(address caller) internal override {
        super._assertNoPower(caller);
        IDomainRoutingIsm sut = _removable();
        vm.startPrank(caller);
        vm.expectRevert(_unauthorized(caller));
        sut.remove(ORIGIN);
        vm.expectRevert(_unauthorized(caller));
        sut.removeIsms(_two(ORIGIN, OTHER));
        vm.stopPrank();
    }
}
