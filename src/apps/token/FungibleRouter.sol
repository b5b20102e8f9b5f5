// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {ITokenFee} from "../../interfaces/ITokenFee.sol";
import {Quote} from "../../interfaces/ITokenRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title FungibleRouter
/// @notice Base of token routes that move amounts. See IFungibleRouter.
/// @dev A kind of token says how an amount is collected (`_collect`) and paid (`_pay`), nothing else.
abstract contract FungibleRouter is IFungibleRouter, TokenRouter {
    using TypeCasts for bytes32;

    /// @dev Of an amount, a fee is at most this part.
    uint256 internal constant LEAST_AMOUNT_PER_FEE = 10;

    /// @inheritdoc IFungibleRouter
    uint256 public constant PAYMENT_GAS = 500_000;

    /// @inheritdoc IFungibleRouter
    uint256 public immutable scaleNumerator;

    /// @inheritdoc IFungibleRouter
    uint256 public immutable scaleDenominator;

    /// @dev Units of the message in one of the token here, and the other way round: the finer one says how many, the other 1.
    uint256 internal immutable _messagePerLocal;
    uint256 internal immutable _localPerMessage;

    /// @dev In the slot of `hook`, which every transfer reads.
    bool internal _hasFee;

    ITokenFee internal _feeRecipient;

    /// @inheritdoc IFungibleRouter
    mapping(bytes32 recipient => uint256 amount) public dust;

    /// @inheritdoc IFungibleRouter
    mapping(bytes32 recipient => uint256 amount) public claimable;

    constructor(uint256 numerator, uint256 denominator) {
        if (numerator == 0 || denominator == 0) revert InvalidScale(numerator, denominator);
        (uint256 smaller, uint256 larger) =
            numerator < denominator ? (numerator, denominator) : (denominator, numerator);
        if (larger % smaller != 0) revert InvalidScale(numerator, denominator);

        scaleNumerator = numerator;
        scaleDenominator = denominator;
        _messagePerLocal = numerator > denominator ? numerator / denominator : 1;
        _localPerMessage = numerator > denominator ? 1 : denominator / numerator;
    }

    /// @inheritdoc IFungibleRouter
    function claim(bytes32 recipient, address to) external {
        if (!_mayClaim(recipient, to)) revert NotClaimant(msg.sender, recipient, to);
        uint256 amount = claimable[recipient];
        if (amount == 0) revert NothingToClaim(recipient);

        delete claimable[recipient];
        emit Claimed(recipient, to, amount);

        if (!_pay(to, amount, gasleft())) revert ClaimFailed(to, amount);
    }

    /// @inheritdoc IFungibleRouter
    function setFeeRecipient(ITokenFee recipient) external onlyOwner {
        _requireCode(address(recipient));

        _hasFee = address(recipient) != address(0);
        _feeRecipient = recipient;
        emit FeeRecipientSet(address(recipient));
    }

    /// @inheritdoc IFungibleRouter
    function feeRecipient() external view returns (ITokenFee) {
        return _feeRecipient;
    }

    /* ---------------------------------------------- the kind of the token ------------------------------------------- */

    /// @dev Takes `amount` from the caller, exactly, and `fee` for `feeTo`, which is zero if there is none. What of the value
    ///      sent is for the hooks it returns.
    function _collect(uint256 amount, address feeTo, uint256 fee) internal virtual returns (uint256 value);

    /// @dev Pays `amount` to an account that is not zero. Never reverts because of that account, which may take `gasLimit` of
    ///      gas.
    function _pay(address to, uint256 amount, uint256 gasLimit) internal virtual returns (bool paid);

    /* ---------------------------------------------------- sending --------------------------------------------------- */

    function _take(uint32 destination, bytes32 recipient, uint256 amount)
        internal
        virtual
        override
        returns (uint256 sent, uint256 value, bytes memory body)
    {
        uint256 taken;
        (sent, taken) = _toMessage(amount);
        if (sent == 0) revert AmountTooSmall(amount);
        (ITokenFee feeTo, uint256 fee) = _fee(destination, recipient, taken);

        value = _collect(taken, address(feeTo), fee);
        body = TokenMessage.encode(recipient, sent);
    }

    function _quoteTake(uint32 destination, bytes32 recipient, uint256 amount)
        internal
        view
        virtual
        override
        returns (uint256, bytes memory)
    {
        (uint256 sent, uint256 taken) = _toMessage(amount);
        (, uint256 fee) = _fee(destination, recipient, taken);
        return (taken + fee, TokenMessage.encode(recipient, sent));
    }

    /// @dev The amount in units of the message, and what of it here that is.
    function _toMessage(uint256 amount) internal view returns (uint256 sent, uint256 taken) {
        if (_localPerMessage == 1) return (_times(amount, _messagePerLocal), amount);
        sent = amount / _localPerMessage;
        taken = sent * _localPerMessage;
    }

    function _fee(uint32 destination, bytes32 recipient, uint256 amount)
        internal
        view
        returns (ITokenFee feeTo, uint256 fee)
    {
        if (!_hasFee) return (feeTo, 0);
        feeTo = _feeRecipient;
        Quote[] memory quotes = feeTo.quoteTransferRemote(destination, recipient, amount);
        if (quotes.length == 0) return (feeTo, 0);
        if (quotes.length != 1 || quotes[0].token != token()) revert WrongFee(address(feeTo));
        fee = quotes[0].amount;
        if (fee > amount / LEAST_AMOUNT_PER_FEE) revert FeeTooHigh(fee, amount);
    }

    /* --------------------------------------------------- receiving -------------------------------------------------- */

    function _give(bytes32 recipient, uint256 received, bytes calldata) internal override {
        uint256 amount = _toLocal(recipient, received);
        if (amount == 0) return;

        if (!_isNobody(recipient)) {
            uint256 gas = gasleft();
            if (_pay(recipient.toAddress(), amount, PAYMENT_GAS)) return;
            BoundedCall.requireGas(gas, PAYMENT_GAS);
        }

        // Added to what is there now: the recipient may have claimed while it was being paid.
        claimable[recipient] += amount;
        emit PaymentDeferred(recipient, amount);
    }

    /// @dev The whole units here of what a recipient was sent; the rest is kept for it.
    function _toLocal(bytes32 recipient, uint256 received) internal returns (uint256 amount) {
        if (_messagePerLocal == 1) return _times(received, _localPerMessage);
        (bool fits, uint256 total) = Math.tryAdd(received, dust[recipient]);
        if (!fits) revert AmountTooLarge(received);
        dust[recipient] = total % _messagePerLocal;
        return total / _messagePerLocal;
    }

    function _times(uint256 amount, uint256 factor) internal pure returns (uint256 product) {
        bool fits;
        (fits, product) = Math.tryMul(amount, factor);
        if (!fits) revert AmountTooLarge(amount);
    }
}
