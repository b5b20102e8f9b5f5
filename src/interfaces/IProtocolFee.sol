// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IProtocolFee
/// @notice Takes a fixed fee in the native token for each dispatch, up to a cap that is fixed for ever. Hook type 8.
/// @dev What is paid too much is refunded, also where nothing is due.
///
///      Warning: as a required hook it can be set to `MAX_PROTOCOL_FEE` by its owner at any time; what is more than a sender
///      sent along, the sender is not charged: its dispatch reverts.
interface IProtocolFee is IPostDispatchHook {
    /// @notice A fee was taken for a message of this sender.
    event ProtocolFeePaid(address indexed sender, uint256 fee);

    /// @notice The owner, or the constructor, set the fee.
    event ProtocolFeeSet(uint256 protocolFee);

    /// @notice The owner, or the constructor, said who gets the fees.
    event BeneficiarySet(address beneficiary);

    /// @notice The fee is above the cap.
    error FeeAboveCap(uint256 fee, uint256 cap);

    /// @notice Fees for nobody would be lost.
    error ZeroBeneficiary();

    /// @notice The beneficiary did not take the fees.
    error CollectFailed(address beneficiary, uint256 amount);

    /// @notice Cap of the fee, in wei.
    function MAX_PROTOCOL_FEE() external view returns (uint256);

    /// @notice Fee of a dispatch, in wei.
    function protocolFee() external view returns (uint256);

    /// @notice Who gets the fees.
    function beneficiary() external view returns (address);

    /// @notice Sends all fees to the beneficiary. Anyone.
    function collectProtocolFees() external;

    /// @notice Sets the fee in wei. Owner only.
    function setProtocolFee(uint256 fee) external;

    /// @notice Says who gets the fees, also those taken so far. Owner only.
    function setBeneficiary(address account) external;
}
