// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IAggregationIsm, IStorageAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {AggregationIsmTest} from "./AggregationIsmTest.sol";

contract StorageAggregationIsmTest is AggregationIsmTest {
    function _deploy(address[] memory set, uint8 threshold) internal override returns (IAggregationIsm) {
        return Shipped.storageAggregationIsm(owner, set, threshold);
    }

    function _storage() internal view returns (IStorageAggregationIsm) {
        return IStorageAggregationIsm(address(module));
    }

    function _one(address member) internal pure returns (address[] memory set) {
        set = new address[](1);
        set[0] = member;
    }

    function _assertHeld(address[] memory expected, uint256 expectedThreshold) internal view {
        (address[] memory set, uint8 threshold) = module.modulesAndThreshold("");
        assertEq(set, expected);
        assertEq(threshold, expectedThreshold);
    }

    function test_getters_areTheSet() public {
        IStorageAggregationIsm sut = _storage();
        for (uint256 i; i < 3; ++i) {
            assertEq(sut.modules(i), modules[i]);
        }
        assertEq(sut.threshold(), 2);
        vm.expectRevert(bytes(""));
        sut.modules(3);
    }

    function test_constructor_emitsTheSet() public {
        vm.expectEmit();
        emit IStorageAggregationIsm.ModulesAndThresholdSet(modules, 2);
        _deploy(modules, 2);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.storageAggregationIsm(address(0), modules, 2);
    }

    function test_setModulesAndThreshold_takesEffectForMessagesInFlight() public {
        assertTrue(module.verify(_supply(6), message));
        vm.expectEmit(address(module));
        emit IStorageAggregationIsm.ModulesAndThresholdSet(_one(address(ism)), 1);
        vm.prank(owner);
        _storage().setModulesAndThreshold(_one(address(ism)), 1);

        _assertHeld(_one(address(ism)), 1);
        _expectRefused(_supply(6), message, _notEnough(0, 1));
        _process(_supply(1), message);
        assertEq(recipient.received(), 1);
    }

    function test_invalidSets_areRefused_byConstructorAndSetter() public {
        _assertSetRefused(modules, 0, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 0, 3));
        _assertSetRefused(modules, 4, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 4, 3));
        _assertSetRefused(new address[](0), 0, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 0, 0));
        address[] memory many = new address[](256);
        _assertSetRefused(many, 1, abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 256));
        address[] memory set = modules;
        set[2] = set[0];
        _assertSetRefused(set, 2, abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, set[0]));
        set[2] = address(0);
        _assertSetRefused(set, 2, abi.encodeWithSelector(AddressSet.ZeroAddress.selector));
    }

    function _assertSetRefused(address[] memory set, uint8 threshold, bytes memory reason) internal {
        IStorageAggregationIsm sut = _storage();
        vm.expectRevert(reason);
        _deploy(set, threshold);
        vm.prank(owner);
        vm.expectRevert(reason);
        sut.setModulesAndThreshold(set, threshold);
        _assertHeld(modules, 2);
    }

    function test_setModulesAndThreshold_whenNotOwner_reverts() public {
        // Attempt: anyone, a module of the set, the Mailbox, who is to be the owner but has not accepted.
        vm.prank(owner);
        Ownable2Step(address(module)).transferOwnership(bob);
        address[4] memory strangers = [attacker, modules[0], address(destinationMailbox), bob];
        for (uint256 i; i < strangers.length; ++i) {
            _assertNoPower(strangers[i]);
        }
    }

    function test_ownership_goesOverInTwoSteps() public {
        vm.prank(owner);
        Ownable2Step(address(module)).transferOwnership(bob);
        assertEq(Ownable2Step(address(module)).owner(), owner);
        vm.prank(bob);
        Ownable2Step(address(module)).acceptOwnership();
        assertEq(Ownable2Step(address(module)).owner(), bob);
        _assertNoPower(owner);
        vm.prank(bob);
        _storage().setModulesAndThreshold(_one(address(ism)), 1);
        _assertHeld(_one(address(ism)), 1);
    }

    function test_renounceOwnership_leavesTheSetForEver() public {
        vm.prank(owner);
        Ownable2Step(address(module)).renounceOwnership();
        _assertNoPower(owner);
        _assertHeld(modules, 2);
        _process(_supply(3), message);
    }

    function _assertNoPower(address caller) internal {
        IStorageAggregationIsm sut = _storage();
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller));
        sut.setModulesAndThreshold(_one(attacker), 1);
    }

    function test_verify_itselfAsItsModule_neverVerifies() public {
        // A cycle ends when the gas does.
        vm.prank(owner);
        _storage().setModulesAndThreshold(_one(address(module)), 1);
        bytes memory metadata = bytes.concat(_entry(1, 9), _entry(1, 9));
        (bool success,) = address(module).call{gas: 2_000_000}(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }
}
