// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMessageRecipient} from "src/interfaces/IMessageRecipient.sol";

/// @notice Makes a planned call while it handles a message, and then reverts.
contract RevertingCaller is IMessageRecipient {
    error AfterAll(bool succeeded);

    address internal _target;
    bytes internal _call;

    function plan(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
    }

    function handle(uint32, bytes32, bytes calldata) external payable {
        (bool succeeded,) = _target.call(_call);
        revert AfterAll(succeeded);
    }
}
