// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IRateLimited
/// @notice A bucket of tokens that is refilled linearly and that messages with amounts drink from.
/// @dev The bucket starts full. In any span of time at most `maxCapacity` and what the span refills can pass: up to twice the
///      capacity within one `DURATION`. Fractions of a unit are kept: however often it is drunk from, nothing is lost to
///      rounding. Amounts are in the units of the messages.
interface IRateLimited {
    /// @notice An amount was taken; `filledLevel` is what is left.
    event ConsumedFilledLevel(uint256 filledLevel, uint256 lastUpdated);

    /// @notice The owner, or the constructor, set the capacity.
    event RateLimitSet(uint256 oldCapacity, uint256 newCapacity);

    /// @notice There is not so much in the bucket now.
    error RateLimitExceeded(uint256 amount, uint256 level);

    /// @notice The duration is zero or above 365 days, or the capacity above 2^128 - 1.
    error InvalidRateLimit(uint256 capacity, uint256 duration);

    /// @notice Seconds in which an empty bucket gets full.
    function DURATION() external view returns (uint256);

    /// @notice What the bucket holds when full.
    function maxCapacity() external view returns (uint256);

    /// @notice What the bucket held at `lastUpdated`, rounded down.
    function filledLevel() external view returns (uint256);

    /// @notice When the bucket was last drunk from or changed, in seconds since 1970.
    function lastUpdated() external view returns (uint256);

    /// @notice Whether this message has taken its amount.
    function messageValidated(bytes32 messageId) external view returns (bool);

    /// @notice What the bucket holds now, rounded down.
    function calculateCurrentLevel() external view returns (uint256);

    /// @notice What comes into the bucket per second, rounded down.
    function refillRate() external view returns (uint256);

    /// @notice Sets the capacity, and with it the rate. Owner only. What is in the bucket stays, as far as it fits.
    /// @return The new rate per second, rounded down.
    function setRefillRate(uint256 capacity) external returns (uint256);
}
