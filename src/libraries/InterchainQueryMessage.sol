// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainQueryRouter} from "../interfaces/IInterchainQueryRouter.sol";

/// @title InterchainQueryMessage
/// @notice The body of a message between query routers.
/// @dev abi.encode(bytes32 sender, uint8 type, QueryCall[] calls) with type 0, a query, or
///      abi.encode(bytes32 sender, uint8 type, bytes[] callbacks) with type 1, its answer. The sender is who asks, addr32.
///      Each callback is the calldata that the sender is called with.
library InterchainQueryMessage {
    uint8 internal constant QUERY = 0;
    uint8 internal constant ANSWER = 1;

    /// @notice No message between query routers has this type.
    error UnknownType(uint256 kind);

    function encodeQuery(bytes32 sender, IInterchainQueryRouter.QueryCall[] memory calls)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(sender, QUERY, calls);
    }

    function encodeAnswer(bytes32 sender, bytes[] memory callbacks) internal pure returns (bytes memory) {
        return abi.encode(sender, ANSWER, callbacks);
    }

    /// @notice Whether the body is a query; else it is an answer. Reverts on any other.
    function isQuery(bytes calldata body) internal pure returns (bool) {
        (, uint256 kind) = abi.decode(body, (bytes32, uint256));
        if (kind > ANSWER) revert UnknownType(kind);
        return kind == QUERY;
    }

    function decodeQuery(bytes calldata body)
        internal
        pure
        returns (bytes32 sender, IInterchainQueryRouter.QueryCall[] memory calls)
    {
        (sender,, calls) = abi.decode(body, (bytes32, uint8, IInterchainQueryRouter.QueryCall[]));
    }

    function decodeAnswer(bytes calldata body) internal pure returns (bytes32 sender, bytes[] memory callbacks) {
        (sender,, callbacks) = abi.decode(body, (bytes32, uint8, bytes[]));
    }
}
