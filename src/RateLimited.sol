// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable not-rely-on-time
// Whoever builds blocks can be off by seconds, which is nothing to what a limit is refilled in.

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IRateLimited} from "./interfaces/IRateLimited.sol";

/// @title RateLimited
/// @notice Base of what limits amounts by a bucket that is refilled linearly. See IRateLimited.
abstract contract RateLimited is IRateLimited, Ownable2Step {
    /// @dev One slot. Capacity and duration are bounded so that `scaledLevel` needs 153 bits.
    struct Bucket {
        /// What it held at `lastUpdated`, times DURATION. Whole units would lose a fraction at each message: who sends many of
        /// amount 0 would keep a slow bucket from being refilled.
        uint208 scaledLevel;
        uint48 lastUpdated;
    }

    uint256 internal constant MAX_DURATION = 365 days;

    /// @inheritdoc IRateLimited
    uint256 public immutable DURATION;

    /// @inheritdoc IRateLimited
    uint256 public maxCapacity;

    Bucket internal _bucket;

    /// @inheritdoc IRateLimited
    mapping(bytes32 messageId => bool) public messageValidated;

    constructor(address owner_, uint256 capacity, uint256 duration) Ownable(owner_) {
        if (duration == 0 || duration > MAX_DURATION) revert InvalidRateLimit(capacity, duration);
        DURATION = duration;
        _setCapacity(capacity);
        _fill(capacity * duration);
    }

    /// @inheritdoc IRateLimited
    function setRefillRate(uint256 capacity) external onlyOwner returns (uint256) {
        _setCapacity(capacity);
        return refillRate();
    }

    /// @inheritdoc IRateLimited
    function calculateCurrentLevel() external view returns (uint256) {
        return _currentScaledLevel() / DURATION;
    }

    /// @inheritdoc IRateLimited
    function filledLevel() external view returns (uint256) {
        return _bucket.scaledLevel / DURATION;
    }

    /// @inheritdoc IRateLimited
    function lastUpdated() external view returns (uint256) {
        return _bucket.lastUpdated;
    }

    /// @inheritdoc IRateLimited
    function refillRate() public view returns (uint256) {
        return maxCapacity / DURATION;
    }

    /// @dev Takes `amount` out of the bucket.
    function _consume(uint256 amount) internal {
        uint256 scaledLevel = _currentScaledLevel();
        uint256 level = scaledLevel / DURATION;
        if (amount > level) revert RateLimitExceeded(amount, level);

        _fill(scaledLevel - amount * DURATION);
        emit ConsumedFilledLevel(level - amount, block.timestamp);
    }

    function _setCapacity(uint256 capacity) internal {
        if (capacity > type(uint128).max) revert InvalidRateLimit(capacity, DURATION);

        emit RateLimitSet(maxCapacity, capacity);
        _fill(Math.min(_currentScaledLevel(), capacity * DURATION));
        maxCapacity = capacity;
    }

    function _fill(uint256 scaledLevel) internal {
        // forge-lint: disable-next-line(unsafe-typecast) below 2^128 * 365 days
        _bucket = Bucket({scaledLevel: uint208(scaledLevel), lastUpdated: uint48(block.timestamp)});
    }

    /// @dev What the bucket holds now, times DURATION. Capacity and times are too small for products of them to overflow.
    function _currentScaledLevel() internal view returns (uint256) {
        Bucket memory bucket = _bucket;
        uint256 capacity = maxCapacity;
        return Math.min(bucket.scaledLevel + capacity * (block.timestamp - bucket.lastUpdated), capacity * DURATION);
    }
}
