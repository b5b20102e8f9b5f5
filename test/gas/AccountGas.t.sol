// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccountTest} from "../kit/AccountTest.sol";
import {Reference} from "../kit/Reference.sol";
import {Shipped} from "../kit/Shipped.sol";
import {CallTarget} from "../mocks/CallTarget.sol";

/// @notice Gas of a delivery that has an account make one call, without arguments, to a contract that does nothing.
/// forge-config: default.isolate = true
contract AccountGasTest is AccountTest {
    uint32 internal _nonce;

    function test_process_noop() public {
        _measure(Reference.addr32(address(Shipped.noopIsm())), false, "no-op");
    }

    function test_process_oneOfOne() public {
        address[] memory one = new address[](1);
        one[0] = validators[0];
        _measure(Reference.addr32(messageIdFactory.deploy(one, 1)), true, "message-id 1/1");
    }

    function _measure(bytes32 module, bool signed, string memory what) internal {
        _send(module, signed, string.concat("process, account's first call, ", what));
        _send(module, signed, string.concat("process, account's later call, ", what));
    }

    function _send(bytes32 module, bool signed, string memory what) internal {
        bytes memory body =
            _callsBody(alice, module, 0, _call(address(target), 0, abi.encodeCall(CallTarget.nothing, ())));
        bytes memory message =
            Reference.message(_nonce++, ORIGIN, address(here), DESTINATION, Reference.addr32(address(there)), body);
        uint256[] memory keys = new uint256[](1);
        keys[0] = validatorKeys[0];
        bytes memory metadata = signed ? _messageIdMetadata(message, keys) : bytes("");
        destinationMailbox.process(metadata, message);
        vm.snapshotValue("Accounts", what, vm.lastCallGas().gasTotalUsed);
    }
}
