// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IMessageIdAuthHook, IOPStackHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm, IOPStackIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {CrossDomainMessengerMock} from "../../../mocks/bridge/CrossDomainMessengerMock.sol";
import {L1CrossDomainMessengerMock} from "../../../mocks/bridge/L1CrossDomainMessengerMock.sol";
import {L2CrossDomainMessengerMock} from "../../../mocks/bridge/L2CrossDomainMessengerMock.sol";
import {MessagePasserMock} from "../../../mocks/bridge/MessagePasserMock.sol";
import {OptimismPortalMock} from "../../../mocks/bridge/OptimismPortalMock.sol";
import {ValueBridgeTest} from "./ValueBridgeTest.sol";

/// @notice From L1 to an OP-stack L2.
contract OPStackIsmTest is ValueBridgeTest {
    uint160 internal constant ALIAS_OFFSET = uint160(0x1111000000000000000000000000000000001111);

    OptimismPortalMock internal portal = new OptimismPortalMock();
    L1CrossDomainMessengerMock internal l1Messenger = new L1CrossDomainMessengerMock(portal);
    L2CrossDomainMessengerMock internal l2Messenger = new L2CrossDomainMessengerMock(new MessagePasserMock());

    function setUp() public override {
        l1Messenger.setOtherMessenger(address(l2Messenger));
        l2Messenger.setOtherMessenger(address(l1Messenger));
        super.setUp();
    }

    function _deployIsm() internal override returns (IMessageIdAuthorizedIsm) {
        return Shipped.bridgeIsm("OPStackIsm", abi.encode(l2Messenger));
    }

    function _deployHook(bytes32 ism_, uint32 destination) internal override returns (IMessageIdAuthHook) {
        return Shipped.bridgeHook("OPStackHook", abi.encode(originMailbox, destination, ism_, l1Messenger));
    }

    function _moduleType() internal pure override returns (uint8) {
        return 6;
    }

    function _hookType() internal pure override returns (uint8) {
        return 6;
    }

    /// @dev The L2's node executes the deposit: `from` as the L1 says, aliased, and the value minted.
    function _carry() internal override {
        _execute(_find(keccak256("TransactionDeposited(address,address,uint256,bytes)")), 500_000);
    }

    function _execute(Vm.Log memory deposit, uint256 gas) internal {
        address from = address(uint160(uint256(deposit.topics[1])));
        address target = address(uint160(uint256(deposit.topics[2])));
        bytes memory opaque = abi.decode(deposit.data, (bytes));
        uint256 mint = abi.decode(opaque, (uint256));
        bytes memory data = new bytes(opaque.length - 73);
        for (uint256 i; i < data.length; ++i) {
            data[i] = opaque[i + 73];
        }
        vm.deal(from, mint);
        vm.prank(from);
        (bool success,) = target.call{gas: gas, value: mint}(data);
        assertTrue(success);
    }

    function _asBridge(address sender, bytes32 messageId, uint256 msgValue, uint256 value) internal override {
        vm.mockCall(address(l2Messenger), abi.encodeCall(l2Messenger.xDomainMessageSender, ()), abi.encode(sender));
        vm.deal(address(l2Messenger), value);
        vm.prank(address(l2Messenger));
        module.preVerifyMessage{value: value}(messageId, msgValue);
    }

    function _sendThroughBridge(address sender, bytes memory data) internal override {
        vm.recordLogs();
        vm.prank(sender);
        l1Messenger.sendMessage(address(module), data, uint32(GAS_LIMIT));
        _carry();
    }

    function test_getters() public view {
        assertEq(address(IOPStackIsm(address(module)).l2Messenger()), address(l2Messenger));
        assertEq(address(IOPStackHook(address(hook)).l1Messenger()), address(l1Messenger));
    }

    function test_preVerifyMessage_byTheMessengerItself_whileItRelaysNothing_reverts() public {
        vm.prank(address(l2Messenger));
        vm.expectRevert("CrossDomainMessenger: xDomainMessageSender is not set");
        module.preVerifyMessage(keccak256("forged"), 0);
    }

    function test_relayMessage_byAnyone_reverts() public {
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256("forged"), 0));
        // Attempt: deposit to the messenger directly, without L1's messenger, in the hook's name. An attacker contract is
        // aliased; so its own address must not be taken for the messenger's, and the messenger's own address not for its
        // alias.
        address[2] memory callers = [attacker, address(l1Messenger)];
        for (uint256 i; i < callers.length; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert("CrossDomainMessenger: message cannot be replayed");
            l2Messenger.relayMessage(0, address(hook), address(module), 0, GAS_LIMIT, call);
        }
    }

    function test_relayMessage_withTheGasThatTheHookAsksFor_suffices() public {
        vm.recordLogs();
        bytes memory message = _send(address(to), "body", "", 0);
        // The deposit's own limit, as on the L2: what the messenger asked the portal for.
        Vm.Log memory deposit = _find(keccak256("TransactionDeposited(address,address,uint256,bytes)"));
        bytes memory opaque = abi.decode(deposit.data, (bytes));
        uint64 limit;
        for (uint256 i = 64; i < 72; ++i) {
            limit = (limit << 8) | uint64(uint8(opaque[i]));
        }
        _execute(deposit, limit);
        assertTrue(module.isVerified(message));
    }

    function test_relayMessage_thatFailed_canBeReplayedByAnyone() public {
        vm.recordLogs();
        bytes memory message = _send(address(to), "body", _value(1 ether), 1 ether);
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256(message), 1 ether));
        // Too little gas: the messenger keeps the value and the message.
        _execute(_find(keccak256("TransactionDeposited(address,address,uint256,bytes)")), 160_000);
        assertFalse(module.isVerified(message));
        vm.prank(attacker);
        l2Messenger.relayMessage(uint256(1) << 240, address(hook), address(module), 1 ether, GAS_LIMIT, call);
        destinationMailbox.process("", message);
        assertEq(address(to).balance, 1 ether);
        vm.expectRevert("CrossDomainMessenger: message has already been relayed");
        l2Messenger.relayMessage(uint256(1) << 240, address(hook), address(module), 1 ether, GAS_LIMIT, call);
    }

    function test_hook_givesTheMessengerWhatTheModuleTakes() public {
        bytes memory message = _nextMessage(address(to), "body");
        vm.expectEmit(address(l1Messenger));
        emit CrossDomainMessengerMock.SentMessage(
            address(module),
            address(hook),
            abi.encodeCall(module.preVerifyMessage, (keccak256(message), 7)),
            uint256(1) << 240,
            GAS_LIMIT
        );
        vm.expectEmit(address(l1Messenger));
        emit CrossDomainMessengerMock.SentMessageExtension1(address(hook), 7);
        _send(address(to), "body", _value(7), 7);
    }
}
