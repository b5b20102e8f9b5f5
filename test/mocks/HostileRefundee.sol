// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A refund address that does as it was told when the refund comes: it refuses it, or calls others with the half of it.
///         What it is told to do it does once, so that its own dispatches end.
contract HostileRefundee {
    bool public refuses;
    address[] internal _targets;
    bytes[] internal _calls;
    bool[] internal _pays;
    uint256 public next;

    /// @notice Whether any call succeeded.
    uint256 public successes;

    function plan(bool refuses_, address[] calldata targets, bytes[] calldata calls, bool[] calldata pays) external {
        refuses = refuses_;
        (_targets, _calls, _pays) = (targets, calls, pays);
        next = 0;
    }

    receive() external payable {
        require(!refuses);
        while (next < _targets.length) {
            uint256 i = next++;
            (bool success,) = _targets[i].call{value: _pays[i] ? msg.value / 2 : 0}(_calls[i]);
            if (success) ++successes;
            if (_pays[i]) return;
        }
    }
}
