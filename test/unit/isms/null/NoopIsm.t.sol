// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Shipped} from "../../../kit/Shipped.sol";

contract NoopIsmTest is ModuleTest {
    IInterchainSecurityModule internal module;

    function setUp() public override {
        super.setUp();
        module = Shipped.noopIsm();
    }

    function testFuzz_verify_anything(bytes memory metadata, bytes memory message) public {
        assertTrue(module.verify(metadata, message));
    }

    function test_process_whatNobodyDispatched() public {
        assertEq(module.moduleType(), 6);
        _trust(module);
        _process("", _message(0, ORIGIN, "forged"));
        assertEq(recipient.received(), 1);
    }

    function test_process_besideAMultisig_addsNothing() public {
        _trust(_both(module, ism));
        bytes memory message = _dispatch(address(recipient), "body");
        _expectRefused(
            _bothMetadata("", ""),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, THRESHOLD)
        );
        _process(_bothMetadata("", _metadata(message)), message);
    }
}
