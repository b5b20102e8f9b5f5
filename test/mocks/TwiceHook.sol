// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "src/interfaces/IPostDispatchHook.sol";

/// @notice A tree of hooks in which the same hook stands twice. Each gets half of the value.
contract TwiceHook {
    IPostDispatchHook internal immutable _hook;

    constructor(IPostDispatchHook hook) {
        _hook = hook;
    }

    function postDispatch(bytes calldata metadata, bytes calldata message) external payable {
        _hook.postDispatch{value: msg.value / 2}(metadata, message);
        _hook.postDispatch{value: msg.value / 2}(metadata, message);
    }
}
