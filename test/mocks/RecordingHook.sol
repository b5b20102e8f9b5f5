// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PostDispatchHook} from "src/hooks/PostDispatchHook.sol";
import {IMailbox} from "src/interfaces/IMailbox.sol";

/// @notice Wants a fee, keeps all that it gets, and remembers what it saw.
contract RecordingHook is PostDispatchHook {
    uint256 public immutable fee;

    uint256 public calls;
    uint256 public value;
    bytes public metadata;
    bytes public message;
    bytes32 public latestDispatchedId;
    uint32 public leaves;

    constructor(uint256 fee_) {
        fee = fee_;
    }

    function hookType() external pure returns (uint8) {
        return 8;
    }

    function _postDispatch(bytes calldata metadata_, bytes calldata message_) internal override {
        if (msg.value < fee) revert Underpaid(msg.value, fee);
        ++calls;
        value = msg.value;
        metadata = metadata_;
        message = message_;
        latestDispatchedId = IMailbox(msg.sender).latestDispatchedId();
        leaves = IMailbox(msg.sender).merkleTreeHook().count();
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal view override returns (uint256) {
        return fee;
    }
}
