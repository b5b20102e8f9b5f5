// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {ICrossDomainMessenger} from "src/interfaces/ICrossDomainMessenger.sol";
import {IMessageIdAuthHook, IOPL2ToL1Hook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm, IOPL2ToL1Ism, IProvingIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";
import {IOptimismPortal} from "src/interfaces/IOptimismPortal.sol";

import {Shipped} from "../../../kit/Shipped.sol";
import {L1CrossDomainMessengerMock} from "../../../mocks/bridge/L1CrossDomainMessengerMock.sol";
import {L2CrossDomainMessengerMock} from "../../../mocks/bridge/L2CrossDomainMessengerMock.sol";
import {MessagePasserMock} from "../../../mocks/bridge/MessagePasserMock.sol";
import {OptimismPortalMock} from "../../../mocks/bridge/OptimismPortalMock.sol";
import {ChildHookTest} from "./ChildHookTest.sol";

/// @notice From an OP-stack L2 to L1.
contract OPL2ToL1IsmTest is ChildHookTest {
    OptimismPortalMock internal portal = new OptimismPortalMock();
    L1CrossDomainMessengerMock internal l1Messenger = new L1CrossDomainMessengerMock(portal);
    L2CrossDomainMessengerMock internal l2Messenger = new L2CrossDomainMessengerMock(new MessagePasserMock());

    function setUp() public override {
        l1Messenger.setOtherMessenger(address(l2Messenger));
        l2Messenger.setOtherMessenger(address(l1Messenger));
        super.setUp();
    }

    function _deployIsm() internal override returns (IMessageIdAuthorizedIsm) {
        return Shipped.bridgeIsm("OPL2ToL1Ism", abi.encode(l1Messenger));
    }

    function _deployHook(bytes32 ism_, uint32 destination) internal override returns (IMessageIdAuthHook) {
        return Shipped.bridgeHook("OPL2ToL1Hook", abi.encode(originMailbox, destination, ism_, l2Messenger, child));
    }

    function _moduleType() internal pure override returns (uint8) {
        return 11;
    }

    function _hookType() internal pure override returns (uint8) {
        return 12;
    }

    /// @dev The withdrawal sent last, proven and matured.
    function _proven() internal returns (IOptimismPortal.WithdrawalTransaction memory t) {
        Vm.Log memory log = _find(keccak256("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)"));
        bytes32 hash;
        t.nonce = uint256(log.topics[1]);
        t.sender = address(uint160(uint256(log.topics[2])));
        t.target = address(uint160(uint256(log.topics[3])));
        (t.value, t.gasLimit, t.data, hash) = abi.decode(log.data, (uint256, uint256, bytes, bytes32));
        portal.prove(hash);
        vm.deal(address(portal), t.value);
    }

    function _carry() internal override {
        portal.finalizeWithdrawalTransaction(_proven());
    }

    function _asBridge(address sender, bytes32 messageId, uint256 msgValue, uint256 value) internal override {
        vm.mockCall(address(l1Messenger), abi.encodeCall(l1Messenger.xDomainMessageSender, ()), abi.encode(sender));
        vm.deal(address(l1Messenger), value);
        vm.prank(address(l1Messenger));
        module.preVerifyMessage{value: value}(messageId, msgValue);
    }

    function _sendThroughBridge(address sender, bytes memory data) internal override {
        vm.recordLogs();
        vm.prank(sender);
        l2Messenger.sendMessage(address(module), data, uint32(GAS_LIMIT));
        _carry();
    }

    /// @dev A message that the hook sent with `msgValue`, and its matured withdrawal.
    function _matured(uint256 msgValue)
        internal
        returns (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t)
    {
        vm.recordLogs();
        message = _send(address(to), "body", _value(msgValue), msgValue);
        t = _proven();
    }

    function test_getters() public view {
        assertEq(address(IOPL2ToL1Ism(address(module)).l1Messenger()), address(l1Messenger));
        assertEq(address(IOPL2ToL1Hook(address(hook)).l2Messenger()), address(l2Messenger));
        assertEq(address(IOPL2ToL1Hook(address(hook)).childHook()), address(0));
    }

    function testFuzz_process_withTheWithdrawal_finalizesAndDelivers(uint256 msgValue) public {
        msgValue = bound(msgValue, 0, 100 ether);
        (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t) = _matured(msgValue);
        destinationMailbox.process(abi.encode(t), message);
        assertEq(to.handled(), 1);
        assertEq(address(to).balance, msgValue);
        vm.expectRevert(OptimismPortalMock.AlreadyFinalized.selector);
        portal.finalizeWithdrawalTransaction(t);
    }

    function test_process_whenSomebodyFinalizedFirst_delivers() public {
        // Attempt: the attacker sees the delivery coming and finalizes before it, so that the portal refuses a second time.
        (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t) = _matured(1 ether);
        vm.prank(attacker);
        portal.finalizeWithdrawalTransaction(t);
        destinationMailbox.process(abi.encode(t), message);
        assertEq(address(to).balance, 1 ether);
    }

    function test_process_withAWithdrawalThatIsNotProven_reverts() public {
        (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t) = _matured(0);
        t.nonce += 1; // one that the L2 never made
        vm.expectRevert(OptimismPortalMock.Unproven.selector);
        destinationMailbox.process(abi.encode(t), message);
    }

    function test_verify_withAWithdrawalOfSomethingElse_reverts() public {
        (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t) = _matured(0);
        bytes32 id = keccak256(message);
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (id, 0));
        bytes memory honest = t.data;
        uint256 nonce = uint256(1) << 240;
        bytes[7] memory attempts = [
            // not relayMessage; of another sender; to another module; with another value; another id; with more behind;
            // nothing
            call,
            abi.encodeCall(ICrossDomainMessenger.relayMessage, (nonce, attacker, address(module), 0, 1, call)),
            abi.encodeCall(ICrossDomainMessenger.relayMessage, (nonce, address(hook), attacker, 0, 1, call)),
            abi.encodeCall(ICrossDomainMessenger.relayMessage, (nonce, address(hook), address(module), 1, 1, call)),
            abi.encodeCall(
                ICrossDomainMessenger.relayMessage,
                (
                    nonce,
                    address(hook),
                    address(module),
                    0,
                    1,
                    abi.encodeCall(module.preVerifyMessage, (keccak256("other"), 0))
                )
            ),
            abi.encodeCall(
                ICrossDomainMessenger.relayMessage,
                (nonce, address(hook), address(module), 0, 1, bytes.concat(call, hex"00"))
            ),
            bytes("")
        ];
        bytes memory expected = abi.encodeWithSelector(IProvingIsm.NotThisMessage.selector, id);
        for (uint256 i; i < attempts.length; ++i) {
            t.data = attempts[i];
            vm.expectRevert(expected);
            module.verify(abi.encode(t), message);
        }
        t.data = honest;
        t.target = address(module);
        vm.expectRevert(expected);
        module.verify(abi.encode(t), message);
        t.target = address(l1Messenger);
        assertTrue(module.verify(abi.encode(t), message));
    }

    function test_verify_withMetadataThatIsNoWithdrawal_reverts() public {
        (bytes memory message,) = _matured(0);
        vm.expectRevert(bytes(""));
        module.verify(hex"00", message);
    }

    function test_verify_whenTheCallFailsInTheMessenger_reverts() public {
        (bytes memory message, IOptimismPortal.WithdrawalTransaction memory t) = _matured(0);
        // The portal takes a failed call for finalized: were that kept, the metadata could not be used again.
        vm.mockCallRevert(address(module), abi.encodeWithSelector(module.preVerifyMessage.selector), "no");
        vm.expectRevert(abi.encodeWithSelector(IProvingIsm.NotProven.selector, keccak256(message)));
        module.verify(abi.encode(t), message);
        vm.clearMockedCalls();
        destinationMailbox.process(abi.encode(t), message);
    }

    function test_finalize_whatIsNotOfTheL2sMessenger_isNotRelayed() public {
        // Attempt: a withdrawal that the attacker makes without the L2's messenger, to the L1's one in the hook's name.
        bytes memory message = _nextMessage(address(to), "forged");
        bytes memory call = abi.encodeCall(module.preVerifyMessage, (keccak256(message), 0));
        IOptimismPortal.WithdrawalTransaction memory t;
        t.sender = attacker;
        t.target = address(l1Messenger);
        t.gasLimit = 500_000;
        t.data =
            abi.encodeCall(ICrossDomainMessenger.relayMessage, (0, address(hook), address(module), 0, GAS_LIMIT, call));
        portal.prove(keccak256(abi.encode(t.nonce, t.sender, t.target, t.value, t.gasLimit, t.data)));
        vm.expectRevert(abi.encodeWithSelector(IProvingIsm.NotProven.selector, keccak256(message)));
        module.verify(abi.encode(t), message);
        portal.finalizeWithdrawalTransaction(t);
        assertFalse(module.isVerified(message));
    }

    function test_preVerifyMessage_byThePortal_reverts() public {
        vm.prank(address(portal));
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
    }
}
