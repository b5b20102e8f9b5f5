// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IRateLimited} from "./interfaces/IRateLimited.sol";

/// @title RateLimited
/// @notice Base of what limits amounts by a bucket that is refilled linearly. See IRateLimited.
abstract contract RateLimited is IRateLimited, Ownable2Step {
    uint256 internal constant MAX_DURATION = 365 days;

    /// @inheritdoc IRateLimited
    uint256 public immutable DURATION;

    /// @inheritdoc IRateLimited
    uint256 public maxCapacity;

    /// @inheritdoc IRateLimited
    uint256 public filledLevel;

    /// @inheritdoc IRateLimited
    uint256 public lastUpdated;

    /// @inheritdoc IRateLimited
    mapping(bytes32 messageId => bool) public messageValidated;

    constructor(address owner_, uint256 capacity, uint256 duration) Ownable(owner_) {
        if (duration == 0 || duration > MAX_DURATION) revert InvalidRateLimit(capacity, duration);
        DURATION = duration;
        _setCapacity(capacity);
        filledLevel = capacity;
    }

    /// @inheritdoc IRateLimited
    function setRefillRate(uint256 capacity) external onlyOwner returns (uint256) {
        _setCapacity(capacity);
        return refillRate();
    }

    /// @inheritdoc IRateLimited
    function refillRate() public view returns (uint256) {
        return maxCapacity / DURATION;
    }

    /// @inheritdoc IRateLimited
    function calculateCurrentLevel() public view returns (uint256) {
        uint256 elapsed = block.timestamp - lastUpdated;
        if (elapsed >= DURATION) return maxCapacity;
        uint256 level = filledLevel + (maxCapacity * elapsed) / DURATION;
        return level < maxCapacity ? level : maxCapacity;
    }

    /// @dev Takes `amount` out of the bucket.
    function _consume(uint256 amount) internal {
        uint256 level = calculateCurrentLevel();
        if (amount > level) revert RateLimitExceeded(amount, level);

        filledLevel = level - amount;
        lastUpdated = block.timestamp;
        emit ConsumedFilledLevel(filledLevel, lastUpdated);
    }

    function _setCapacity(uint256 capacity) internal {
        if (capacity > type(uint128).max) revert InvalidRateLimit(capacity, DURATION);
        uint256 level = calculateCurrentLevel();

        emit RateLimitSet(maxCapacity, capacity);
        filledLevel = level < capacity ? level : capacity;
        lastUpdated = block.timestamp;
        maxCapacity = capacity;
    }
}
