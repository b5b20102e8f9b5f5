// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IAmountRoutingIsm, IRoutingIsm} from "../../interfaces/IRoutingIsm.sol";
import {Message} from "../../libraries/Message.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {RoutingIsm} from "./RoutingIsm.sol";

/// @title AmountRoutingIsm
/// @notice Routes token messages by their amount. See IAmountRoutingIsm.
contract AmountRoutingIsm is IAmountRoutingIsm, RoutingIsm {
    using Message for bytes;
    using TokenMessage for bytes;

    /// @inheritdoc IAmountRoutingIsm
    IInterchainSecurityModule public immutable lower;

    /// @inheritdoc IAmountRoutingIsm
    IInterchainSecurityModule public immutable upper;

    /// @inheritdoc IAmountRoutingIsm
    uint256 public immutable threshold;

    constructor(IInterchainSecurityModule lower_, IInterchainSecurityModule upper_, uint256 threshold_) {
        if (address(lower_).code.length == 0) revert NotAContract(address(lower_));
        if (address(upper_).code.length == 0) revert NotAContract(address(upper_));
        lower = lower_;
        upper = upper_;
        threshold = threshold_;
    }

    /// @inheritdoc IRoutingIsm
    function route(bytes calldata message)
        public
        view
        override(IRoutingIsm, RoutingIsm)
        returns (IInterchainSecurityModule)
    {
        return message.body().amount() < threshold ? lower : upper;
    }
}
