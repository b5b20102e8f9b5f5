// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Quote} from "./ITokenRouter.sol";

/// @title ITokenFee
/// @notice What a token route charges for a transfer, and where the fees go.
/// @dev The ABI of the ecosystem's fee contracts. Anyone can read a fee; paying it gives nothing but a transfer's passage.
interface ITokenFee {
    /// @notice How the fee follows from the amount: 1 linear, 3 progressive.
    function feeType() external view returns (uint8);

    /// @notice The fee of a transfer, on top of its amount and in the route's token. No entry means no fee.
    function quoteTransferRemote(uint32 destination, bytes32 recipient, uint256 amount)
        external
        view
        returns (Quote[] memory);
}
