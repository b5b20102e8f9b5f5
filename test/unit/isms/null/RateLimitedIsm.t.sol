// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IInterchainSecurityModule} from "src/interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";
import {IRateLimited} from "src/interfaces/IRateLimited.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";
import {TokenMessage} from "src/libraries/TokenMessage.sol";
import {ValidatorSignatures} from "src/libraries/ValidatorSignatures.sol";

import {ModuleTest} from "../../../kit/ModuleTest.sol";
import {Reference} from "../../../kit/Reference.sol";
import {Shipped} from "../../../kit/Shipped.sol";

/// @notice Ten units per second, behind a multisig in an aggregation of both. The limit comes first: it is asked before
///         anything is proven.
contract RateLimitedIsmTest is ModuleTest {
    uint256 internal constant CAPACITY = 1000;
    uint256 internal constant DURATION = 100;
    uint256 internal constant MAX_CAPACITY = type(uint128).max;

    IRateLimitedIsm internal module;
    uint32 internal sent;

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        vm.roll(1000);
        _limit(CAPACITY, DURATION);
    }

    function _limit(uint256 capacity, uint256 duration) internal {
        module = Shipped.rateLimitedIsm(destinationMailbox, owner, capacity, duration, address(recipient));
        _trust(_both(module, ism));
    }

    /* ---------------------------------------------------- helpers --------------------------------------------------- */

    /// @dev A transfer of its own, with metadata of a real quorum.
    function _transfer(uint256 amount) internal returns (bytes memory message, bytes memory metadata) {
        message = _message(sent++, ORIGIN, abi.encode(bob, amount));
        metadata = _bothMetadata("", _messageIdMetadata(message, _keys(0, 1)));
    }

    function _deliver(uint256 amount) internal returns (bytes memory message) {
        bytes memory metadata;
        (message, metadata) = _transfer(amount);
        _process(metadata, message);
    }

    function _expectExceeded(uint256 amount, uint256 level) internal {
        (bytes memory message, bytes memory metadata) = _transfer(amount);
        _expectRefused(metadata, message, _exceeded(amount, level));
    }

    function _exceeded(uint256 amount, uint256 level) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRateLimited.RateLimitExceeded.selector, amount, level);
    }

    function _notInDelivery(bytes memory message) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRateLimitedIsm.NotInDelivery.selector, keccak256(message));
    }

    function _alreadyValidated(bytes memory message) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRateLimitedIsm.AlreadyValidated.selector, keccak256(message));
    }

    function _expectVerifyRefused(bytes memory message, bytes memory reason) internal {
        uint256 level = module.calculateCurrentLevel();
        vm.prank(attacker);
        vm.expectRevert(reason);
        module.verify("", message);
        assertEq(module.calculateCurrentLevel(), level);
    }

    function _invalid(uint256 capacity, uint256 duration) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRateLimited.InvalidRateLimit.selector, capacity, duration);
    }

    function _skip(uint256 seconds_) internal {
        skip(seconds_);
        vm.roll(vm.getBlockNumber() + 1);
    }

    /* --------------------------------------------------- construction ----------------------------------------------- */

    function test_constructor_startsFull() public {
        vm.expectEmit();
        emit IRateLimited.RateLimitSet(0, CAPACITY);
        _limit(CAPACITY, DURATION);
        assertEq(module.DURATION(), DURATION);
        assertEq(module.maxCapacity(), CAPACITY);
        assertEq(module.filledLevel(), CAPACITY);
        assertEq(module.lastUpdated(), block.timestamp);
        assertEq(module.calculateCurrentLevel(), CAPACITY);
        assertEq(module.refillRate(), CAPACITY / DURATION);
        assertEq(module.recipient(), address(recipient));
        assertEq(module.moduleType(), 6);
        assertEq(Ownable2Step(address(module)).owner(), owner);
    }

    function test_constructor_startsFull_alsoBeforeADurationHasPassedSince1970() public {
        vm.warp(DURATION / 2);
        _limit(CAPACITY, DURATION);
        assertEq(module.calculateCurrentLevel(), CAPACITY);
    }

    function test_constructor_outOfRange_reverts() public {
        vm.expectRevert(_invalid(CAPACITY, 0));
        _limit(CAPACITY, 0);
        vm.expectRevert(_invalid(CAPACITY, 365 days + 1));
        _limit(CAPACITY, 365 days + 1);
        vm.expectRevert(_invalid(MAX_CAPACITY + 1, DURATION));
        _limit(MAX_CAPACITY + 1, DURATION);
        vm.expectRevert(_invalid(type(uint256).max, DURATION));
        _limit(type(uint256).max, DURATION);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        Shipped.rateLimitedIsm(destinationMailbox, address(0), CAPACITY, DURATION, address(recipient));
        vm.expectRevert(bytes(""));
        Shipped.rateLimitedIsm(IMailbox(bob), owner, CAPACITY, DURATION, address(recipient));
    }

    function test_constructor_largestAndSlowest_doesNotOverflow() public {
        _limit(MAX_CAPACITY, 365 days);
        _deliver(MAX_CAPACITY);
        assertEq(module.calculateCurrentLevel(), 0);
        _skip(365 days - 1);
        assertLt(module.calculateCurrentLevel(), MAX_CAPACITY);
        _skip(1);
        assertEq(module.calculateCurrentLevel(), MAX_CAPACITY);
        _skip(10_000 * 365 days);
        _deliver(MAX_CAPACITY);
        _expectExceeded(1, 0);
        _expectExceeded(type(uint256).max, 0);
    }

    /* ---------------------------------------------------- the bucket ------------------------------------------------ */

    function test_process_takesTheAmount() public {
        (bytes memory message, bytes memory metadata) = _transfer(300);
        vm.expectEmit(address(module));
        emit IRateLimited.ConsumedFilledLevel(CAPACITY - 300, block.timestamp);
        _process(metadata, message);
        assertEq(recipient.received(), 1);
        assertTrue(module.messageValidated(keccak256(message)));
        assertEq(module.filledLevel(), CAPACITY - 300);
        assertEq(module.calculateCurrentLevel(), CAPACITY - 300);
        assertEq(module.lastUpdated(), block.timestamp);
    }

    function test_process_upToTheLevel_andOneAbove() public {
        _expectExceeded(CAPACITY + 1, CAPACITY);
        _deliver(CAPACITY - 1);
        _expectExceeded(2, 1);
        _deliver(1);
        _expectExceeded(1, 0);
        _deliver(0);
        assertEq(recipient.received(), 3);
    }

    function test_refill_isExactToTheSecond() public {
        _deliver(CAPACITY);
        uint256 start = block.timestamp;
        for (uint256 elapsed; elapsed <= DURATION + 2; ++elapsed) {
            vm.warp(start + elapsed);
            uint256 expected = elapsed < DURATION ? elapsed * 10 : CAPACITY;
            assertEq(module.calculateCurrentLevel(), expected);
        }
        vm.warp(start + 37);
        _expectExceeded(371, 370);
        _deliver(370);
        _expectExceeded(1, 0);
    }

    function test_refill_neverAboveTheCapacity() public {
        _skip(100_000 days);
        assertEq(module.calculateCurrentLevel(), CAPACITY);
        _expectExceeded(CAPACITY + 1, CAPACITY);
        _deliver(1);
        _skip(100_000 days);
        assertEq(module.calculateCurrentLevel(), CAPACITY);
    }

    function test_refill_ofLessThanAUnitPerSecond() public {
        // 100 per day: the first comes after 864 seconds.
        _limit(100, 1 days);
        assertEq(module.refillRate(), 0);
        _deliver(100);
        _skip(863);
        assertEq(module.calculateCurrentLevel(), 0);
        _skip(1);
        assertEq(module.calculateCurrentLevel(), 1);
        _skip(1 days - 864 - 1);
        assertEq(module.calculateCurrentLevel(), 99);
        _skip(1);
        assertEq(module.calculateCurrentLevel(), 100);
    }

    function test_refill_isNotHeldUpByMessagesOfNothing() public {
        // Attempt: every few seconds a message of amount 0, so that what came in since the last is always less than a unit.
        _limit(100, 1 days);
        _deliver(100);
        for (uint256 i; i < 100; ++i) {
            _skip(9);
            _deliver(0);
        }
        assertEq(module.calculateCurrentLevel(), 1); // 900 of 864 seconds
        _skip(828);
        assertEq(module.calculateCurrentLevel(), 2);
    }

    function test_process_refused_canBeDeliveredLater() public {
        _deliver(CAPACITY);
        (bytes memory message, bytes memory metadata) = _transfer(500);
        _skip(49);
        _expectRefused(metadata, message, _exceeded(500, 490));
        assertFalse(module.messageValidated(keccak256(message)));
        _skip(1);
        _process(metadata, message);
        assertTrue(destinationMailbox.delivered(keccak256(message)));
    }

    function test_process_thatFails_takesNothing() public {
        // Attempt: use the rate up by deliveries that fail behind the limit: no quorum, or a recipient that refuses.
        (bytes memory message, bytes memory metadata) = _transfer(CAPACITY);
        _expectRefused(
            _bothMetadata("", _messageIdMetadata(message, _keys(0, 0))),
            message,
            abi.encodeWithSelector(ValidatorSignatures.NotAValidator.selector, 1, validators[0])
        );
        recipient.setRefuses(true);
        _expectRefused(metadata, message, abi.encodeWithSignature("Refused()"));
        assertEq(module.calculateCurrentLevel(), CAPACITY);
        assertFalse(module.messageValidated(keccak256(message)));
        recipient.setRefuses(false);
        _process(metadata, message);
    }

    /// @dev Against the definition: of all windows that end now, the one in which the least is left. Scaled by the duration.
    /// forge-config: default.fuzz.runs = 100
    function testFuzz_process_ifAndOnlyIfWithinTheRate(
        uint256 capacity,
        uint256 duration,
        uint32[6] memory waits,
        uint256[6] memory amounts
    ) public {
        capacity = bound(capacity, 0, capacity % 2 == 0 ? 1000 : MAX_CAPACITY);
        duration = bound(duration, 1, 365 days);
        _limit(capacity, duration);
        uint256 start = block.timestamp;
        uint256[6] memory taken;
        uint256[6] memory times;
        for (uint256 i; i < 6; ++i) {
            _skip(bound(waits[i], 0, duration + duration / 4));
            uint256 level = capacity * duration;
            for (uint256 from; from <= i; ++from) {
                // The bucket was full at best before message `from`, or, for i itself, now.
                uint256 left = capacity * duration;
                for (uint256 j = from; j < i; ++j) {
                    left = left + capacity * ((j + 1 == i ? block.timestamp : times[j + 1]) - times[j]);
                }
                for (uint256 j = from; j < i; ++j) {
                    left -= taken[j] * duration;
                }
                if (left < level) level = left;
            }
            level /= duration;
            assertEq(module.calculateCurrentLevel(), level);
            times[i] = block.timestamp;
            uint256 amount = bound(amounts[i], 0, level + level / 4 + 1);
            if (amount > level) {
                _expectExceeded(amount, level);
            } else {
                _deliver(amount);
                taken[i] = amount;
            }
        }
        assertGe(block.timestamp, start);
    }

    /* ------------------------------------------------------ draining ------------------------------------------------ */

    function test_verify_directly_reverts() public {
        // Attempt: drain the bucket with made-up messages, or with one that waits to be delivered.
        _expectVerifyRefused(
            _message(99, ORIGIN, abi.encode(bob, CAPACITY)),
            _notInDelivery(_message(99, ORIGIN, abi.encode(bob, CAPACITY)))
        );
        (bytes memory message, bytes memory metadata) = _transfer(CAPACITY);
        _expectVerifyRefused(message, _notInDelivery(message));
        _process(metadata, message);
    }

    function test_verify_afterDelivery_reverts() public {
        // Attempt: have a delivered message counted again: in the same block, or later.
        bytes memory message = _deliver(400);
        _expectVerifyRefused(message, _alreadyValidated(message));
        _skip(100);
        _expectVerifyRefused(message, _notInDelivery(message));
        vm.roll(vm.getBlockNumber() - 1); // as if the block were the same again
        _expectVerifyRefused(message, _alreadyValidated(message));
    }

    function test_verify_deliveredBeforeOrByAnotherModule_reverts() public {
        // Attempt: messages that were delivered before the recipient had this module.
        _trust(IInterchainSecurityModule(address(0)));
        (bytes memory message,) = _transfer(400);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
        _trust(_both(module, ism));
        _skip(1);
        _expectVerifyRefused(message, _notInDelivery(message));
    }

    function test_verify_deliveredPastIt_inTheSameBlock_countsOnce() public {
        // As the interface says: its amount was delivered too.
        _trust(IInterchainSecurityModule(address(0)));
        (bytes memory message,) = _transfer(400);
        _process(_messageIdMetadata(message, _keys(0, 1)), message);
        assertTrue(module.verify("", message));
        assertEq(module.calculateCurrentLevel(), CAPACITY - 400);
        _expectVerifyRefused(message, _alreadyValidated(message));
    }

    function test_verify_ofAnotherMailbox_reverts() public {
        // Attempt: the attacker's own Mailbox delivers it.
        IMailbox elsewhere = Shipped.mailbox(DESTINATION, attacker, Shipped.noopIsm());
        _trust(IInterchainSecurityModule(address(0)));
        (bytes memory message,) = _transfer(CAPACITY);
        elsewhere.process("", message);
        _expectVerifyRefused(message, _notInDelivery(message));
    }

    function test_verify_forAnotherRecipient_reverts() public {
        // Attempt: a message to the attacker's own recipient, which anything may be delivered to; one whose recipient is only
        // in its lower 20 bytes the same.
        bytes memory message =
            Reference.message(0, ORIGIN, alice, DESTINATION, Reference.addr32(bob), abi.encode(bob, CAPACITY));
        _expectVerifyRefused(
            message, abi.encodeWithSelector(IRateLimitedIsm.NotForRecipient.selector, Reference.addr32(bob))
        );
        bytes32 dirty = bytes32(uint256(uint160(address(recipient))) | (1 << 160));
        message = Reference.message(0, ORIGIN, alice, DESTINATION, dirty, abi.encode(bob, CAPACITY));
        _expectVerifyRefused(message, abi.encodeWithSelector(IRateLimitedIsm.NotForRecipient.selector, dirty));
    }

    function test_process_forAnotherRecipient_reverts() public {
        vm.prank(owner);
        destinationMailbox.setDefaultIsm(module);
        address other = makeAddr("other recipient");
        vm.etch(other, hex"00");
        bytes32 to = Reference.addr32(other);
        _expectRefused(
            "",
            Reference.message(0, ORIGIN, alice, DESTINATION, to, abi.encode(bob, 1)),
            abi.encodeWithSelector(IRateLimitedIsm.NotForRecipient.selector, to)
        );
    }

    function test_process_askedTwiceInOneTree_reverts() public {
        // The same module in two branches would count an amount twice: such a tree delivers nothing.
        _trust(_both(module, _both(module, ism)));
        bytes memory message = _message(0, ORIGIN, abi.encode(bob, 1));
        bytes memory inner = _bothMetadata("", _messageIdMetadata(message, _keys(0, 1)));
        _expectRefused(_bothMetadata("", inner), message, _alreadyValidated(message));
    }

    function test_process_bodyTooShort_reverts() public {
        for (uint256 length; length < 64; length += 21) {
            bytes memory message = _message(0, ORIGIN, new bytes(length));
            _expectRefused(
                _bothMetadata("", _messageIdMetadata(message, _keys(0, 1))),
                message,
                abi.encodeWithSelector(TokenMessage.NotATokenMessage.selector, length)
            );
        }
    }

    function test_verify_messageTooShort_reverts() public {
        _expectVerifyRefused("", "");
        _expectVerifyRefused(new bytes(76), "");
    }

    function test_process_longerBody_takesTheSameAmount() public {
        bytes memory message = _message(0, ORIGIN, abi.encode(bob, 300, type(uint256).max));
        _process(_bothMetadata("", _messageIdMetadata(message, _keys(0, 1))), message);
        assertEq(module.calculateCurrentLevel(), CAPACITY - 300);
    }

    /* ----------------------------------------------------- capacity ------------------------------------------------- */

    function test_setRefillRate_raised_keepsWhatIsIn() public {
        _deliver(900);
        _skip(10);
        vm.expectEmit(address(module));
        emit IRateLimited.RateLimitSet(CAPACITY, 5000);
        vm.prank(owner);
        assertEq(module.setRefillRate(5000), 50);
        assertEq(module.maxCapacity(), 5000);
        assertEq(module.refillRate(), 50);
        // Ten seconds of the old rate are in it, none of the new one.
        assertEq(module.calculateCurrentLevel(), 200);
        assertEq(module.filledLevel(), 200);
        _skip(10);
        assertEq(module.calculateCurrentLevel(), 700);
        _skip(DURATION);
        assertEq(module.calculateCurrentLevel(), 5000);
    }

    function test_setRefillRate_lowered_keepsWhatFits() public {
        vm.prank(owner);
        assertEq(module.setRefillRate(150), 1);
        assertEq(module.calculateCurrentLevel(), 150);
        _expectExceeded(151, 150);
        _deliver(150);
        _skip(1);
        assertEq(module.calculateCurrentLevel(), 1);
        _skip(1);
        assertEq(module.calculateCurrentLevel(), 3);
    }

    function test_setRefillRate_backAndForth_fillsNothing() public {
        // Attempt of a careless owner: lower and raise at once must not refill the bucket.
        _deliver(CAPACITY);
        vm.startPrank(owner);
        module.setRefillRate(0);
        module.setRefillRate(MAX_CAPACITY);
        assertEq(module.calculateCurrentLevel(), 0);
        module.setRefillRate(CAPACITY);
        assertEq(module.calculateCurrentLevel(), 0);
    }

    function test_setRefillRate_toZero_stopsAllButNothing() public {
        vm.prank(owner);
        module.setRefillRate(0);
        _skip(1000 days);
        _expectExceeded(1, 0);
        _deliver(0);
    }

    function test_setRefillRate_tooLarge_reverts() public {
        vm.startPrank(owner);
        vm.expectRevert(_invalid(MAX_CAPACITY + 1, DURATION));
        module.setRefillRate(MAX_CAPACITY + 1);
        module.setRefillRate(MAX_CAPACITY);
    }

    function test_setRefillRate_whenNotOwner_reverts() public {
        Ownable2Step ownable = Ownable2Step(address(module));
        vm.prank(owner);
        ownable.transferOwnership(bob);
        address[3] memory strangers = [attacker, bob, address(recipient)];
        for (uint256 i; i < strangers.length; ++i) {
            vm.prank(strangers[i]);
            vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, strangers[i]));
            module.setRefillRate(MAX_CAPACITY);
        }
        vm.prank(bob);
        ownable.acceptOwnership();
        vm.prank(bob);
        module.setRefillRate(1);
        assertEq(module.maxCapacity(), 1);
    }
}
