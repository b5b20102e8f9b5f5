// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INonFungibleRouter} from "../../interfaces/INonFungibleRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title NonFungibleRouter
/// @notice Base of token routes that move single tokens. See INonFungibleRouter.
/// @dev A kind of collection says how a token is collected, paid, held and released.
abstract contract NonFungibleRouter is INonFungibleRouter, TokenRouter {
    using TypeCasts for address;
    using TypeCasts for bytes32;

    /// @inheritdoc INonFungibleRouter
    uint256 public constant PAYMENT_GAS = 500_000;

    /// @inheritdoc INonFungibleRouter
    mapping(uint256 id => bytes32 recipient) public claimable;

    /// @inheritdoc INonFungibleRouter
    function claim(uint256 id, address to) external {
        bytes32 recipient = claimable[id];
        if (recipient == 0) revert NothingToClaim(id);
        if (!_mayClaim(recipient, to)) revert NotClaimant(msg.sender, recipient, to);

        delete claimable[id];
        emit TokenClaimed(recipient, to, id);

        if (!_release(to, id)) revert ClaimFailed(to, id);
    }

    /// @inheritdoc INonFungibleRouter
    function scaleNumerator() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc INonFungibleRouter
    function scaleDenominator() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc INonFungibleRouter
    function feeRecipient() external pure returns (address) {
        return address(0);
    }

    /* ------------------------------------------- the kind of the collection ----------------------------------------- */

    /// @dev Takes a token from the caller, whose it has to be.
    function _collect(uint256 id) internal virtual;

    /// @dev Gives a token that arrived to an account that is not zero. Never reverts because of that account or the collection,
    ///      which may take `gasLimit` of gas.
    function _pay(address to, uint256 id, uint256 gasLimit) internal virtual returns (bool paid);

    /// @dev Keeps a token that arrived.
    function _hold(uint256 id) internal virtual;

    /// @dev Gives a token that was kept.
    function _release(address to, uint256 id) internal virtual returns (bool paid);

    /// @dev What goes with the token.
    // solhint-disable-next-line no-empty-blocks
    function _metadata(uint256) internal view virtual returns (bytes memory metadata) {}

    /* --------------------------------------------- sending and receiving -------------------------------------------- */

    function _take(uint32, bytes32 recipient, uint256 id)
        internal
        override
        returns (uint256, uint256, bytes memory body)
    {
        body = TokenMessage.encode(recipient, id, _metadata(id));
        _collect(id);
        return (id, msg.value, body);
    }

    function _quoteTake(uint32, bytes32 recipient, uint256 id) internal view override returns (uint256, bytes memory) {
        return (id, TokenMessage.encode(recipient, id, _metadata(id)));
    }

    function _give(bytes32 recipient, uint256 id, bytes calldata) internal virtual override {
        if (!_isNobody(recipient)) {
            uint256 gas = gasleft();
            if (_pay(recipient.toAddress(), id, PAYMENT_GAS)) return;
            BoundedCall.requireGas(gas, PAYMENT_GAS);
        }
        if (claimable[id] != 0) revert AlreadyWaiting(id);

        // Zero says that nobody waits; this contract is nobody just as well.
        claimable[id] = recipient == 0 ? address(this).toBytes32() : recipient;
        _hold(id);
        emit TokenDeferred(recipient, id);
    }
}
