// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that fees are paid in, which may keep a part, lie, or call somebody before it transfers.
contract PaymentToken is ERC20("Payment", "PAY") {
    enum Lie {
        None,
        ReturnsFalse,
        MovesNothing
    }

    Lie public lie;
    uint256 public keptPercent;
    address internal _callee;
    bytes internal _call;
    bool public callSucceeded;
    bytes public returned;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setLie(Lie lie_) external {
        lie = lie_;
    }

    /// @notice It burns this part of what is transferred.
    function setKept(uint256 percent) external {
        keptPercent = percent;
    }

    /// @notice In the next `transferFrom` it calls somebody before anything moves, as an ERC-777 calls the payer.
    function plan(address callee, bytes calldata call) external {
        (_callee, _call) = (callee, call);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        address callee = _callee;
        if (callee != address(0)) {
            _callee = address(0);
            (callSucceeded, returned) = callee.call(_call);
        }
        if (lie == Lie.ReturnsFalse) return false;
        if (lie == Lie.MovesNothing) return true;
        super.transferFrom(from, to, amount);
        _burn(to, (amount * keptPercent) / 100);
        return true;
    }
}

/// @notice Returns nothing where the standard says a bool, as one of the most used tokens does.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address account => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
