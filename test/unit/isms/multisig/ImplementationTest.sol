// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMultisigIsm} from "src/interfaces/IMultisigIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {MultisigIsmTest} from "./MultisigIsmTest.sol";

/// @notice The bare code that all modules of a factory are copies of, and which has no set behind it.
abstract contract ImplementationTest is MultisigIsmTest {
    function _implementation() internal view virtual returns (IMultisigIsm);

    function test_implementation_neverVerifies() public {
        // Attempt (Nomad, Wormhole 2022): the bare implementation as a module.
        IMultisigIsm implementation = _implementation();
        assertEq(implementation.moduleType(), module.moduleType());
        module = implementation;
        (address[] memory set, uint256 threshold) = _held();
        assertEq(set.length, 0);
        assertEq(threshold, 0);

        bytes memory reason = abi.encodeWithSelector(ValidatorSignatures.NoValidators.selector);
        _assertRefused("", reason);
        _assertRefused(bytes.concat(_signature(0), _signature(1), _signature(2)), reason);
        vm.expectRevert(reason);
        implementation.verify("", message);
    }

    function test_implementation_behindAProxy_neverVerifies() public {
        // Attempt: code that is the implementation's but runs at another address reads its own end as a validator set.
        address proxy = makeAddr("proxy");
        vm.etch(
            proxy,
            bytes.concat(
                hex"363d3d373d3d3d363d73", bytes20(address(_implementation())), hex"5af43d82803e903d91602b57fd5bf3"
            )
        );
        assertEq(IMultisigIsm(proxy).moduleType(), module.moduleType());
        bytes memory metadata = bytes.concat(_head(checkpoint), _signature(0), _signature(1), new bytes(6500));
        (bool success,) = proxy.call{gas: 10_000_000}(abi.encodeCall(module.verify, (metadata, message)));
        assertFalse(success);
    }
}
