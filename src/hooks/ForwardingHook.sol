// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {PostDispatchHook} from "./PostDispatchHook.sol";

/// @title ForwardingHook
/// @notice Base of hooks that pass a message on to one other hook. That one gets all the value, and refunds what it does not
///         need; nothing is quoted for it.
abstract contract ForwardingHook is PostDispatchHook {
    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        _hookFor(message).postDispatch{value: msg.value}(metadata, message);
    }

    function _quoteDispatch(bytes calldata metadata, bytes calldata message) internal view override returns (uint256) {
        return _hookFor(message).quoteDispatch(metadata, message);
    }

    /// @dev The hook that `message` goes to. Reverts if there is none.
    function _hookFor(bytes calldata message) internal view virtual returns (IPostDispatchHook);
}
