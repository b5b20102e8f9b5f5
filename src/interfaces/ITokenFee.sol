// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Quote} from "./ITokenRouter.sol";

/// @title ITokenFee
/// @notice What a token route charges for a transfer on top of its amount, and where the fees wait for its owner.
/// @dev The ABI of the ecosystem's fee contracts. A fee grows with the amount towards `maxFee`; it is half of it at
///      `halfAmount`:
///
///      | type | kind        | fee                                                     |
///      |------|-------------|---------------------------------------------------------|
///      |    1 | linear      | `maxFee * amount / (2 * halfAmount)`, at most `maxFee`   |
///      |    3 | progressive | `maxFee * amount^2 / (halfAmount^2 + amount^2)`          |
///
///      both rounded down. A linear fee is a part of the amount up to a cap. A progressive one spares small transfers: its
///      part of the amount is largest at `halfAmount`.
///
///      Trust: the owner takes what was paid. It can not change a fee: the route's owner can name another contract.
interface ITokenFee {
    /// @notice Half of the greatest amount is zero or above 2^127.
    error InvalidHalfAmount(uint256 halfAmount);

    /// @notice The fees could not be paid to `beneficiary`.
    error ClaimFailed(address beneficiary, uint256 amount);

    /// @notice How the fee follows from the amount, as in the table above.
    function feeType() external view returns (uint8);

    /// @notice The token that fees are paid in; zero for the native one.
    function token() external view returns (address);

    /// @notice What no fee exceeds.
    function maxFee() external view returns (uint256);

    /// @notice The amount that costs half of `maxFee`.
    function halfAmount() external view returns (uint256);

    /// @notice The fee of a transfer, in one entry. Destination and recipient do not matter.
    function quoteTransferRemote(uint32 destination, bytes32 recipient, uint256 amount)
        external
        view
        returns (Quote[] memory);

    /// @notice Pays all fees to `beneficiary`. Owner only.
    function claim(address beneficiary) external;
}
