// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRateLimited} from "src/interfaces/IRateLimited.sol";
import {IRateLimitedIsm} from "src/interfaces/IRateLimitedIsm.sol";

import {ModuleTest} from "../kit/ModuleTest.sol";
import {Shipped} from "../kit/Shipped.sol";

/// @notice Time passes, transfers are delivered, the owner changes the capacity, attackers ask the limit on their own. It
///         keeps books of what passed by the definition of the limit, not as a bucket.
contract RateLimitHandler is ModuleTest {
    uint256 internal constant DURATION = 1 days;
    uint256 internal constant MAX_CAPACITY = 1e24;

    IRateLimitedIsm public module;
    uint256 public deliveries;
    uint256 public refusals;

    /// @dev All that passed, and all that could have come in if the bucket were bottomless, times DURATION.
    uint256 public passed;
    uint256 public refilled;
    /// @dev The least, over all earlier moments, of: the capacity then, and what had passed, less what had come in.
    int256 public bound_;

    uint256 internal _capacity = 1000;
    uint32 internal _nonce;
    bytes internal _last;

    constructor() {
        setUp();
        vm.warp(1_800_000_000);
        vm.roll(1000);
        module = Shipped.rateLimitedIsm(destinationMailbox, owner, _capacity, DURATION, address(recipient));
        _trust(_both(module, ism));
        bound_ = type(int256).max;
        _note();
    }

    /// @dev In every window from an earlier moment to now no more than the bucket held then at most and what came in since.
    function allowance() public view returns (uint256) {
        return uint256(bound_ + int256(refilled) - int256(passed)) / DURATION;
    }

    function wait(uint256 time) external {
        time = bound(time, 1, time % 3 == 0 ? 2 * DURATION : 1000);
        refilled += time * _capacity;
        skip(time);
        vm.roll(vm.getBlockNumber() + 1);
        _note();
    }

    function deliver(uint256 amount, bool tooMuch) external {
        uint256 level = allowance();
        amount = tooMuch ? bound(amount, level + 1, 2 * level + 1) : bound(amount, 0, level);
        bytes memory message = _message(_nonce++, ORIGIN, abi.encode(bob, amount));
        bytes memory metadata = _bothMetadata("", _messageIdMetadata(message, _keys(0, 1)));
        if (tooMuch) {
            _expectRefused(
                metadata, message, abi.encodeWithSelector(IRateLimited.RateLimitExceeded.selector, amount, level)
            );
            ++refusals;
            return;
        }
        _process(metadata, message);
        passed += amount * DURATION;
        ++deliveries;
        _last = message;
        _note();
    }

    function setCapacity(uint256 capacity) external {
        _capacity = bound(capacity, 0, capacity % 2 == 0 ? MAX_CAPACITY : 100_000);
        vm.prank(owner);
        module.setRefillRate(_capacity);
        _note();
    }

    /// @dev With what is delivered, and with what never was.
    function drain(uint256 amount) external {
        bytes memory forged = _message(type(uint32).max, ORIGIN, abi.encode(bob, bound(amount, 0, allowance())));
        vm.startPrank(attacker);
        vm.expectRevert(abi.encodeWithSelector(IRateLimitedIsm.NotInDelivery.selector, keccak256(forged)));
        module.verify("", forged);
        if (_last.length > 0) {
            (bool success,) = address(module).call(abi.encodeCall(module.verify, ("", _last)));
            assertFalse(success);
        }
        vm.stopPrank();
    }

    function _note() internal {
        int256 now_ = int256(_capacity * DURATION + passed) - int256(refilled);
        if (now_ < bound_) bound_ = now_;
    }
}
