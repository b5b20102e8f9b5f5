// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "src/libraries/TypeCasts.sol";

import {Reference} from "../../../kit/Reference.sol";
import {BridgeTest} from "./BridgeTest.sol";

/// @notice What holds for bridges that carry value too.
abstract contract ValueBridgeTest is BridgeTest {
    function testFuzz_verify_valueGoesToTheRecipient_once(uint256 msgValue) public {
        msgValue = bound(msgValue, 1, 100 ether);
        bytes memory message = _sent(msgValue);
        assertEq(module.verifiedMessages(keccak256(message)), VERIFIED | msgValue);
        assertEq(address(module).balance, msgValue);

        vm.expectEmit(address(module));
        emit IMessageIdAuthorizedIsm.ValueReleased(keccak256(message), address(to), msgValue);
        vm.prank(attacker); // who gets nothing out of it
        assertTrue(module.verify("", message));
        assertEq(address(to).balance, msgValue);
        assertEq(module.verifiedMessages(keccak256(message)), VERIFIED);

        vm.deal(address(module), msgValue); // of other messages
        assertTrue(module.verify("", message));
        destinationMailbox.process("", message);
        assertEq(address(to).balance, msgValue);
        assertEq(to.payments(), 1);
        assertTrue(_isDelivered(message));
    }

    function test_verify_whenTheRecipientAsksAgain_paysOnce() public {
        bytes memory message = _sent(1 ether);
        vm.deal(address(module), 5 ether);
        to.setAgain(message);
        destinationMailbox.process("", message);
        assertEq(to.payments(), 1);
        assertEq(address(module).balance, 4 ether);
    }

    function test_verify_whenTheRecipientRefusesTheValue_reverts() public {
        bytes memory message = _sent(1 ether);
        to.setRefuses(true);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.ValueRefused.selector, address(to), 1 ether));
        destinationMailbox.process("", message);
        to.setRefuses(false);
        destinationMailbox.process("", message);
        assertEq(address(to).balance, 1 ether);
    }

    function test_preVerifyMessage_aSecondTime_reverts() public {
        bytes memory message = _sent(1 ether);
        bytes32 id = keccak256(message);
        bytes memory expected = abi.encodeWithSelector(IMessageIdAuthorizedIsm.AlreadyVerified.selector, id);
        vm.deal(address(this), 10 ether);
        // Attempts: less, the same, more value, before and after the value was released.
        vm.expectRevert(expected);
        _asBridge(address(hook), id, 0, 0);
        vm.expectRevert(expected);
        _asBridge(address(hook), id, 1 ether, 1 ether);
        module.verify("", message);
        vm.expectRevert(expected);
        _asBridge(address(hook), id, 2 ether, 2 ether);
        assertEq(module.verifiedMessages(id), VERIFIED);
        assertEq(address(to).balance, 1 ether);
    }

    function test_postDispatch_valueForWhatIsNoAddress_reverts() public {
        bytes32 dirty = bytes32(uint256(1) << 160);
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty));
        originMailbox.dispatch{value: 1}(DESTINATION, dirty, "", _value(1), hook);
        originMailbox.dispatch(DESTINATION, dirty, "", "", hook); // without value it is the sender's matter
    }

    function test_postDispatch_oneWeiTooLittle_reverts() public {
        assertEq(originMailbox.quoteDispatch(DESTINATION, Reference.addr32(address(to)), "", _value(5), hook), 5);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.Underpaid.selector, 4, 5));
        originMailbox.dispatch{value: 4}(DESTINATION, Reference.addr32(address(to)), "", _value(5), hook);
    }

    function test_postDispatch_surplusBesideValue_goesBack() public {
        _send(address(to), "", _value(5), 8);
        assertEq(alice.balance, 100 ether - 5);
        assertEq(address(hook).balance, 0);
    }
}
