// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {TypeCasts} from "src/libraries/TypeCasts.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BaseTest} from "../kit/BaseTest.sol";
import {Reference} from "../kit/Reference.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";

contract MailboxProcessTest is BaseTest {
    uint256 internal constant BLOCK = 1234;

    function setUp() public override {
        super.setUp();
        vm.roll(BLOCK);
    }

    function _process(bytes memory metadata, bytes memory message) internal {
        vm.prank(relayer);
        destinationMailbox.process(metadata, message);
    }

    /// @dev A message that every validator signs, wrong as it is.
    function _signedByAll(bytes memory message) internal view returns (bytes memory) {
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint(ORIGIN, 0, 0, 0, keccak256(message));
        return bytes.concat(
            Reference.messageIdMetadata(checkpoint), _signatures(Reference.checkpointHash(checkpoint), validatorKeys)
        );
    }

    function _acceptAnything() internal {
        IInterchainSecurityModule lax = _module(RawAnswer.Kind.Return, abi.encode(true), 0);
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(lax);
    }

    function _module(RawAnswer.Kind kind, bytes memory data, uint256 padding)
        internal
        returns (IInterchainSecurityModule)
    {
        return IInterchainSecurityModule(address(new RawAnswer(kind, data, padding)));
    }

    /* --------------------------------------------------- delivery --------------------------------------------------- */

    function test_process_delivers() public {
        bytes memory message = _dispatch(address(recipient), "hello");
        bytes32 id = keccak256(message);
        assertFalse(destinationMailbox.delivered(id));
        assertEq(destinationMailbox.processor(id), address(0));
        assertEq(destinationMailbox.processedAt(id), 0);

        _process(_metadata(message), message);
        assertEq(recipient.received(), 1);
        assertEq(recipient.lastSender(), Reference.addr32(alice));
        assertEq(recipient.lastData(), "hello");
        assertTrue(destinationMailbox.delivered(id));
        assertEq(destinationMailbox.processor(id), relayer);
        assertEq(destinationMailbox.processedAt(id), BLOCK);
    }

    function test_process_emitsInThisOrder() public {
        bytes memory message = _dispatch(address(recipient), "hello");
        bytes memory metadata = _metadata(message);
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.Process(ORIGIN, Reference.addr32(alice), address(recipient));
        vm.expectEmit(address(destinationMailbox));
        emit IMailbox.ProcessId(keccak256(message));
        vm.expectEmit(address(recipient));
        emit TestRecipient.ReceivedMessage(ORIGIN, Reference.addr32(alice), 0, "hello");
        _process(metadata, message);
    }

    function test_process_forwardsTheValue() public {
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        vm.prank(relayer);
        destinationMailbox.process{value: 1 ether}(metadata, message);
        assertEq(address(recipient).balance, 1 ether);
        assertEq(address(destinationMailbox).balance, 0);
    }

    function testFuzz_process_anyBody(bytes calldata body) public {
        bytes memory message = _dispatch(address(recipient), body);
        _process(_metadata(message), message);
        assertEq(recipient.lastData(), body);
    }

    function test_process_sameChain_delivers() public {
        // Origin and destination may be one Mailbox.
        bytes memory message =
            Reference.message(0, ORIGIN, alice, ORIGIN, Reference.addr32(address(recipient)), "to myself");
        vm.prank(alice);
        originMailbox.dispatch(ORIGIN, Reference.addr32(address(recipient)), "to myself");
        originMailbox.process(_metadata(message), message);
        assertEq(recipient.received(), 1);
    }

    /* ------------------------------------------------ refused messages ---------------------------------------------- */

    function test_process_whenAlreadyDelivered_reverts() public {
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        _process(metadata, message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
        _process(metadata, message);
    }

    function test_process_whenAlreadyDelivered_withOtherSignatures_reverts() public {
        // Attempt: the same message again with another, equally good quorum.
        bytes memory message = _dispatch(address(recipient), "");
        _process(_metadata(message), message);
        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        bytes memory metadata = bytes.concat(
            Reference.messageIdMetadata(checkpoint), _signatures(Reference.checkpointHash(checkpoint), _keys(1, 2))
        );
        vm.expectRevert(abi.encodeWithSelector(IMailbox.AlreadyDelivered.selector, keccak256(message)));
        _process(metadata, message);
    }

    function testFuzz_process_wrongVersion_reverts(uint8 version) public {
        vm.assume(version != 3);
        bytes memory message = _nextMessage(address(recipient), "");
        message[0] = bytes1(version);
        bytes memory metadata = _signedByAll(message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongVersion.selector, version));
        _process(metadata, message);
    }

    function testFuzz_process_wrongDestination_reverts(uint32 domain) public {
        vm.assume(domain != DESTINATION);
        bytes memory message = Reference.message(0, ORIGIN, alice, domain, Reference.addr32(address(recipient)), "");
        bytes memory metadata = _signedByAll(message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongDestination.selector, domain));
        _process(metadata, message);
    }

    function test_process_tooShort_reverts() public {
        _acceptAnything();
        bytes memory whole = _nextMessage(address(recipient), "");
        for (uint256 length; length < 77; ++length) {
            bytes memory message = new bytes(length);
            for (uint256 i; i < length; ++i) {
                message[i] = whole[i];
            }
            vm.expectRevert(abi.encodeWithSelector(IMailbox.MessageTooShort.selector, length));
            destinationMailbox.process("", message);
        }
        destinationMailbox.process("", whole);
    }

    function testFuzz_process_recipientThatIsNoAddress_reverts(uint256 dirt) public {
        // Attempt: an upper byte set, so that cutting it off would reach the recipient by a second id.
        bytes32 dirty = bytes32(uint256(uint160(address(recipient))) | (bound(dirt, 1, type(uint96).max) << 160));
        bytes memory message = Reference.message(0, ORIGIN, alice, DESTINATION, dirty, "");
        bytes memory metadata = _signedByAll(message);
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, dirty));
        _process(metadata, message);
    }

    function test_process_withoutAQuorum_reverts() public {
        // Attempt: a message that was never dispatched, with k - 1 stolen keys.
        bytes memory message =
            Reference.message(7, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "");
        Reference.Checkpoint memory checkpoint = Reference.Checkpoint(ORIGIN, 0, 0, 7, keccak256(message));
        bytes memory one = bytes.concat(
            Reference.messageIdMetadata(checkpoint), _sign(validatorKeys[0], Reference.checkpointHash(checkpoint))
        );
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 1, THRESHOLD));
        _process(one, message);

        bytes memory filledUp = bytes.concat(one, _sign(attackerKey, Reference.checkpointHash(checkpoint)));
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, attacker));
        _process(filledUp, message);
        assertEq(recipient.received(), 0);
    }

    function testFuzz_process_changedMessage_reverts(uint256 bit) public {
        // Attempt: one bit of a signed message changed. What stands in the first byte is the version.
        bytes memory message = _dispatch(address(recipient), "the amount is 1");
        bytes memory metadata = _metadata(message);
        bit = bound(bit, 8, message.length * 8 - 1);
        message[bit / 8] ^= bytes1(uint8(2 ** (bit % 8)));
        (bool delivered,) = address(destinationMailbox).call(abi.encodeCall(IMailbox.process, (metadata, message)));
        assertFalse(delivered);
        assertEq(recipient.received(), 0);
    }

    /* ---------------------------------------------------- modules --------------------------------------------------- */

    function test_process_usesTheRecipientsModule() public {
        IInterchainSecurityModule all = IInterchainSecurityModule(messageIdFactory.deploy(validators, 3));
        recipient.setInterchainSecurityModule(all);
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 2, 3));
        _process(metadata, message);

        Reference.Checkpoint memory checkpoint = _latestCheckpoint(message);
        _process(
            bytes.concat(
                Reference.messageIdMetadata(checkpoint),
                _signatures(Reference.checkpointHash(checkpoint), validatorKeys)
            ),
            message
        );
        assertEq(recipient.received(), 1);
    }

    function test_process_moduleThatReturnsFalse_reverts() public {
        IInterchainSecurityModule module = _module(RawAnswer.Kind.Return, abi.encode(false), 0);
        _expectRefused(module, abi.encodeWithSelector(IMailbox.NotVerified.selector, _nextId(), module));
    }

    function test_process_moduleThatReverts_reverts() public {
        _expectRefused(_module(RawAnswer.Kind.Revert, "why", 0), "why");
    }

    function test_process_moduleThatReturnsNoBool_reverts() public {
        _expectRefused(_module(RawAnswer.Kind.Return, abi.encode(2), 0), "");
        _expectRefused(_module(RawAnswer.Kind.Return, abi.encode(type(uint256).max), 0), "");
        _expectRefused(_module(RawAnswer.Kind.Return, "", 31), "");
        _expectRefused(_module(RawAnswer.Kind.Return, "", 0), "");
    }

    function test_process_moduleWithoutCode_reverts() public {
        // Attempt: a call to an account without code succeeds; it must not count as a verdict.
        _expectRefused(IInterchainSecurityModule(bob), abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
    }

    function test_process_defaultModuleThatLostItsCode_reverts() public {
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        vm.etch(address(ism), "");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, address(ism)));
        _process(metadata, message);
    }

    function test_process_moduleThatReturnsMuch_delivers() public {
        // A verdict is its first word; what the module pays for to return behind it harms nobody.
        recipient.setInterchainSecurityModule(_module(RawAnswer.Kind.Return, abi.encode(true), 1 << 20));
        bytes memory message = _nextMessage(address(recipient), "");
        _process("", message);
        assertEq(recipient.received(), 1);
    }

    function _nextId() internal view returns (bytes32) {
        return keccak256(_nextMessage(address(recipient), ""));
    }

    function _expectRefused(IInterchainSecurityModule module, bytes memory reason) internal {
        recipient.setInterchainSecurityModule(module);
        bytes memory message = _nextMessage(address(recipient), "");
        vm.expectRevert(reason);
        _process("", message);
        assertEq(recipient.received(), 0);
        assertFalse(destinationMailbox.delivered(keccak256(message)));
    }

    /* --------------------------------------------------- recipients ------------------------------------------------- */

    function test_process_recipientThatReverts_undoesAllAndIsTriedAgain() public {
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        recipient.setRefuses(true);
        vm.expectRevert(TestRecipient.Refused.selector);
        _process(metadata, message);
        assertFalse(destinationMailbox.delivered(keccak256(message)));
        assertEq(destinationMailbox.processor(keccak256(message)), address(0));

        recipient.setRefuses(false);
        _process(metadata, message);
        assertEq(recipient.received(), 1);
    }

    function test_process_recipientWithoutCode_reverts() public {
        // A message to an account without code would be lost if its delivery were recorded.
        bytes memory message = _dispatch(bob, "");
        bytes memory metadata = _metadata(message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _process(metadata, message);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        vm.prank(relayer);
        destinationMailbox.process{value: 1 ether}(metadata, message);
    }

    function test_process_anyoneMayDeliver() public {
        bytes memory message = _dispatch(address(recipient), "");
        bytes memory metadata = _metadata(message);
        vm.prank(attacker);
        destinationMailbox.process(metadata, message);
        assertEq(destinationMailbox.processor(keccak256(message)), attacker);
    }

    /* ------------------------------------- the protocol's own contracts as recipients -------------------------------- */

    function test_process_toTheProtocolsOwnContracts_reverts() public {
        // Attempt (Poly 2021): a genuine message to a privileged contract. None of them has a function that a delivery could
        // reach, and a fallback none of them has either.
        address[4] memory own = [
            address(destinationMailbox),
            address(destinationMailbox.merkleTreeHook()),
            address(ism),
            address(messageIdFactory)
        ];
        for (uint256 i; i < own.length; ++i) {
            bytes memory message = _dispatch(own[i], abi.encodeCall(destinationMailbox.transferOwnership, (attacker)));
            bytes memory metadata = _metadata(message);
            vm.expectRevert(bytes(""));
            _process(metadata, message);
        }
        assertEq(destinationMailbox.owner(), owner);
        assertEq(destinationMailbox.pendingOwner(), address(0));
    }
}
