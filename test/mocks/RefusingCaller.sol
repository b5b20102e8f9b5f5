// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A module that makes a planned call when it is asked, and then refuses, saying what came of the call.
contract RefusingCaller {
    address internal _target;
    bytes internal _call;

    error Refused(bool succeeded);

    function plan(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
    }

    function verify(bytes calldata, bytes calldata) external returns (bool) {
        (bool succeeded,) = _target.call(_call);
        revert Refused(succeeded);
    }
}
