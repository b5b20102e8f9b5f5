// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable func-name-mixedcase

import {PackageVersioned} from "../../PackageVersioned.sol";
import {ITokenRouter, Quote} from "../../interfaces/ITokenRouter.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {Router} from "../Router.sol";

/// @title TokenRouter
/// @notice Base of token routes of every kind. See ITokenRouter.
/// @dev A kind of token says how it is taken from a sender and given to a recipient. Nothing may hold up a delivery that was
///      sent rightly: whatever refuses a payment, the tokens wait in claims.
abstract contract TokenRouter is ITokenRouter, Router {
    using TokenMessage for bytes;
    using TypeCasts for address;

    /// @inheritdoc ITokenRouter
    function transferRemote(uint32 destination, bytes32 recipient, uint256 amountOrId)
        external
        payable
        returns (bytes32)
    {
        if (recipient == 0) revert ZeroRecipient();
        (uint256 sent, uint256 value, bytes memory body) = _take(destination, recipient, amountOrId);

        emit SentTransferRemote(destination, recipient, sent);

        return _dispatch(destination, value, body);
    }

    /// @inheritdoc ITokenRouter
    function quoteTransferRemote(uint32 destination, bytes32 recipient, uint256 amountOrId)
        external
        view
        returns (Quote[] memory quotes)
    {
        (uint256 cost, bytes memory body) = _quoteTake(destination, recipient, amountOrId);
        quotes = new Quote[](2);
        quotes[0].amount = _quoteDispatch(destination, body);
        quotes[1] = Quote({token: token(), amount: cost});
    }

    /// @inheritdoc PackageVersioned
    /// @dev From 10.0.0 the ecosystem's clients read `token`, `quoteTransferRemote` and `feeRecipient`, from 11.0.0 the scale.
    function PACKAGE_VERSION() external pure override returns (string memory) {
        return "11.0.0";
    }

    /// @inheritdoc ITokenRouter
    function token() public view virtual returns (address);

    function _handle(uint32 origin, bytes calldata body) internal override {
        if (msg.value != 0) revert ValueNotTaken(msg.value);
        bytes32 recipient = body.tokenRecipient();
        uint256 received = body.amount();

        emit ReceivedTransferRemote(origin, recipient, received);

        _give(recipient, received, body.metadata());
    }

    /* ----------------------------------------------- the kind of token ---------------------------------------------- */

    /// @dev Takes tokens from the caller, who wants `amountOrId` to go to `recipient`. Returns the amount or id in the message,
    ///      what of the value sent is for the hooks, and the message's body.
    function _take(uint32 destination, bytes32 recipient, uint256 amountOrId)
        internal
        virtual
        returns (uint256 sent, uint256 value, bytes memory body);

    /// @dev What `_take` would take of the token, and the message's body. It does not revert because of an amount too small.
    function _quoteTake(uint32 destination, bytes32 recipient, uint256 amountOrId)
        internal
        view
        virtual
        returns (uint256 cost, bytes memory body);

    /// @dev Gives the tokens of a message to its recipient, or remembers them for it. It calls out: nothing follows.
    function _give(bytes32 recipient, uint256 amountOrId, bytes calldata metadata) internal virtual;

    /* ---------------------------------------------------- claims ---------------------------------------------------- */

    function _mayClaim(bytes32 recipient, address to) internal view returns (bool) {
        if (to == address(0) || to == address(this)) return false;
        if (to.toBytes32() == recipient || msg.sender.toBytes32() == recipient) return true;
        return msg.sender == owner() && _isNobody(recipient);
    }

    /// @dev Whether no account of this chain can be meant: zero, more than an address, or this contract.
    function _isNobody(bytes32 recipient) internal view returns (bool) {
        return recipient == 0 || uint256(recipient) >> 160 != 0 || recipient == address(this).toBytes32();
    }
}
