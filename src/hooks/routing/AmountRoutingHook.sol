// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IAmountRoutingHook} from "../../interfaces/IRoutingHook.sol";
import {Message} from "../../libraries/Message.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {ForwardingHook} from "../ForwardingHook.sol";

/// @title AmountRoutingHook
/// @notice Routes token messages by their amount. See IAmountRoutingHook.
contract AmountRoutingHook is IAmountRoutingHook, ForwardingHook {
    using Message for bytes;
    using TokenMessage for bytes;

    /// @inheritdoc IAmountRoutingHook
    IPostDispatchHook public immutable lower;

    /// @inheritdoc IAmountRoutingHook
    IPostDispatchHook public immutable upper;

    /// @inheritdoc IAmountRoutingHook
    uint256 public immutable threshold;

    constructor(IPostDispatchHook lower_, IPostDispatchHook upper_, uint256 threshold_) {
        if (address(lower_).code.length == 0) revert NotAContract(address(lower_));
        if (address(upper_).code.length == 0) revert NotAContract(address(upper_));
        lower = lower_;
        upper = upper_;
        threshold = threshold_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 14;
    }

    function _hookFor(bytes calldata message) internal view override returns (IPostDispatchHook) {
        return message.body().amount() < threshold ? lower : upper;
    }
}
