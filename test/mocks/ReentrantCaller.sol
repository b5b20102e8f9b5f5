// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Recipient, module, hook and refund address in one: on the first call that may write it makes a planned call of its
///         own, and remembers what came of it. It answers every call with a word of 1, which as a verdict is true.
contract ReentrantCaller {
    address internal _target;
    bytes internal _call;

    uint256 public entries;
    bool public succeeded;
    bytes public returned;

    function plan(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
    }

    receive() external payable {
        _enter();
    }

    fallback(bytes calldata) external payable returns (bytes memory) {
        _enter();
        return abi.encode(1);
    }

    function _enter() internal {
        if (++entries == 1) (succeeded, returned) = _target.call(_call);
    }
}
