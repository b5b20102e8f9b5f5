// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregationIsm} from "src/interfaces/IAggregationIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";

import {AggregationIsmTest} from "./AggregationIsmTest.sol";

contract StaticAggregationIsmTest is AggregationIsmTest {
    function _deploy(address[] memory set, uint8 threshold) internal override returns (IAggregationIsm) {
        return IAggregationIsm(aggregationFactory.deploy(set, threshold));
    }

    function test_deploy_comesToTheAddressThatWasAnnounced() public {
        address announced = aggregationFactory.getAddress(modules, 3);
        assertEq(announced.code.length, 0);
        vm.prank(attacker);
        assertEq(aggregationFactory.deploy(modules, 3), announced);
        assertEq(aggregationFactory.deploy(modules, 3), announced);
        assertTrue(aggregationFactory.deploy(modules, 2) != announced);
    }

    function test_deploy_invalidSet_reverts() public {
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
        vm.expectRevert(reason);
        aggregationFactory.deploy(set, threshold);
        vm.expectRevert(reason);
        aggregationFactory.getAddress(set, threshold);
    }

    function test_implementation_neverVerifies() public {
        // Attempt (Nomad, Wormhole 2022): the bare implementation as a module: zero of zero must not be enough.
        module = IAggregationIsm(aggregationFactory.implementation());
        (address[] memory set, uint8 threshold) = module.modulesAndThreshold("");
        assertEq(set.length, 0);
        assertEq(threshold, 0);
        assertEq(module.moduleType(), 2);
        _assertRefused("", _notEnough(0, 0));
        _assertRefused(_supply(7), _notEnough(0, 0));
        _trust(module);
        _expectRefused(_supply(7), message, _notEnough(0, 0));
    }

    function test_implementation_behindAProxy_neverVerifies() public {
        // Attempt: code that is the implementation's but runs at another address reads its own end as a set.
        address proxy = makeAddr("proxy");
        bytes20 implementation = bytes20(aggregationFactory.implementation());
        vm.etch(proxy, bytes.concat(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"));
        assertEq(IAggregationIsm(proxy).moduleType(), 2);
        (bool success,) = proxy.call{gas: 10_000_000}(abi.encodeCall(module.verify, (_supply(7), message)));
        assertFalse(success);
    }
}
