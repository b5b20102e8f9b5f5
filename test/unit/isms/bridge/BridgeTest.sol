// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IMessageIdAuthHook} from "src/interfaces/IMessageIdAuthHook.sol";
import {IMessageIdAuthorizedIsm} from "src/interfaces/IMessageIdAuthorizedIsm.sol";
import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";
import {TypeCasts} from "src/libraries/TypeCasts.sol";

import {BaseTest} from "../../../kit/BaseTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {PlainRecipient} from "../../../mocks/PlainRecipient.sol";
import {WealthyRecipient} from "../../../mocks/WealthyRecipient.sol";

/// @notice What holds for every module that a bridge feeds, and for the hook that feeds it. Both chains are in one EVM; what
///         a bridge's off-chain part does, the test does (`_carry`).
abstract contract BridgeTest is BaseTest {
    uint256 internal constant VERIFIED = 1 << 255;
    uint256 internal constant GAS_LIMIT = 100_000;

    IMessageIdAuthHook internal hook;
    IMessageIdAuthorizedIsm internal module;
    WealthyRecipient internal to;

    function setUp() public virtual override {
        super.setUp();
        module = _deployIsm();
        hook = _deployHook(Reference.addr32(address(module)), DESTINATION);
        module.setAuthorizedHook(Reference.addr32(address(hook)));
        to = new WealthyRecipient(module);
    }

    /* ------------------------------------------ what a bridge's test says ------------------------------------------- */

    function _deployIsm() internal virtual returns (IMessageIdAuthorizedIsm);

    function _deployHook(bytes32 ism_, uint32 destination) internal virtual returns (IMessageIdAuthHook);

    /// @dev Brings over what the bridge was given since `vm.recordLogs`.
    function _carry() internal virtual;

    /// @dev The bridge calls `preVerifyMessage` with `value` wei for `sender`: as itself, so that errors are seen.
    function _asBridge(address sender, bytes32 messageId, uint256 msgValue, uint256 value) internal virtual;

    /// @dev `sender` has the bridge call the module with `data`, and it is brought over. Whether it fails there is the
    ///      bridge's matter.
    function _sendThroughBridge(address sender, bytes memory data) internal virtual;

    function _moduleType() internal pure virtual returns (uint8);

    function _hookType() internal pure virtual returns (uint8);

    /* --------------------------------------------------- helpers ---------------------------------------------------- */

    function _value(uint256 msgValue) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(1), msgValue);
    }

    function _send(address recipient_, bytes memory body, bytes memory metadata, uint256 value)
        internal
        returns (bytes memory message)
    {
        message = _nextMessage(recipient_, body);
        vm.prank(alice);
        originMailbox.dispatch{value: value}(DESTINATION, Reference.addr32(recipient_), body, metadata, hook);
    }

    /// @dev A message that was sent with `msgValue` wei, and brought over.
    function _sent(uint256 msgValue) internal returns (bytes memory message) {
        vm.recordLogs();
        message = _send(address(to), "body", _value(msgValue), msgValue);
        _carry();
    }

    function _isDelivered(bytes memory message) internal view returns (bool) {
        return destinationMailbox.delivered(keccak256(message));
    }

    /* --------------------------------------------------- delivery --------------------------------------------------- */

    function test_process_whatTheHookSent_isDelivered() public {
        vm.recordLogs();
        bytes memory message = _send(address(to), "body", "", 0);
        assertFalse(module.isVerified(message));
        _carry();

        Vm.Log memory log = _find(IMessageIdAuthorizedIsm.ReceivedMessage.selector);
        assertEq(log.emitter, address(module));
        assertEq(log.topics[1], keccak256(message));
        assertEq(log.data, abi.encode(0));
        assertTrue(module.isVerified(message));
        assertEq(module.verifiedMessages(keccak256(message)), VERIFIED);
        destinationMailbox.process("", message);
        assertEq(to.handled(), 1);
    }

    function test_verify_whatWasNotBrought_isFalse() public {
        bytes memory message = _send(address(to), "body", "", 0);
        assertFalse(module.verify("", message));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, keccak256(message), address(module)));
        destinationMailbox.process("", message);
    }

    function test_verify_whatTheHookDidNotSend_isFalse() public {
        bytes memory message = _sent(0);
        // Attempts: another body, another origin, another nonce, another recipient, in the name of a verified message.
        bytes[4] memory forged = [
            bytes.concat(message, "!"),
            Reference.message(0, ORIGIN + 1, alice, DESTINATION, Reference.addr32(address(to)), "body"),
            Reference.message(1, ORIGIN, alice, DESTINATION, Reference.addr32(address(to)), "body"),
            Reference.message(0, ORIGIN, alice, DESTINATION, Reference.addr32(attacker), "body")
        ];
        for (uint256 i; i < forged.length; ++i) {
            assertFalse(module.isVerified(forged[i]));
            assertFalse(module.verify("", forged[i]));
        }
    }

    function test_verify_againAndAgain_staysTrue() public {
        bytes memory message = _sent(0);
        vm.startPrank(attacker);
        assertTrue(module.verify("", message));
        assertTrue(module.verify("ignored", message));
        vm.stopPrank();
        destinationMailbox.process("ignored", message);
        assertTrue(module.isVerified(message));
        assertEq(to.payments(), 0);
    }

    function test_types() public view {
        assertEq(module.moduleType(), _moduleType());
        assertEq(hook.hookType(), _hookType());
        assertEq(module.VERIFIED_MASK_INDEX(), 255);
        assertEq(module.deployer(), address(this));
        assertEq(address(hook.mailbox()), address(originMailbox));
        assertEq(hook.localDomain(), ORIGIN);
        assertEq(hook.destinationDomain(), DESTINATION);
        assertEq(hook.ism(), Reference.addr32(address(module)));
        assertTrue(hook.supportsMetadata(""));
        assertFalse(hook.supportsMetadata(hex"0002"));
    }

    /* ---------------------------------------------- who may pre-verify ---------------------------------------------- */

    function test_preVerifyMessage_byAnyone_reverts() public {
        vm.prank(attacker);
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
        // Nor the hook itself, were it on this chain: only the bridge's word counts.
        vm.prank(address(hook));
        vm.expectRevert(IMessageIdAuthorizedIsm.NotCrossChainCall.selector);
        module.preVerifyMessage(keccak256("forged"), 0);
    }

    function test_preVerifyMessage_forSomebodyElse_reverts() public {
        // Attempt: the attacker uses the same bridge, as anyone can, from an account of its own.
        vm.expectRevert(
            abi.encodeWithSelector(IMessageIdAuthorizedIsm.NotAuthorizedHook.selector, Reference.addr32(attacker))
        );
        _asBridge(attacker, keccak256("forged"), 0, 0);
    }

    function test_bridge_whatTheAttackerSendsThroughIt_verifiesNothing() public {
        bytes memory message = _nextMessage(address(to), "forged");
        _sendThroughBridge(attacker, abi.encodeCall(module.preVerifyMessage, (keccak256(message), 0)));
        assertFalse(module.isVerified(message));
        // The same call of the hook counts: it is the sender that decides, and the attempt left nothing behind.
        _sendThroughBridge(address(hook), abi.encodeCall(module.preVerifyMessage, (keccak256(message), 0)));
        assertTrue(module.isVerified(message));
    }

    function test_preVerifyMessage_whileNoHookIsNamed_reverts() public {
        module = _deployIsm();
        vm.expectRevert(
            abi.encodeWithSelector(IMessageIdAuthorizedIsm.NotAuthorizedHook.selector, Reference.addr32(attacker))
        );
        _asBridge(attacker, keccak256("forged"), 0, 0);
        // Attempt: a bridge that names nobody as the sender, of a module that has nobody as its hook.
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.NotAuthorizedHook.selector, bytes32(0)));
        _asBridge(address(0), keccak256("forged"), 0, 0);
        assertFalse(module.verify("", _nextMessage(address(to), "forged")));
    }

    /* ----------------------------------------------- the hook's name ------------------------------------------------ */

    function test_setAuthorizedHook_byAnyoneElse_reverts() public {
        module = _deployIsm();
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.NotDeployer.selector, attacker));
        module.setAuthorizedHook(Reference.addr32(attacker));
    }

    function test_setAuthorizedHook_twice_reverts() public {
        bytes32 named = Reference.addr32(address(hook));
        assertEq(module.authorizedHook(), named);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.HookAlreadySet.selector, named));
        module.setAuthorizedHook(Reference.addr32(attacker));
    }

    function test_setAuthorizedHook_whatIsNoAddress_reverts() public {
        module = _deployIsm();
        vm.expectRevert(IMessageIdAuthorizedIsm.ZeroHook.selector);
        module.setAuthorizedHook(0);
        bytes32 dirty = bytes32(uint256(1) << 160);
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty));
        module.setAuthorizedHook(dirty);
        vm.expectEmit(address(module));
        emit IMessageIdAuthorizedIsm.AuthorizedHookSet(Reference.addr32(attacker));
        module.setAuthorizedHook(Reference.addr32(attacker));
    }

    /* ---------------------------------------------------- value ----------------------------------------------------- */

    function test_preVerifyMessage_otherValueThanAnnounced_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.WrongValue.selector, 1, 2));
        _asBridge(address(hook), keccak256("id"), 2, 1);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.WrongValue.selector, 1, 0));
        _asBridge(address(hook), keccak256("id"), 0, 1);
        // Attempt: the flag in the amount, so that a message is verified with an amount nobody sent.
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.WrongValue.selector, 0, VERIFIED));
        _asBridge(address(hook), keccak256("id"), VERIFIED, 0);
    }

    function test_preVerifyMessage_valueThatReachesTheFlag_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.ValueTooLarge.selector, VERIFIED));
        _asBridge(address(hook), keccak256("id"), VERIFIED, VERIFIED);
    }

    function test_preVerifyMessage_twice_reverts() public {
        bytes32 id = keccak256("id");
        _asBridge(address(hook), id, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.AlreadyVerified.selector, id));
        _asBridge(address(hook), id, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthorizedIsm.AlreadyVerified.selector, id));
        _asBridge(address(hook), id, 1, 1);
    }

    function test_preVerifyMessage_needsLessThanHalfOfTheGasItGets() public {
        uint256 before = gasleft();
        _asBridge(address(hook), keccak256("id"), 0, 0);
        assertLt(before - gasleft(), GAS_LIMIT / 2);
    }

    /* ----------------------------------------------------- hook ----------------------------------------------------- */

    function test_hook_construction_refusesWhatIsNoModule() public {
        vm.expectRevert(IMessageIdAuthHook.ZeroIsm.selector);
        this.deployHook(0);
        bytes32 dirty = bytes32(uint256(1) << 160);
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty));
        this.deployHook(dirty);
    }

    function deployHook(bytes32 ism_) external {
        _deployHook(ism_, DESTINATION);
    }

    function test_postDispatch_whatTheMailboxIsNotDispatching_reverts() public {
        // Attempts: a message made up, then one that another transaction dispatched.
        bytes memory message = _nextMessage(address(to), "forged");
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.NotDispatching.selector, keccak256(message)));
        hook.postDispatch("", message);
        _dispatch(address(to), "earlier");
        bytes memory latest = _dispatch(address(to), "latest");
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.NotDispatching.selector, keccak256(message)));
        hook.postDispatch("", message);
        hook.postDispatch("", latest); // the last one of this transaction: nobody is harmed
    }

    function test_postDispatch_twice_reverts() public {
        bytes memory message = _send(address(to), "body", "", 0);
        // Attempt, in the same transaction: send it again, with another value. If that got there first, the value of the
        // other would be stuck in the bridge.
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.AlreadySent.selector, keccak256(message)));
        hook.postDispatch("", message);
        vm.deal(address(this), 1);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.AlreadySent.selector, keccak256(message)));
        hook.postDispatch{value: 1}(_value(1), message);
        // The next message of the transaction can be sent, and the first one not again after it.
        _send(address(to), "next", "", 0);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.NotDispatching.selector, keccak256(message)));
        hook.postDispatch("", message);
    }

    function test_postDispatch_toAnotherChain_reverts() public {
        bytes32 recipient32 = Reference.addr32(address(to));
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.WrongDestination.selector, DESTINATION + 1));
        originMailbox.dispatch(DESTINATION + 1, recipient32, "", "", hook);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.WrongDestination.selector, DESTINATION + 1));
        originMailbox.quoteDispatch(DESTINATION + 1, recipient32, "", "", hook);
    }

    function test_postDispatch_metadataOfAnotherLayout_reverts() public {
        vm.expectRevert(IPostDispatchHook.MetadataNotSupported.selector);
        originMailbox.dispatch(DESTINATION, Reference.addr32(address(to)), "", hex"0002", hook);
    }

    function test_postDispatch_moreValueThanThereIs_reverts() public {
        uint256 tooMuch = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.ValueNotSupported.selector, tooMuch));
        originMailbox.dispatch(DESTINATION, Reference.addr32(address(to)), "", _value(tooMuch), hook);
        vm.expectRevert(abi.encodeWithSelector(IMessageIdAuthHook.ValueNotSupported.selector, type(uint256).max));
        originMailbox.quoteDispatch(DESTINATION, Reference.addr32(address(to)), "", _value(type(uint256).max), hook);
    }

    function test_postDispatch_surplus_goesBack() public {
        _send(address(to), "", "", 3);
        assertEq(alice.balance, 100 ether);
        _send(address(to), "", abi.encodePacked(uint16(1), uint256(0), uint256(0), bob), 3);
        assertEq(bob.balance, 3);
        assertEq(address(hook).balance, 0);
    }

    function test_postDispatch_whenTheRefundIsRefused_reverts() public {
        address refuser = address(new PlainRecipient());
        bytes memory metadata = abi.encodePacked(uint16(1), uint256(0), uint256(0), refuser);
        vm.expectRevert(abi.encodeWithSelector(IPostDispatchHook.RefundFailed.selector, refuser, 1));
        originMailbox.dispatch{value: 1}(DESTINATION, Reference.addr32(address(to)), "", metadata, hook);
    }

    function _find(bytes32 topic) internal returns (Vm.Log memory) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = logs.length; i > 0; --i) {
            if (logs[i - 1].topics[0] == topic) return logs[i - 1];
        }
        // solhint-disable-next-line gas-custom-errors
        revert("the bridge was given nothing");
    }
}
