// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice An ERC-20 that anyone may mint, and that can be told to misbehave: to take a fee, to answer false instead of paying,
///         to refuse, or to call into whoever is paid and whoever pays, as an ERC-777 does.
contract HostileToken is ERC20("Hostile", "HOST") {
    uint256 internal _fee;
    bool internal _answersFalse;
    bool internal _refuses;
    address internal _target;
    bytes internal _call;

    bool public called;
    bool public succeeded;
    bytes public returned;

    /// @notice It takes no part in a transfer now.
    error Refused();

    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function setFee(uint256 fee) external {
        _fee = fee;
    }

    function setAnswersFalse(bool answersFalse) external {
        _answersFalse = answersFalse;
    }

    function setRefuses(bool refuses) external {
        _refuses = refuses;
    }

    /// @notice On its next transfer the token makes this call, before it moves anything.
    function plan(address target, bytes calldata call) external {
        (_target, _call) = (target, call);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_answersFalse) return false;
        return super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (_answersFalse) return false;
        return super.transferFrom(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_refuses) revert Refused();
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            called = true;
            (succeeded, returned) = target.call(_call);
        }
        super._update(from, to, amount);
        if (_fee != 0 && from != address(0) && to != address(0)) super._update(to, address(this), _fee);
    }
}
