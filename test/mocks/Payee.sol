// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An account that is paid native coin and takes that as it was told to.
contract Payee {
    enum Mode {
        Takes,
        Refuses,
        BurnsGas,
        RefusesAtLength,
        AnswersAtLength,
        Demands
    }

    uint256 internal constant LENGTH = 200_000;

    Mode public mode;
    uint256 public demand;

    /// @notice As others that are paid, it can make a call first.
    address internal _target;
    bytes internal _call;
    bool public called;
    bytes public returned;

    error Refused();

    function set(Mode mode_) external {
        mode = mode_;
    }

    /// @notice It uses this much gas of what it gets, and refuses if that is not there.
    function setDemand(uint256 gas) external {
        (mode, demand) = (Mode.Demands, gas);
    }

    function plan(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
    }

    function act(address target, bytes calldata call) external returns (bytes memory) {
        (bool success, bytes memory answer) = target.call(call);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        return answer;
    }

    receive() external payable {
        uint256 start = gasleft();
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            (called, returned) = target.call(_call);
        }
        if (mode == Mode.Refuses) revert Refused();
        if (mode == Mode.BurnsGas) while (true) {}
        if (mode == Mode.Demands) while (start - gasleft() < demand) {}
        _answer();
    }

    function _answer() internal view {
        if (mode == Mode.RefusesAtLength) {
            assembly ("memory-safe") {
                revert(mload(64), LENGTH)
            }
        }
        if (mode == Mode.AnswersAtLength) {
            assembly ("memory-safe") {
                return(mload(64), LENGTH)
            }
        }
    }
}
