// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A refund address that does as it was told when the refund comes: it refuses it, or calls others with the half of it.
///         What it is told to do it does once, so that its own dispatches end.
contract HostileRefundee {
    struct Step {
        address target;
        bytes call;
        bool pays;
    }

    error Refused();

    bool public refuses;
    Step[] internal _steps;
    uint256 public next;

    /// @notice Of the steps that pay, those that succeeded: bit i for step i.
    uint256 public paid;

    function plan(bool refuses_, Step[] calldata steps) external {
        refuses = refuses_;
        delete _steps;
        for (uint256 i; i < steps.length; ++i) {
            _steps.push(steps[i]);
        }
        (next, paid) = (0, 0);
    }

    receive() external payable {
        if (refuses) revert Refused();
        while (next < _steps.length) {
            uint256 i = next++;
            Step memory step = _steps[i];
            // Whatever comes of it.
            (bool success,) = step.target.call{value: step.pays ? msg.value / 2 : 0}(step.call);
            if (!success || !step.pays) continue;
            paid |= 1 << i;
            return;
        }
    }
}
