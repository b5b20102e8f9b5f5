// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IERC5164Hook, IMessageIdAuthHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IERC5164Ism, IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {Reference} from "../../../kit/Reference.sol";
import {MessageDispatcherMock} from "../../../mocks/bridge/MessageDispatcherMock.sol";
import {MessageExecutorMock} from "../../../mocks/bridge/MessageExecutorMock.sol";
import {BridgeTest} from "./BridgeTest.sol";

/// @notice Through an ERC-5164 bridge.
contract ERC5164IsmTest is BridgeTest {
    MessageDispatcherMock internal dispatcher = new MessageDispatcherMock(DESTINATION);
    MessageExecutorMock internal executor = new MessageExecutorMock(address(this));

    function _deployIsm() internal override returns (IMessageIdAuthorizedIsm) {
        return Shipped.bridgeIsm("ERC5164Ism", abi.encode(executor, ORIGIN));
    }

    function _deployHook(bytes32 ism_, uint32 destination) internal override returns (IMessageIdAuthHook) {
        return Shipped.bridgeHook("ERC5164Hook", abi.encode(originMailbox, destination, ism_, dispatcher));
    }

    function _moduleType() internal pure override returns (uint8) {
        return 6;
    }

    function _hookType() internal pure override returns (uint8) {
        return 6;
    }

    function _carry() internal override {
        Vm.Log memory log = _find(keccak256("MessageDispatched(bytes32,address,uint256,address,bytes)"));
        (address target, bytes memory data) = abi.decode(log.data, (address, bytes));
        try executor.executeMessage(target, data, log.topics[1], ORIGIN, address(uint160(uint256(log.topics[2])))) {}
            catch {}
    }

    function _asBridge(address sender, bytes32 messageId, uint256 msgValue, uint256 value) internal override {
        _asExecutor(
            abi.encodePacked(
                abi.encodeCall(module.preVerifyMessage, (messageId, msgValue)),
                keccak256("bridge's id"),
                uint256(ORIGIN),
                sender
            ),
            value
        );
    }

    function _asExecutor(bytes memory data, uint256 value) internal {
        vm.deal(address(executor), value);
        vm.prank(address(executor));
        (bool success,) = address(module).call{value: value}(data);
        assertTrue(success);
    }

    function _sendThroughBridge(address sender, bytes memory data) internal override {
        vm.recordLogs();
        vm.prank(sender);
        dispatcher.dispatchMessage(DESTINATION, address(module), data);
        _carry();
    }

    function test_getters() public view {
        assertEq(IERC5164Ism(address(module)).executor(), address(executor));
        assertEq(IERC5164Ism(address(module)).originChainId(), ORIGIN);
        assertEq(address(IERC5164Hook(address(hook)).dispatcher()), address(dispatcher));
    }

    function test_preVerifyMessage_fromAnotherChain_reverts() public {
        // Attempt: on another chain, which the same executor serves, the attacker has a contract at the hook's address.
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256("forged"), 0));
        vm.expectRevert(abi.encodeWithSelector(IERC5164Ism.WrongOrigin.selector, ORIGIN + 1));
        _asExecutor(abi.encodePacked(call, keccak256("id"), uint256(ORIGIN) + 1, hook), 0);
    }

    function test_preVerifyMessage_withoutTheExecutorsWords_reverts() public {
        // Attempts: what an executor appends is missing, cut, or preceded by the same words of the attacker.
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256("forged"), 0));
        bytes memory words = abi.encodePacked(keccak256("id"), uint256(ORIGIN), hook);
        bytes[4] memory attempts = [
            call,
            abi.encodePacked(call, keccak256("id"), uint256(ORIGIN), bytes19(bytes20(address(hook)))),
            abi.encodePacked(call, words, words),
            abi.encodePacked(call, words, hex"00")
        ];
        for (uint256 i; i < attempts.length; ++i) {
            vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
            _asExecutor(attempts[i], 0);
        }
        _asExecutor(abi.encodePacked(call, words), 0);
        assertEq(module.verifiedMessages(keccak256("forged")), VERIFIED);
    }

    function test_preVerifyMessage_byAnyone_withTheExecutorsWords_reverts() public {
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256("forged"), 0));
        vm.prank(attacker);
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        (bool success,) = address(module).call(abi.encodePacked(call, keccak256("id"), uint256(ORIGIN), hook));
        assertTrue(success);
    }

    function test_executor_appendsItsOwnWords_afterTheAttackers() public {
        bytes memory message = _nextMessage(address(to), "forged");
        _sendThroughBridge(
            attacker,
            abi.encodePacked(
                abi.encodeCall(module.preVerifyMessage, (keccak256(message), 0)), keccak256("id"), uint256(ORIGIN), hook
            )
        );
        assertFalse(module.isVerified(message));
    }

    function test_postDispatch_value_isNotSupported() public {
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.ValueNotSupported.selector, 1));
        originMailbox.dispatch{value: 1}(DESTINATION, Reference.addr32(address(to)), "", _value(1), hook);
    }

    function test_postDispatch_toAChainThatTheDispatcherDoesNotServe_reverts() public {
        hook = _deployHook(Reference.addr32(address(module)), DESTINATION + 1);
        vm.expectRevert(abi.encodeWithSelector(MessageDispatcherMock.ChainNotSupported.selector, DESTINATION + 1));
        originMailbox.dispatch(DESTINATION + 1, Reference.addr32(address(to)), "", "", hook);
    }
}
