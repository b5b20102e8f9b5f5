// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IArbL2ToL1Hook, IMessageIdAuthHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IArbL2ToL1Ism, IMessageIdAuthorizedIsm, IProvingIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {ArbBridgeMock} from "../../../mocks/bridge/ArbBridgeMock.sol";
import {ArbOutboxMock} from "../../../mocks/bridge/ArbOutboxMock.sol";
import {ArbSysMock} from "../../../mocks/bridge/ArbSysMock.sol";
import {RawAnswer} from "../../../mocks/RawAnswer.sol";
import {ChildHookTest} from "./ChildHookTest.sol";

/// @notice From an Arbitrum chain to L1.
contract ArbL2ToL1IsmTest is ChildHookTest {
    struct Outgoing {
        bytes32[] proof;
        uint256 index;
        address l2Sender;
        address to;
        uint256 l2Block;
        uint256 l1Block;
        uint256 l2Timestamp;
        uint256 value;
        bytes data;
    }

    ArbSysMock internal arbSys = new ArbSysMock();
    ArbBridgeMock internal bridge = new ArbBridgeMock();
    ArbOutboxMock internal outbox = new ArbOutboxMock(bridge);

    function setUp() public override {
        bridge.setOutbox(address(outbox), true);
        super.setUp();
    }

    function _deployIsm() internal override returns (IMessageIdAuthorizedIsm) {
        return Shipped.bridgeIsm("ArbL2ToL1Ism", abi.encode(bridge, outbox));
    }

    function _deployHook(bytes32 ism_, uint32 destination) internal override returns (IMessageIdAuthHook) {
        return Shipped.bridgeHook("ArbL2ToL1Hook", abi.encode(originMailbox, destination, ism_, arbSys, child));
    }

    function _moduleType() internal pure override returns (uint8) {
        return 8;
    }

    function _hookType() internal pure override returns (uint8) {
        return 11;
    }

    /// @dev What was sent last, in a confirmed tree, with its proof.
    function _confirmed() internal returns (Outgoing memory t) {
        Vm.Log memory log =
            _find(keccak256("L2ToL1Tx(address,address,uint256,uint256,uint256,uint256,uint256,uint256,bytes)"));
        t.to = address(uint160(uint256(log.topics[1])));
        t.index = uint256(log.topics[3]);
        (t.l2Sender, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data) =
            abi.decode(log.data, (address, uint256, uint256, uint256, uint256, bytes));
        _confirm(t);
        vm.deal(address(bridge), t.value);
    }

    function _confirm(Outgoing memory t) internal {
        bytes32 item =
            keccak256(abi.encodePacked(t.l2Sender, t.to, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data));
        bytes32 node = keccak256(abi.encodePacked(item));
        t.proof = new bytes32[](3);
        for (uint256 i; i < t.proof.length; ++i) {
            t.proof[i] = keccak256(abi.encode("sibling", i));
            node = (t.index >> i) & 1 == 0
                ? keccak256(abi.encodePacked(node, t.proof[i]))
                : keccak256(abi.encodePacked(t.proof[i], node));
        }
        outbox.confirm(node);
    }

    function _metadata(Outgoing memory t) internal pure returns (bytes memory) {
        return abi.encode(t.proof, t.index, t.l2Sender, t.to, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data);
    }

    function _execute(Outgoing memory t) internal {
        outbox.executeTransaction(
            t.proof, t.index, t.l2Sender, t.to, t.l2Block, t.l1Block, t.l2Timestamp, t.value, t.data
        );
    }

    function execute(Outgoing memory t) external {
        _execute(t);
    }

    function _carry() internal override {
        Outgoing memory t = _confirmed();
        try this.execute(t) {} catch {}
    }

    function _asBridge(address sender, bytes32 messageId, uint256 msgValue, uint256 value) internal override {
        vm.mockCall(address(bridge), abi.encodeCall(bridge.activeOutbox, ()), abi.encode(outbox));
        vm.mockCall(address(outbox), abi.encodeCall(outbox.l2ToL1Sender, ()), abi.encode(sender));
        vm.deal(address(bridge), value);
        vm.prank(address(bridge));
        module.preVerifyMessage{value: value}(messageId, msgValue);
    }

    function _sendThroughBridge(address sender, bytes memory data) internal override {
        vm.recordLogs();
        vm.prank(sender);
        arbSys.sendTxToL1(address(module), data);
        _carry();
    }

    function _ready(uint256 msgValue) internal returns (bytes memory message, Outgoing memory t) {
        vm.recordLogs();
        message = _send(address(to), "body", _value(msgValue), msgValue);
        t = _confirmed();
    }

    function test_getters() public view {
        assertEq(address(IArbL2ToL1Ism(address(module)).arbBridge()), address(bridge));
        assertEq(address(IArbL2ToL1Ism(address(module)).arbOutbox()), address(outbox));
        assertEq(address(IArbL2ToL1Hook(address(hook)).arbSys()), address(arbSys));
        assertEq(address(IArbL2ToL1Hook(address(hook)).childHook()), address(0));
    }

    function testFuzz_process_withTheProof_executesAndDelivers(uint256 msgValue) public {
        msgValue = bound(msgValue, 0, 100 ether);
        (bytes memory message, Outgoing memory t) = _ready(msgValue);
        destinationMailbox.process(_metadata(t), message);
        assertEq(to.handled(), 1);
        assertEq(address(to).balance, msgValue);
        vm.expectRevert(abi.encodeWithSelector(ArbOutboxMock.AlreadySpent.selector, t.index));
        _execute(t);
    }

    function test_process_whenSomebodyExecutedFirst_delivers() public {
        // Attempt: the attacker sees the delivery coming and executes before it, so that the outbox refuses a second time.
        (bytes memory message, Outgoing memory t) = _ready(1 ether);
        vm.prank(attacker);
        _execute(t);
        destinationMailbox.process(_metadata(t), message);
        assertEq(address(to).balance, 1 ether);
    }

    function test_process_withAProofOfNothingConfirmed_reverts() public {
        (bytes memory message, Outgoing memory t) = _ready(0);
        t.l2Block += 1;
        vm.expectPartialRevert(ArbOutboxMock.UnknownRoot.selector);
        destinationMailbox.process(_metadata(t), message);
        t.l2Block -= 1;
        t.proof[0] = 0;
        vm.expectPartialRevert(ArbOutboxMock.UnknownRoot.selector);
        destinationMailbox.process(_metadata(t), message);
    }

    function test_verify_withAProofOfSomethingElse_reverts() public {
        (bytes memory message, Outgoing memory t) = _ready(0);
        bytes32 id = keccak256(message);
        bytes memory expected = abi.encodeWithSelector(IProvingIsm.NotThisMessage.selector, id);
        // Attempts, each confirmed on L1: another sender, another target, another call, another amount.
        t.l2Sender = attacker;
        _confirm(t);
        vm.expectRevert(expected);
        module.verify(_metadata(t), message);
        t.l2Sender = address(hook);
        t.to = attacker;
        _confirm(t);
        vm.expectRevert(expected);
        module.verify(_metadata(t), message);
        t.to = address(module);
        t.data = abi.encodeCall(module.preVerifyMessage, (keccak256("other"), 0));
        _confirm(t);
        vm.expectRevert(expected);
        module.verify(_metadata(t), message);
        t.data = abi.encodeCall(module.preVerifyMessage, (id, 1));
        _confirm(t);
        vm.expectRevert(expected);
        module.verify(_metadata(t), message);
        t.data = abi.encodeCall(module.preVerifyMessage, (id, 0));
        _confirm(t);
        assertTrue(module.verify(_metadata(t), message));
    }

    function test_verify_withMetadataThatIsNoProof_reverts() public {
        (bytes memory message,) = _ready(0);
        vm.expectRevert(bytes(""));
        module.verify(hex"00", message);
    }

    function test_verify_whenTheOutboxDoesNothing_reverts() public {
        (bytes memory message, Outgoing memory t) = _ready(0);
        vm.mockCall(address(outbox), abi.encodeWithSelector(outbox.executeTransaction.selector), "");
        vm.expectRevert(abi.encodeWithSelector(IProvingIsm.NotProven.selector, keccak256(message)));
        module.verify(_metadata(t), message);
    }

    function test_preVerifyMessage_byTheBridge_whileNoOutboxIsActive_reverts() public {
        vm.prank(address(bridge));
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
        // The outbox calls nobody itself.
        vm.prank(address(outbox));
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
    }

    function test_preVerifyMessage_byAnyoneElse_whileTheBridgeExecutesForTheHook_reverts() public {
        vm.mockCall(address(bridge), abi.encodeCall(bridge.activeOutbox, ()), abi.encode(outbox));
        vm.mockCall(address(outbox), abi.encodeCall(outbox.l2ToL1Sender, ()), abi.encode(hook));
        vm.prank(attacker);
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
    }

    function test_bridge_executesForNoOutboxButItsOwn() public {
        // Attempt: an outbox of the attacker's that names the hook as sender.
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256("forged"), 0));
        address fake = address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(hook), 0));
        vm.prank(fake);
        vm.expectRevert(abi.encodeWithSelector(ArbBridgeMock.NotOutbox.selector, fake));
        bridge.executeCall(address(module), 0, call);
    }
}
