// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ITokenFee} from "../../../interfaces/ITokenFee.sol";
import {TokenFee} from "./TokenFee.sol";

/// @title ProgressiveFee
/// @notice A part of the amount that is small for small ones. See ITokenFee.
contract ProgressiveFee is TokenFee {
    constructor(address token_, uint256 maxFee_, uint256 halfAmount_, address owner_)
        TokenFee(token_, maxFee_, halfAmount_, owner_)
    {}

    /// @inheritdoc ITokenFee
    function feeType() external pure returns (uint8) {
        return 3;
    }

    /// @dev Above `MAX_AMOUNT`, where squares do not fit, the fee is the greatest one.
    function _fee(uint256 amount) internal view override returns (uint256) {
        if (amount > MAX_AMOUNT) return maxFee;
        uint256 square = amount * amount;
        return Math.mulDiv(maxFee, square, square + halfAmount * halfAmount);
    }
}
