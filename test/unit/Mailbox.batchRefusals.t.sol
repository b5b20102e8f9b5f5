// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBatchInterchainSecurityModule} from "src/interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {MerkleMultiproof} from "src/libraries/MerkleMultiproof.sol";
import {TypeCasts} from "src/libraries/TypeCasts.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BatchReference} from "../kit/BatchReference.sol";
import {BatchTest} from "../kit/BatchTest.sol";
import {Reference} from "../kit/Reference.sol";
import {RawAnswer} from "../mocks/RawAnswer.sol";
import {TestRecipient} from "../mocks/TestRecipient.sol";

/// @notice What reverts a batch as a whole.
contract MailboxBatchRefusalsTest is BatchTest {
    /* ---------------------------------------------- what is not proven ---------------------------------------------- */

    function test_processBatch_oneForged_revertsAll() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = Reference.message(1, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "forged");
        vm.expectPartialRevert(ValidatorSignatures.NotAValidator.selector);
        _processBatch(groups);
    }

    function test_processBatch_forgedAlone_revertsAll() public {
        _sendThree();
        bytes memory groups = bytes.concat(_group(0, 2), _alone(2, GAS));
        messages[2] = Reference.message(2, ORIGIN, alice, DESTINATION, Reference.addr32(address(recipient)), "forged");
        vm.expectPartialRevert(ValidatorSignatures.NotAValidator.selector);
        _processBatch(groups);
    }

    function test_processBatch_notVerified_reverts() public {
        address lax = address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(false), 0));
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(lax));
        _sendThree();
        bytes memory groups = BatchReference.group(3, GAS, "");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, leaves[0], lax));
        _processBatch(groups);
        groups = bytes.concat(
            BatchReference.group(1, GAS, ""), BatchReference.group(1, GAS, ""), BatchReference.group(1, GAS, "")
        );
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotVerified.selector, leaves[0], lax));
        _processBatch(groups);
    }

    function test_processBatch_otherModule_reverts() public {
        // Attempt: a message to a recipient whose module is another one, carried along by the first one's module.
        IInterchainSecurityModule lax =
            IInterchainSecurityModule(address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(true), 0)));
        TestRecipient mine = new TestRecipient();
        mine.setInterchainSecurityModule(lax);
        _send(address(mine), "");
        messages.push(
            Reference.message(9, ORIGIN, attacker, DESTINATION, Reference.addr32(address(recipient)), "forged")
        );
        bytes memory groups = BatchReference.group(2, GAS, "");
        vm.expectRevert(
            abi.encodeWithSelector(IMailbox.OtherModule.selector, keccak256(messages[1]), address(lax), address(ism))
        );
        _processBatch(groups);
    }

    function test_processBatch_mixedOrigins_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = Reference.message(1, 7, alice, DESTINATION, Reference.addr32(address(recipient)), "two");
        vm.expectRevert(abi.encodeWithSelector(IBatchInterchainSecurityModule.MixedOrigins.selector, ORIGIN, uint32(7)));
        _processBatch(groups);
    }

    function test_processBatch_twice_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        messages[1] = messages[0];
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 1));
        _processBatch(groups);
    }

    function test_processBatch_malformedMessages_revert() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        bytes memory good = messages[1];
        messages[1] = new bytes(76);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.MessageTooShort.selector, 76));
        _processBatch(groups);
        messages[1] = good;
        messages[1][0] = 0x04;
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongVersion.selector, 4));
        _processBatch(groups);
        messages[1] = Reference.message(1, ORIGIN, alice, ORIGIN, Reference.addr32(address(recipient)), "two");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongDestination.selector, ORIGIN));
        _processBatch(groups);
    }

    function test_processBatch_wrongGroups_revert() public {
        _sendThree();
        bytes memory none = BatchReference.group(0, GAS, "");
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 0, 3));
        _processBatch(none);
        bytes memory tooMany = _group(0, 2);
        tooMany[1] = 0x04;
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 4, 3));
        _processBatch(tooMany);
        bytes memory left = bytes.concat(_group(0, 3), none);
        vm.expectRevert(abi.encodeWithSelector(IMailbox.WrongGroup.selector, 0, 0));
        _processBatch(left);
        bytes memory cut = _group(0, 2);
        vm.expectRevert(bytes(""));
        _processBatch(cut);
    }

    /// @dev Attempt: proofs that are good for one end of the batch but not for the other, and messages in another order.
    function test_processBatch_reordered_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        (messages[0], messages[1]) = (messages[1], messages[0]);
        vm.expectRevert(abi.encodeWithSelector(MerkleMultiproof.NotAscending.selector, 1));
        _processBatch(groups);
    }

    function test_processBatch_moduleWithoutCode_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(bob));
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _processBatch(groups);
        groups = _alone(0, GAS);
        messages.pop();
        messages.pop();
        vm.expectRevert(abi.encodeWithSelector(IMailbox.NotAContract.selector, bob));
        _processBatch(groups);
    }

    function test_processBatch_recipientThatIsNoAddress_reverts() public {
        _sendThree();
        bytes memory groups = _group(0, 3);
        bytes32 to = bytes32(uint256(1) << 160);
        messages[1] = Reference.message(1, ORIGIN, alice, DESTINATION, to, "two");
        leaves[1] = keccak256(messages[1]);
        address lax = address(new RawAnswer(RawAnswer.Kind.Return, abi.encode(true), 0));
        recipient.setInterchainSecurityModule(IInterchainSecurityModule(lax));
        vm.expectRevert(abi.encodeWithSelector(TypeCasts.NotAnAddress.selector, to));
        _processBatch(groups);
    }

    /// @dev Too long, or cut anywhere: the metadata of a group, and the groups themselves.
    function test_processBatch_truncatedAnywhere_reverts() public {
        _sendThree();
        bytes memory proof = _proofOf(_indices(0, 2));
        messages.pop();
        bytes memory call = abi.encodeCall(IMailbox.processBatch, (BatchReference.group(2, GAS, proof), messages));
        for (uint256 cut; cut < proof.length; cut += 7) {
            bytes memory short = new bytes(cut);
            for (uint256 i; i < cut; ++i) {
                short[i] = proof[i];
            }
            (bool success,) = address(destinationMailbox)
                .call(abi.encodeCall(IMailbox.processBatch, (BatchReference.group(2, GAS, short), messages)));
            assertFalse(success);
        }
        (bool whole,) = address(destinationMailbox).call(call);
        assertTrue(whole);
    }
}
