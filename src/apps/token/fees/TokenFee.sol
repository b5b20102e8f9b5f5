// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {PackageVersioned} from "../../../PackageVersioned.sol";
import {ITokenFee} from "../../../interfaces/ITokenFee.sol";
import {Quote} from "../../../interfaces/ITokenRouter.sol";

/// @title TokenFee
/// @notice Base of fees that approach a greatest one. See ITokenFee.
abstract contract TokenFee is ITokenFee, Ownable2Step, PackageVersioned {
    using SafeERC20 for IERC20;

    /// @dev Squares of both, added, fit into 256 bits.
    uint256 internal constant MAX_AMOUNT = 1 << 127;

    /// @inheritdoc ITokenFee
    address public immutable token;

    /// @inheritdoc ITokenFee
    uint256 public immutable maxFee;

    /// @inheritdoc ITokenFee
    uint256 public immutable halfAmount;

    constructor(address token_, uint256 maxFee_, uint256 halfAmount_, address owner_) Ownable(owner_) {
        if (halfAmount_ == 0 || halfAmount_ > MAX_AMOUNT) revert InvalidHalfAmount(halfAmount_);

        // slither-disable-next-line missing-zero-check
        token = token_;
        maxFee = maxFee_;
        halfAmount = halfAmount_;
    }

    /// @notice Takes fees in the native token.
    receive() external payable {}

    /// @inheritdoc ITokenFee
    function claim(address beneficiary) external onlyOwner {
        if (token != address(0)) {
            IERC20(token).safeTransfer(beneficiary, IERC20(token).balanceOf(address(this)));
            return;
        }
        uint256 amount = address(this).balance;
        (bool paid,) = beneficiary.call{value: amount}("");
        if (!paid) revert ClaimFailed(beneficiary, amount);
    }

    /// @inheritdoc ITokenFee
    function quoteTransferRemote(uint32, bytes32, uint256 amount) external view returns (Quote[] memory quotes) {
        quotes = new Quote[](1);
        quotes[0] = Quote({token: token, amount: _fee(amount)});
    }

    function _fee(uint256 amount) internal view virtual returns (uint256);
}
