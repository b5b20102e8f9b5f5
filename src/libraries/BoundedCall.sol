// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title BoundedCall
/// @notice Calls that may fail, into code of others: they get no more gas than a limit, and no more of their answer is copied
///         than is asked for.
/// @dev A caller that takes a failure for an answer lets nobody make it fail by giving little gas: it keeps `gasleft()`
///      from before the call, and asks `requireGas` after a failure.
library BoundedCall {
    /// @notice The call failed, and had less gas than it is entitled to. More gas helps.
    error NotEnoughGas();

    /// @dev At most what a call itself costs, and making it: a cold account 2,600, value 9,000, a new account 25,000.
    uint256 internal constant OVERHEAD = 40_000;

    /// @notice Calls; false if the call reverts.
    function tryCall(address target, uint256 value, bytes memory data, uint256 gasLimit)
        internal
        returns (bool success)
    {
        assembly ("memory-safe") {
            success := call(gasLimit, target, value, add(data, 32), mload(data), 0, 0)
        }
    }

    /// @notice Calls; returns at most `most` bytes of what came back.
    function tryCallReturning(address target, uint256 value, bytes memory data, uint256 gasLimit, uint256 most)
        internal
        returns (bool success, bytes memory returned)
    {
        success = tryCall(target, value, data, gasLimit);
        returned = _returned(most);
    }

    /// @notice Calls, and nothing may change; returns at most `most` of the `size` bytes that came back.
    function tryStaticCall(address target, bytes memory data, uint256 gasLimit, uint256 most)
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

    /// @notice Transfers an ERC-20; false if the token reverts, answers anything but true, or answers nothing and is none.
    function tryTransfer(IERC20 token, address to, uint256 amount, uint256 gasLimit) internal returns (bool success) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        uint256 length;
        uint256 answer;
        assembly ("memory-safe") {
            success := call(gasLimit, token, 0, add(data, 32), mload(data), 0, 32)
            length := returndatasize()
            answer := mload(0)
        }
        if (!success) return false;
        return length == 0 ? address(token).code.length != 0 : length >= 32 && answer == 1;
    }

    /// @notice Reverts if a call made when `gas` was left can have got less than `gasLimit`.
    /// @dev All but a 64th of what is left can go to a call (EIP-150).
    function requireGas(uint256 gas, uint256 gasLimit) internal pure {
        if (gas - gas / 64 < gasLimit + OVERHEAD) revert NotEnoughGas();
    }

    function _returned(uint256 most) private pure returns (bytes memory returned) {
        assembly ("memory-safe") {
            let size := returndatasize()
            if gt(size, most) {
                size := most
            }
            returned := mload(64)
            mstore(64, add(add(returned, 32), and(add(size, 31), not(31))))
            mstore(returned, size)
            returndatacopy(add(returned, 32), 0, size)
        }
    }
}
