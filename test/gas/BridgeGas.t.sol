// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {IOwnedMailbox, Shipped} from "../kit/Shipped.sol";

/// @notice Gas of whole transactions of modules that a bridge feeds, without what the bridge itself costs.
/// forge-config: default.isolate = true
contract BridgeGasTest is BaseTest {
    bytes internal constant BODY = hex"6b1be83a77e5c2b4f9d21c0e5a4de1b0c3f7a8d99e8b7c6d5e4f3a2b1c0d9e8f";

    IOwnedMailbox internal mailbox;

    function test_process_preVerified() public {
        bytes memory message = _preVerified(0);
        vm.snapshotGasLastCall("MessageIdAuthorizedIsm", "preVerifyMessage");
        mailbox.process("", message);
        vm.snapshotGasLastCall("MessageIdAuthorizedIsm", "process, verified by a bridge");
    }

    function test_process_preVerified_withValue() public {
        bytes memory message = _preVerified(1 ether);
        mailbox.process("", message);
        vm.snapshotGasLastCall("MessageIdAuthorizedIsm", "process, verified by a bridge, with value");
    }

    /// @dev This contract is bridge and hook.
    function _preVerified(uint256 msgValue) internal returns (bytes memory message) {
        IMessageIdAuthorizedIsm module = Shipped.bridgeIsm("ERC5164Ism", abi.encode(address(this), ORIGIN));
        module.setAuthorizedHook(Reference.addr32(address(this)));
        mailbox = Shipped.mailbox(DESTINATION, owner, module);
        address to = makeAddr("recipient");
        vm.etch(to, hex"00"); // it stops: what is measured is the protocol alone
        message = Reference.message(1000, ORIGIN, alice, DESTINATION, Reference.addr32(to), BODY);
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256(message), msgValue));
        vm.deal(address(this), msgValue);
        (bool success,) = address(module).call{value: msgValue}(
            abi.encodePacked(call, keccak256("bridge's id"), uint256(ORIGIN), address(this))
        );
        assertTrue(success);
    }
}
