// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostDispatchHook} from "src/hooks/PostDispatchHook.sol";

/// @notice Asks where its fee is; so that a test can count how often.
contract FeeOracle {
    uint256 public fee;

    constructor(uint256 fee_) {
        fee = fee_;
    }
}

/// @notice Takes a fee, refunds the rest and counts the messages.
contract FeeHook is PostDispatchHook {
    FeeOracle public immutable oracle;
    uint256 public calls;

    constructor(uint256 fee) {
        oracle = new FeeOracle(fee);
    }

    function hookType() external pure returns (uint8) {
        return 8;
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        ++calls;
        _refundExcess(metadata, message, oracle.fee());
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal view override returns (uint256) {
        return oracle.fee();
    }
}
