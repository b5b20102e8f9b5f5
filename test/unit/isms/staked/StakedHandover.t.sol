// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MailboxClient} from "src/MailboxClient.sol";
import {IStakedMultisigIsm} from "src/interfaces/IStakedMultisigIsm.sol";
import {AddressSet} from "src/libraries/AddressSet.sol";
import {ValidatorSetMessage} from "src/libraries/ValidatorSetMessage.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {Reference} from "../../../kit/Reference.sol";
import {StakedIsmTest} from "../../../kit/StakedIsmTest.sol";

/// @notice How a set is followed by another.
contract StakedHandoverTest is StakedIsmTest {
    Member[] internal next;

    function setUp() public override {
        super.setUp();
        _bootstrap();
        for (uint256 i; i < 4; ++i) {
            next.push(Member(11 + i, uint96(10 * (i + 1))));
        }
    }

    /// @dev Signed by all of the first set, so that only the receiver itself can refuse it.
    function _expectSetRefused(bytes memory message, bytes memory reason) internal {
        _expectRefused(_signedBy(message, first), message, reason);
        _assertSet(FIRST_ID, START, first);
    }

    function _accept(uint64 setId, Member[] memory members, Member[] memory by) internal {
        bytes memory message = _sendSet(setId, block.timestamp, members);
        _process(_signedBy(message, by), message);
    }

    /* ---------------------------------------------------- accepted -------------------------------------------------- */

    function test_handover() public {
        bytes memory message = _sendSet(FIRST_ID + 1, block.timestamp - 1 hours, next);
        bytes memory metadata = _signedBy(message, first);
        vm.expectEmit(address(module));
        emit IStakedMultisigIsm.SetAccepted(ORIGIN, FIRST_ID + 1, block.timestamp - 1 hours, 4, 67);
        _process(metadata, message);
        _assertSet(FIRST_ID + 1, block.timestamp - 1 hours, next);
        assertEq(module.setOf(ORIGIN).stake, Reference.addr32(stakeContract));
    }

    /// @dev Who was slashed or left signs no more, from the moment that the next set is known; who came does.
    function test_handover_removedValidatorCountsNoMore() public {
        bytes memory before = _send(alice, address(recipient), "before");
        bytes memory signedBefore = _signedBy(before, first);
        Member[] memory without = _members(2, 3, 100); // key 1 is out, key 4 is in
        _accept(FIRST_ID + 1, without, first);

        _expectRefused(
            signedBefore, before, abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, vm.addr(1))
        );
        bytes memory message = _send(alice, address(recipient), "after");
        _expectRefused(
            _signedBy(message, first),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, vm.addr(1))
        );
        _process(_signedBy(message, without), message);
        assertEq(recipient.lastData(), "after");
    }

    /// @dev The set as it was, issued again: it lives longer, and is not stored a second time.
    function test_handover_refresh() public {
        vm.warp(START + LIFETIME - 1);
        bytes memory message = _sendSet(FIRST_ID, block.timestamp, first);
        bytes memory metadata = _signedBy(message, first);
        uint256 created = vm.getNonce(address(module));
        _process(metadata, message);
        assertEq(vm.getNonce(address(module)), created); // no contract was created
        _assertSet(FIRST_ID, START + LIFETIME - 1, first);
        skip(LIFETIME - 1);
        message = _send(alice, address(recipient), "late");
        _process(_signedBy(message, first), message);
    }

    /// @dev Ten epochs. Each time one validator leaves and one comes, weights change, and messages flow with the signatures of
    ///      just those who are in. Old sets' signatures are refused in each epoch.
    function test_handover_acrossTenEpochs() public {
        Member[] memory present = first;
        uint256 delivered;
        for (uint256 epoch = 1; epoch <= 10; ++epoch) {
            skip(LIFETIME - DELAY - 1);
            Member[] memory coming = _members(1 + epoch, 3 + (epoch % 3), uint96(50 + 7 * epoch));
            coming[0].weight += uint96(epoch);
            bytes memory message = _sendSet(FIRST_ID + uint64(2 * epoch), block.timestamp, coming);
            bytes memory metadata = _signedBy(message, present);
            bytes memory pending = _send(alice, address(recipient), abi.encode(epoch));
            bytes memory pendingMetadata = _signedBy(pending, present);
            _process(metadata, message);
            bytes memory pendingMetadataNow = _signedBy(pending, coming);

            // What was signed by the set before must be signed by this one.
            vm.prank(relayer);
            (bool accepted,) =
                address(destinationMailbox).call(abi.encodeCall(destinationMailbox.process, (pendingMetadata, pending)));
            assertFalse(accepted);
            _process(pendingMetadataNow, pending);
            _assertSet(FIRST_ID + uint64(2 * epoch), block.timestamp, coming);
            assertEq(recipient.received(), ++delivered);
            present = coming;
        }
        assertEq(module.setOf(ORIGIN).setId, FIRST_ID + 20);
    }

    /// @dev As many as a set can have.
    function test_handover_255Members() public {
        Member[] memory many = _members(1000, 255, 1);
        _accept(FIRST_ID + 1, many, first);
        assertEq(module.setOf(ORIGIN).members.length, 255);
        bytes memory message = _send(alice, address(recipient), "x");
        _process(_signedBy(message, many, 171), message);
    }

    /* ----------------------------------------------------- who ------------------------------------------------------ */

    function test_handle_notTheMailbox_reverts() public {
        bytes memory body = _body(FIRST_ID + 1, block.timestamp, next);
        vm.prank(attacker);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, attacker));
        module.handle(ORIGIN, Reference.addr32(stakeContract), body);
        vm.prank(stakeContract);
        vm.expectRevert(abi.encodeWithSelector(MailboxClient.NotMailbox.selector, stakeContract));
        module.handle(ORIGIN, Reference.addr32(stakeContract), body);
    }

    /// @dev The attacker deploys a Mailbox of its own, and dispatches through the true one in its own name.
    function test_handle_notTheStake_reverts() public {
        bytes memory message = _send(attacker, address(module), _body(FIRST_ID + 1, block.timestamp, next));
        _expectSetRefused(
            message, abi.encodeWithSelector(IStakedMultisigIsm.NotTheStake.selector, ORIGIN, Reference.addr32(attacker))
        );
    }

    /// @dev The stake contract's address on another origin is somebody else's.
    function test_handle_stakeOfAnotherOrigin_reverts() public {
        _propose(ORIGIN + 1, alice, 1, first);
        skip(DELAY);
        module.applyProposal(ORIGIN + 1);
        bytes memory body = _body(FIRST_ID + 1, block.timestamp, next);
        vm.startPrank(address(destinationMailbox));
        vm.expectRevert(
            abi.encodeWithSelector(IStakedMultisigIsm.NotTheStake.selector, ORIGIN + 1, Reference.addr32(stakeContract))
        );
        module.handle(ORIGIN + 1, Reference.addr32(stakeContract), body);
        // An origin that is not known has no stake contract, which is not the zero address's.
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.NotTheStake.selector, ORIGIN + 2, bytes32(0)));
        module.handle(ORIGIN + 2, bytes32(0), body);
    }

    function test_handle_withValue_reverts() public {
        bytes memory message = _sendSet(FIRST_ID + 1, block.timestamp, next);
        bytes memory metadata = _signedBy(message, first);
        vm.deal(relayer, 1);
        vm.prank(relayer);
        vm.expectRevert(abi.encodeWithSelector(IStakedMultisigIsm.ValueNotAccepted.selector, 1));
        destinationMailbox.process{value: 1}(metadata, message);
    }

    /// @dev A quorum's worth of signatures by keys of a set that has gone.
    function test_handle_signedByTheSetBefore_reverts() public {
        _accept(FIRST_ID + 1, next, first);
        bytes memory message = _sendSet(FIRST_ID + 2, block.timestamp, first);
        _expectRefused(
            _signedBy(message, first),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, vm.addr(1))
        );
    }

    /* ----------------------------------------------------- newer ---------------------------------------------------- */

    function test_handle_lowerId_reverts() public {
        _expectSetRefused(
            _sendSet(FIRST_ID - 1, block.timestamp, next),
            abi.encodeWithSelector(IStakedMultisigIsm.SetNotNewer.selector, FIRST_ID - 1, block.timestamp)
        );
    }

    /// @dev The same number, issued when the present one was or before.
    function test_handle_sameId_notLater_reverts() public {
        for (uint256 i; i < 2; ++i) {
            _expectSetRefused(
                _sendSet(FIRST_ID, START - i, first),
                abi.encodeWithSelector(IStakedMultisigIsm.SetNotNewer.selector, FIRST_ID, START - i)
            );
        }
    }

    /// @dev Messages overtake each other: the older set, delivered after the newer one, is refused for ever.
    function test_handle_overtaken_reverts() public {
        bytes memory older = _sendSet(FIRST_ID + 1, block.timestamp, _members(20, 3, 1));
        bytes memory signedByTheNext = _signedBy(older, next);
        bytes memory newer = _sendSet(FIRST_ID + 2, block.timestamp, next);
        _process(_signedBy(newer, first), newer);
        _expectRefused(
            signedByTheNext,
            older,
            abi.encodeWithSelector(IStakedMultisigIsm.SetNotNewer.selector, FIRST_ID + 1, block.timestamp)
        );
    }

    function test_handle_fromTheFuture_edge() public {
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp + 1, next),
            abi.encodeWithSelector(IStakedMultisigIsm.SetFromTheFuture.selector, block.timestamp + 1, block.timestamp)
        );
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, type(uint48).max, next),
            abi.encodeWithSelector(IStakedMultisigIsm.SetFromTheFuture.selector, type(uint48).max, block.timestamp)
        );
        _accept(FIRST_ID + 1, next, first);
    }

    /// @dev A message that was under way for too long would put an end to a module that lives.
    function test_handle_expiredOnArrival_reverts() public {
        vm.warp(START + LIFETIME - 1);
        bytes memory refresh = _sendSet(FIRST_ID, block.timestamp, first);
        _process(_signedBy(refresh, first), refresh);
        bytes memory message = _sendSet(FIRST_ID + 1, START + DELAY, next);
        bytes memory metadata = _signedBy(message, first);
        vm.warp(START + DELAY + LIFETIME);
        _expectRefused(
            metadata,
            message,
            abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, START + DELAY + LIFETIME)
        );
        _assertSet(FIRST_ID, START + LIFETIME - 1, first);
        vm.warp(START + DELAY + LIFETIME - 1);
        _process(metadata, message);
    }

    /* --------------------------------------------------- valid sets ------------------------------------------------- */

    function test_handle_noMembers_reverts() public {
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp, new Member[](0)),
            abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 0)
        );
    }

    function test_handle_tooManyMembers_reverts() public {
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp, _members(1000, 256, 1)),
            abi.encodeWithSelector(AddressSet.InvalidThreshold.selector, 1, 256)
        );
    }

    function test_handle_duplicate_reverts() public {
        Member[] memory members = next;
        members[3].key = members[1].key;
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp, members),
            abi.encodeWithSelector(AddressSet.DuplicateAddress.selector, vm.addr(members[1].key))
        );
    }

    function test_handle_zeroAddress_reverts() public {
        bytes memory body = bytes.concat(_body(FIRST_ID + 1, block.timestamp, next), bytes12(uint96(1)), bytes20(0));
        _expectSetRefused(
            _send(stakeContract, address(module), body), abi.encodeWithSelector(AddressSet.ZeroAddress.selector)
        );
    }

    /// @dev Weighs nothing, so it would do no harm; but it is no validator, and a set of such ones would have no threshold.
    function test_handle_zeroWeight_reverts() public {
        Member[] memory members = next;
        members[2].weight = 0;
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp, members),
            abi.encodeWithSelector(IStakedMultisigIsm.ZeroWeight.selector, vm.addr(members[2].key))
        );
    }

    /// @dev A threshold that does not fit would be cut to a small one.
    function test_handle_overflowingWeights_reverts() public {
        Member[] memory members = _members(11, 2, type(uint96).max / 2 + 1);
        _expectSetRefused(
            _sendSet(FIRST_ID + 1, block.timestamp, members),
            abi.encodeWithSelector(IStakedMultisigIsm.TooMuchWeight.selector, uint256(type(uint96).max) + 1)
        );
        members[0].weight -= 1;
        _accept(FIRST_ID + 1, members, first);
        assertEq(module.setOf(ORIGIN).threshold, (uint256(type(uint96).max) * 2) / 3 + 1);
    }

    /* ----------------------------------------------------- format --------------------------------------------------- */

    function _expectMalformed(bytes memory body) internal {
        _expectSetRefused(
            _send(stakeContract, address(module), body),
            abi.encodeWithSelector(ValidatorSetMessage.NotAValidatorSet.selector, body.length)
        );
    }

    function test_handle_malformed_reverts() public {
        bytes memory body = _body(FIRST_ID + 1, block.timestamp, next);
        _expectMalformed("");
        _expectMalformed(bytes.concat(body, hex"00"));
        bytes memory short = new bytes(14);
        short[0] = 0x01;
        _expectMalformed(short);
        body[0] = 0x02;
        _expectMalformed(body);
    }
}
