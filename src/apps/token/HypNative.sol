// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypNative} from "../../interfaces/IHypNative.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypNative
/// @notice Locks the native coin for a route. See IHypNative.
contract HypNative is IHypNative, FungibleRouter {
    constructor(
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {}

    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) external view returns (uint256) {
        return account.balance;
    }

    /// @inheritdoc ITokenRouter
    function token() public pure override(ITokenRouter, TokenRouter) returns (address) {
        return address(0);
    }

    function _collect(uint256 amount, address feeTo, uint256 fee) internal override returns (uint256 value) {
        uint256 cost = amount + fee;
        if (msg.value < cost) revert ValueTooLow(msg.value, cost);
        value = msg.value - cost;

        if (fee != 0) {
            (bool taken,) = feeTo.call{value: fee}("");
            if (!taken) revert FeeNotTaken(feeTo, fee);
        }
    }

    function _pay(address to, uint256 amount, uint256 gasLimit) internal override returns (bool) {
        return BoundedCall.tryCall(to, amount, "", gasLimit);
    }
}
