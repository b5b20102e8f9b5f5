// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IXERC20} from "src/interfaces/IXERC20.sol";

/// @notice An xERC20 with a mint limit and a burn limit for each bridge, set by anyone, that can be told to misbehave.
contract LimitedXERC20 is IXERC20, ERC20("Limited", "XLIM") {
    mapping(address bridge => uint256) public mintingCurrentLimitOf;
    mapping(address bridge => uint256) public burningCurrentLimitOf;
    uint256 internal _spared;

    error OverLimit(uint256 amount, uint256 limit);

    function setLimits(address bridge, uint256 minting, uint256 burning) external {
        mintingCurrentLimitOf[bridge] = minting;
        burningCurrentLimitOf[bridge] = burning;
    }

    /// @notice Of what it should burn, this much stays.
    function setSpared(uint256 spared) external {
        _spared = spared;
    }

    function mint(address user, uint256 amount) external {
        uint256 limit = mintingCurrentLimitOf[msg.sender];
        if (amount > limit) revert OverLimit(amount, limit);
        mintingCurrentLimitOf[msg.sender] = limit - amount;
        _mint(user, amount);
    }

    function burn(address user, uint256 amount) external {
        if (user != msg.sender) _spendAllowance(user, msg.sender, amount);
        uint256 limit = burningCurrentLimitOf[msg.sender];
        if (amount > limit) revert OverLimit(amount, limit);
        burningCurrentLimitOf[msg.sender] = limit - amount;
        _burn(user, amount - _spared);
    }
}
