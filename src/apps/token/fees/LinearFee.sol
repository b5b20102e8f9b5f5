// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ITokenFee} from "../../../interfaces/ITokenFee.sol";
import {TokenFee} from "./TokenFee.sol";

/// @title LinearFee
/// @notice A part of the amount, up to a cap. See ITokenFee.
contract LinearFee is TokenFee {
    constructor(address token_, uint256 maxFee_, uint256 halfAmount_, address owner_)
        TokenFee(token_, maxFee_, halfAmount_, owner_)
    {}

    /// @inheritdoc ITokenFee
    function feeType() external pure returns (uint8) {
        return 1;
    }

    function _fee(uint256 amount) internal view override returns (uint256) {
        uint256 full = 2 * halfAmount;
        return amount < full ? Math.mulDiv(maxFee, amount, full) : maxFee;
    }
}
