// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title BoundedCall
/// @notice Calls of contracts that are not trusted to return little.
/// @dev Solidity's own calls copy all that comes back, also what nobody looks at, at the caller's expense.
library BoundedCall {
    /// @notice Calls `target` with all the gas that can be given; returns at most `most` bytes of what it returned.
    /// @dev Plain form: `(success, returned) = target.call{value: value}(data)`, which copies all.
    function tryCall(address target, uint256 value, bytes memory data, uint256 most)
        internal
        returns (bool success, bytes memory returned)
    {
        assembly ("memory-safe") {
            success := call(gas(), target, value, add(data, 32), mload(data), 0, 0)
        }
        returned = _returned(most);
    }

    /// @notice The same without value and with `gasLimit` gas, or less if there is less.
    function tryCallWithGas(address target, uint256 gasLimit, bytes memory data, uint256 most)
        internal
        returns (bool success, bytes memory returned)
    {
        assembly ("memory-safe") {
            success := call(gasLimit, target, 0, add(data, 32), mload(data), 0, 0)
        }
        returned = _returned(most);
    }

    /// @notice The same, and nothing may change; `size` is how many bytes `target` returned.
    function tryStaticCall(address target, uint256 gasLimit, bytes memory data, uint256 most)
        internal
        view
        returns (bool success, uint256 size, bytes memory returned)
    {
        assembly ("memory-safe") {
            success := staticcall(gasLimit, target, add(data, 32), mload(data), 0, 0)
            size := returndatasize()
        }
        returned = _returned(most);
    }

    function _returned(uint256 most) private pure returns (bytes memory returned) {
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, most) { size := most }
            returned := mload(64)
            mstore(64, add(add(returned, 32), and(add(size, 31), not(31))))
            mstore(returned, size)
            returndatacopy(add(returned, 32), 0, size)
        }
    }
}
