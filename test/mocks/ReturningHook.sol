// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostDispatchHook} from "src/hooks/PostDispatchHook.sol";

/// @notice Takes a fee and returns the rest, as hooks should.
contract ReturningHook is PostDispatchHook {
    uint256 public immutable fee;

    constructor(uint256 fee_) {
        fee = fee_;
    }

    function hookType() external pure returns (uint8) {
        return 8;
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override {
        _refundExcess(metadata, message, fee);
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal view override returns (uint256) {
        return fee;
    }
}
