// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakedMultisigIsm} from "src/interfaces/IStakedMultisigIsm.sol";
import {IWeightedMultisigIsm} from "src/interfaces/IWeightedMultisigIsm.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {BatchReference} from "../../../kit/BatchReference.sol";
import {Reference} from "../../../kit/Reference.sol";
import {StakedIsmTest} from "../../../kit/StakedIsmTest.sol";

/// @notice What a set verifies.
contract StakedMultisigIsmTest is StakedIsmTest {
    function setUp() public override {
        super.setUp();
        _bootstrap();
    }

    function test_moduleType() public view {
        assertEq(module.moduleType(), 10);
        assertEq(module.TOTAL_WEIGHT(), 1e10);
        assertEq(address(module.interchainSecurityModule()), address(module));
        assertEq(address(module.mailbox()), address(destinationMailbox));
        assertEq(module.setLifetime(), LIFETIME);
        assertEq(module.delay(), DELAY);
    }

    function test_verify() public {
        bytes memory message = _send(alice, address(recipient), "hello");
        _process(_signedBy(message, first), message);
        assertEq(recipient.lastData(), "hello");
    }

    /// @dev A batch, by the set of its origin, as long as that is alive.
    function test_verifyBatch() public {
        bytes[] memory messages = new bytes[](2);
        bytes32[] memory leaves = new bytes32[](2);
        uint256[] memory indices = new uint256[](2);
        for (uint256 i; i < 2; ++i) {
            messages[i] = _send(alice, address(recipient), abi.encode(i));
            (leaves[i], indices[i]) = (keccak256(messages[i]), i);
        }
        Reference.Checkpoint memory c = _latestCheckpoint(messages[1]);
        uint256[] memory keys = new uint256[](3);
        (keys[0], keys[1], keys[2]) = (first[0].key, first[1].key, first[2].key);
        bytes memory metadata = BatchReference.metadata(
            c, BatchReference.siblings(leaves, indices), _signatures(Reference.checkpointHash(c), keys)
        );
        uint256 before = vm.snapshotState();
        destinationMailbox.processBatch(BatchReference.group(2, 200_000, metadata), messages);
        assertEq(recipient.received(), 2);

        vm.revertToState(before);
        vm.warp(START + LIFETIME);
        vm.expectRevert(
            abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, uint48(START + LIFETIME))
        );
        destinationMailbox.processBatch(BatchReference.group(2, 200_000, metadata), messages);
    }

    function test_validatorsAndThresholdWeight() public {
        bytes memory message = _send(alice, address(recipient), "hello");
        (IWeightedMultisigIsm.ValidatorInfo[] memory infos, uint96 threshold) =
            module.validatorsAndThresholdWeight(message);
        assertEq(abi.encode(infos), abi.encode(_infos(first)));
        assertEq(threshold, 201);
    }

    /// @dev Of a set's own messages as of others.
    function test_validatorsAndThresholdWeight_ofASetMessage() public {
        bytes memory message = _sendSet(FIRST_ID + 1, block.timestamp, _members(7, 4, 1));
        (IWeightedMultisigIsm.ValidatorInfo[] memory infos,) = module.validatorsAndThresholdWeight(message);
        assertEq(abi.encode(infos), abi.encode(_infos(first)));
    }

    function test_setOf() public view {
        _assertSet(FIRST_ID, START, first);
        assertEq(module.setOf(ORIGIN).stake, Reference.addr32(stakeContract));
        assertEq(module.setOf(ORIGIN).threshold, 201);
        assertEq(module.domains().length, 1);
        assertEq(module.domains()[0], ORIGIN);
        assertEq(module.setOf(ORIGIN + 1).stake, 0);
        assertEq(module.setOf(ORIGIN + 1).expiresAt, 0);
        assertEq(module.setOf(ORIGIN + 1).members.length, 0);
    }

    /* --------------------------------------------------- threshold -------------------------------------------------- */

    /// @dev Exactly two thirds are not enough, one more is.
    function test_verify_moreThanTwoThirds_edges() public {
        // total, what is needed
        uint96[2][6] memory cases = [
            [uint96(3), 3], [uint96(4), 3], [uint96(5), 4], [uint96(300), 201], [uint96(301), 201], [uint96(302), 202]
        ];
        for (uint256 i; i < cases.length; ++i) {
            (uint96 total, uint96 needed) = (cases[i][0], cases[i][1]);
            for (uint96 weight = needed - 1; weight <= needed; ++weight) {
                if (weight == 0 || weight == total) continue;
                Member[] memory members = new Member[](2);
                (members[0], members[1]) = (Member(1, weight), Member(2, total - weight));
                uint32 origin = uint32(100 * i + weight);
                _propose(origin, stakeContract, 1, members);
                skip(DELAY);
                module.applyProposal(origin);
                assertEq(module.setOf(origin).threshold, needed);
                _assertVerifies(origin, 1, weight, needed);
            }
        }
    }

    /// @dev Key 1 alone, which has `weight`.
    function _assertVerifies(uint32 origin, uint256 key, uint96 weight, uint96 needed) internal {
        bytes memory message =
            Reference.message(0, origin, alice, DESTINATION, Reference.addr32(address(recipient)), "x");
        Reference.Checkpoint memory c = Reference.Checkpoint(origin, "tree", "root", 0, keccak256(message));
        bytes memory metadata = bytes.concat(Reference.messageIdMetadata(c), _sign(key, Reference.checkpointHash(c)));
        if (weight < needed) {
            vm.expectRevert(abi.encodeWithSelector(ValidatorSignatures.NotEnoughWeight.selector, weight, needed));
            module.verify(metadata, message);
        } else {
            assertTrue(module.verify(metadata, message));
        }
    }

    /// @dev By the definition: those who sign verify if and only if three times their weight is more than twice all weight.
    function testFuzz_verify_moreThanTwoThirds(uint96[7] memory weights, uint256 signers) public {
        Member[] memory members = new Member[](7);
        uint256[] memory keys = new uint256[](7);
        uint256 total;
        uint256 signed;
        uint256 count;
        for (uint256 i; i < 7; ++i) {
            members[i] = Member(i + 1, uint96(bound(weights[i], 1, type(uint96).max / 7)));
            total += members[i].weight;
            if ((signers >> i) & 1 == 0) continue;
            keys[count++] = i + 1;
            signed += members[i].weight;
        }
        assembly ("memory-safe") {
            mstore(keys, count)
        }
        vm.assume(count > 0);
        _process(_signedBySet(_sendSet(FIRST_ID + 1, block.timestamp, members)), _lastMessage);

        bytes memory message = _send(alice, address(recipient), "hello");
        bytes memory metadata = _signedBy(message, keys);
        if (3 * signed > 2 * total) {
            _process(metadata, message);
        } else {
            _expectRefused(
                metadata,
                message,
                abi.encodeWithSelector(
                    ValidatorSignatures.NotEnoughWeight.selector, signed, module.setOf(ORIGIN).threshold
                )
            );
        }
    }

    bytes internal _lastMessage;

    function _signedBySet(bytes memory message) internal returns (bytes memory) {
        _lastMessage = message;
        return _signedBy(message, first);
    }

    /* ----------------------------------------------------- refused -------------------------------------------------- */

    function test_verify_tooFew_reverts() public {
        bytes memory message = _send(alice, address(recipient), "hello");
        _expectRefused(
            _signedBy(message, first, 2),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotEnoughWeight.selector, 200, 201)
        );
        _expectRefused(
            _signedBy(message, first, 0),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotEnoughSignatures.selector, 0, 1)
        );
    }

    /// @dev One signature in the place of another, a stranger's, and the wrong order.
    function test_verify_duplicateForeignOrUnordered_reverts() public {
        bytes memory message = _send(alice, address(recipient), "hello");
        uint256[3][3] memory cases = [[uint256(1), 1, 2], [uint256(1), 2, attackerKey], [uint256(2), 1, 3]];
        for (uint256 i; i < 3; ++i) {
            uint256[] memory keys = new uint256[](3);
            for (uint256 j; j < 3; ++j) {
                keys[j] = cases[i][j];
            }
            uint256 at = i == 1 ? 2 : 1;
            _expectRefused(
                _signedBy(message, keys),
                message,
                abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, at, vm.addr(keys[at]))
            );
        }
    }

    /// @dev Nobody told this module of another origin's validators: nobody's signature counts there.
    function test_verify_unknownOrigin_reverts() public {
        bytes memory message =
            Reference.message(0, ORIGIN + 1, alice, DESTINATION, Reference.addr32(address(recipient)), "x");
        Reference.Checkpoint memory c = Reference.Checkpoint(ORIGIN + 1, "tree", "root", 0, keccak256(message));
        bytes memory metadata = bytes.concat(Reference.messageIdMetadata(c), _sign(1, Reference.checkpointHash(c)));
        _expectRefused(metadata, message, abi.encodeWithSelector(ValidatorSignatures.NoValidators.selector));
        (IWeightedMultisigIsm.ValidatorInfo[] memory infos, uint96 threshold) =
            module.validatorsAndThresholdWeight(message);
        assertEq(infos.length, 0);
        assertEq(threshold, 0);
    }

    /// @dev The validators of one origin say nothing of another, also where both have sets.
    function test_verify_validatorsOfAnotherOrigin_reverts() public {
        _propose(ORIGIN + 1, stakeContract, 1, _members(50, 3, 1));
        skip(DELAY);
        module.applyProposal(ORIGIN + 1);
        bytes memory message =
            Reference.message(0, ORIGIN + 1, alice, DESTINATION, Reference.addr32(address(recipient)), "x");
        Reference.Checkpoint memory c = Reference.Checkpoint(ORIGIN + 1, "tree", "root", 0, keccak256(message));
        bytes memory metadata = bytes.concat(Reference.messageIdMetadata(c), _sign(1, Reference.checkpointHash(c)));
        _expectRefused(
            metadata, message, abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 0, vm.addr(1))
        );
    }

    /* ----------------------------------------------------- expiry --------------------------------------------------- */

    function test_verify_expiry_edge() public {
        bytes memory message = _send(alice, address(recipient), "hello");
        bytes memory metadata = _signedBy(message, first);
        vm.warp(START + LIFETIME - 1);
        assertTrue(module.verify(metadata, message));

        skip(1);
        bytes memory reason = abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, START + LIFETIME);
        _expectRefused(metadata, message, reason);
        vm.expectRevert(reason);
        module.validatorsAndThresholdWeight(message);
        _assertSet(FIRST_ID, START, first); // what it was can be read
    }

    /// @dev Its own successor too: whoever has the keys of validators that have left must not name validators.
    function test_verify_expired_refusesASetMessage() public {
        bytes memory message = _sendSet(FIRST_ID + 1, START + LIFETIME, _members(7, 4, 1));
        bytes memory metadata = _signedBy(message, first);
        vm.warp(START + LIFETIME);
        _expectRefused(
            metadata, message, abi.encodeWithSelector(IStakedMultisigIsm.SetExpired.selector, ORIGIN, START + LIFETIME)
        );
        _assertSet(FIRST_ID, START, first);
    }
}
