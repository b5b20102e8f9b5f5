// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";
import {IStaticAddressSetFactory} from "./IStaticAddressSetFactory.sol";

/// @title IAggregationHook
/// @notice Calls several hooks, in their order. Hook type 2.
/// @dev Each hook but the last gets its quote, at most what is left of the value; no quote is asked for when nothing is left.
///      The last gets all the rest and refunds what it does not need: what the hooks keep and what is refunded is the value
///      sent. A paymaster goes last: then its oracle is asked once in a dispatch.
interface IAggregationHook is IPostDispatchHook {
    /// @notice It is the factory's implementation, which has no hooks.
    error NoHooks();

    /// @notice The hooks, in the order in which they are called. The argument is not looked at.
    function hooks(bytes calldata message) external view returns (address[] memory);
}

/// @title IStaticAggregationHookFactory
/// @notice Deploys aggregations of hooks that never change, each at an address fixed by its hooks and their order.
/// @dev Of a set all hooks are called: the threshold of IStaticAddressSetFactory must be their number.
interface IStaticAggregationHookFactory is IStaticAddressSetFactory {
    /// @notice A hook has no code.
    error NotAContract(address account);

    /// @notice Deploys the aggregation of these hooks, or returns it if it is there. Anyone may call.
    function deploy(address[] calldata members) external returns (address hook);

    /// @notice The address of the aggregation of these hooks, deployed or not.
    function getAddress(address[] calldata members) external view returns (address hook);
}
