// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Is called, remembers by whom and with what, and fails when told to.
contract CallTarget {
    uint256 public calls;
    address public caller;
    uint256 public value;
    uint256 public number;
    bool public broken;

    error Broken(uint256 number);

    receive() external payable {}

    function set(uint256 number_) external payable {
        if (broken) revert Broken(number_);
        ++calls;
        caller = msg.sender;
        value = msg.value;
        number = number_;
    }

    function setBroken(bool broken_) external {
        broken = broken_;
    }

    /// @dev Returns, or reverts with, so many zeros.
    function bomb(uint256 size, bool fails) external pure {
        assembly ("memory-safe") {
            if fails {
                revert(mload(64), size)
            }
            return(mload(64), size)
        }
    }

    /// @dev What remains is the cost of the call.
    function nothing() external payable {}

    /// @dev Uses up all the gas there is.
    function burn() external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
