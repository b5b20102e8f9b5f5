// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbL2ToL1Hook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

import {Reference} from "../../../kit/Reference.sol";
import {RecordingHook} from "../../../mocks/RecordingHook.sol";
import {ValueBridgeTest} from "./ValueBridgeTest.sol";

/// @notice Hooks that pay for delivery on L1 through a child.
abstract contract ChildHookTest is ValueBridgeTest {
    address internal child;

    function test_childHook_getsAllBesideTheValue() public {
        RecordingHook recording = new RecordingHook(3);
        child = address(recording);
        hook = _deployHook(Reference.addr32(address(module)), DESTINATION);
        assertEq(address(IArbL2ToL1Hook(address(hook)).childHook()), child);
        assertEq(originMailbox.quoteDispatch(DESTINATION, Reference.addr32(address(to)), "", _value(5), hook), 8);

        // The recording hook asks its caller, which it takes for the Mailbox.
        vm.mockCall(address(hook), abi.encodeWithSignature("latestDispatchedId()"), abi.encode(bytes32(0)));
        vm.mockCall(address(hook), abi.encodeWithSignature("merkleTreeHook()"), abi.encode(originTree));
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 2, 3));
        originMailbox.dispatch{value: 7}(DESTINATION, Reference.addr32(address(to)), "", _value(5), hook);
        bytes memory message = _send(address(to), "", _value(5), 10);
        assertEq(recording.value(), 5); // it is the child's to refund what it does not need
        assertEq(recording.message(), message);
        assertEq(recording.metadata(), _value(5));
        assertEq(alice.balance, 100 ether - 10);
    }
}
