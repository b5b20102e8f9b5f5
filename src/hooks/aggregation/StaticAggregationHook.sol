// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAggregationHook} from "../../interfaces/IAggregationHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {CodeSet} from "../../libraries/CodeSet.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title StaticAggregationHook
/// @notice Several hooks, fixed for ever in the hook's own code (see the CodeSet library). See IAggregationHook.
contract StaticAggregationHook is IAggregationHook, PostDispatchHook {
    /// @dev The address of the implementation, the same in every copy. What ends its own code is no set of hooks.
    address internal immutable _implementation = address(this);

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 2;
    }

    /// @inheritdoc IAggregationHook
    function hooks(bytes calldata) external view returns (address[] memory) {
        return _hooks();
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        address[] memory all = _hooks();
        uint256 last = all.length - 1;
        uint256 rest = msg.value;
        for (uint256 i; i < last; ++i) {
            IPostDispatchHook hook = IPostDispatchHook(all[i]);
            uint256 fee;
            if (rest != 0) {
                // slither-disable-next-line calls-loop
                fee = hook.quoteDispatch(metadata, message);
                if (fee > rest) fee = rest;
            }
            rest -= fee;
            // slither-disable-next-line calls-loop
            hook.postDispatch{value: fee}(metadata, message);
        }
        IPostDispatchHook(all[last]).postDispatch{value: rest}(metadata, message);
    }

    function _quoteDispatch(bytes calldata metadata, bytes calldata message)
        internal
        view
        override
        returns (uint256 quote)
    {
        address[] memory all = _hooks();
        for (uint256 i; i < all.length; ++i) {
            // slither-disable-next-line calls-loop
            quote += IPostDispatchHook(all[i]).quoteDispatch(metadata, message);
        }
    }

    function _hooks() internal view returns (address[] memory all) {
        if (address(this) == _implementation) revert NoHooks();
        // slither-disable-next-line unused-return
        (all,) = CodeSet.readAddresses();
    }
}
