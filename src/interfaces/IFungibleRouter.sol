// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITokenFee} from "./ITokenFee.sol";
import {ITokenRouter} from "./ITokenRouter.sol";

/// @title IFungibleRouter
/// @notice A token route's contract for amounts: with scaling between units, fees, and claims.
/// @dev Units. A message of `m` stands for `m * scaleDenominator / scaleNumerator` units of the token here. One of both
///      divides the other, so that a unit of one is a whole number of the other and nothing is ever rounded away:
///
///      - If the unit here is the finer one, the last digits of an amount can not be sent: they are not taken from the sender.
///      - If the message's unit is the finer one, the last digits of a message can not be given: they are kept for the
///        recipient, in `dust`, and count with what it receives next.
///
///      Claims. A payment that fails does not hold up the message: the amount becomes claimable. A recipient has `PAYMENT_GAS`;
///      what it answers is not looked at. Whoever delivers with so little gas that a payment might have lacked some of it,
///      does not deliver (`NotEnoughGas` of the BoundedCall library).
///
///      Fees. `feeRecipient` is a contract that says what a transfer costs and gets that, in the token, on top of the amount.
///      Gas is paid for in the native coin alone: the ecosystem's `feeHook` and `feeToken`, by which it is in the token, are
///      left out.
///
///      Warning: the owner sets the fee at once, up to a tenth of the amount: who sends from a synthetic route has no approval
///      to bound it by. The owner says where claims go whose recipient is nobody on this chain.
interface IFungibleRouter is ITokenRouter {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice The owner set the contract that fees are quoted by and paid to; zero for none.
    event FeeRecipientSet(address feeRecipient);

    /// @notice A recipient could not be paid this amount of the token, which waits for it.
    event PaymentDeferred(bytes32 indexed recipient, uint256 amount);

    /// @notice An amount that waited was paid to `to`.
    event Claimed(bytes32 indexed recipient, address indexed to, uint256 amount);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice A part of the scale is zero, or neither divides the other.
    error InvalidScale(uint256 numerator, uint256 denominator);

    /// @notice The amount is less than one unit of the message: nothing would arrive.
    error AmountTooSmall(uint256 amount);

    /// @notice The amount does not fit into 256 bits in the other unit.
    error AmountTooLarge(uint256 amount);

    /// @notice The fee contract asks for another token than the route's, or more than one.
    error WrongFee(address feeRecipient);

    /// @notice The fee is more than a tenth of the amount.
    error FeeTooHigh(uint256 fee, uint256 amount);

    /// @notice The caller may not have this paid there.
    error NotClaimant(address caller, bytes32 recipient, address to);

    /// @notice Nothing waits for the recipient.
    error NothingToClaim(bytes32 recipient);

    /// @notice The amount could not be paid to `to`.
    error ClaimFailed(address to, uint256 amount);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice An amount here times this, divided by `scaleDenominator`, is the message's.
    function scaleNumerator() external view returns (uint256);

    /// @notice See `scaleNumerator`.
    function scaleDenominator() external view returns (uint256);

    /// @notice What the recipient was sent beside whole units of the token here, in units of the message.
    function dust(bytes32 recipient) external view returns (uint256);

    /// @notice What waits for the recipient, in units of the token here.
    function claimable(bytes32 recipient) external view returns (uint256);

    /// @notice Gas that a payment may use, of a delivery.
    function PAYMENT_GAS() external view returns (uint256);

    /// @notice The contract that fees are quoted by and paid to; zero for none.
    function feeRecipient() external view returns (ITokenFee);

    /// @notice Units of the route's token, here, that `account` has.
    function balanceOf(address account) external view returns (uint256);

    /* --------------------------------------------------- functions -------------------------------------------------- */

    /// @notice Pays what waits for a recipient, with all the gas there is.
    /// @dev To the recipient itself: anyone may call. To another account: the recipient only; or the owner, if the recipient is
    ///      nobody here: zero, no address of this chain, or this contract. `NotClaimant` otherwise.
    ///      Warning: a contract that can neither be paid nor call this leaves its tokens waiting for ever.
    function claim(bytes32 recipient, address to) external;

    /// @notice Sets the contract that fees are quoted by and paid to; zero for none. Owner only.
    function setFeeRecipient(ITokenFee recipient) external;
}
