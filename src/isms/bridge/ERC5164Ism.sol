// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IERC5164Ism} from "../../interfaces/IMessageIdAuthorizedIsm.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";
import {MessageIdAuthorizedIsm} from "./MessageIdAuthorizedIsm.sol";

/// @title ERC5164Ism
/// @notice Verifies what came through an ERC-5164 bridge. See IERC5164Ism.
contract ERC5164Ism is IERC5164Ism, MessageIdAuthorizedIsm {
    using TypeCasts for address;

    /// @dev Calldata of `preVerifyMessage`, and what an executor appends: messageId (32), fromChainId (32), from (20).
    uint256 internal constant CALL_LENGTH = 4 + 2 * 32;
    uint256 internal constant LENGTH = CALL_LENGTH + 84;

    /// @inheritdoc IERC5164Ism
    address public immutable executor;

    /// @inheritdoc IERC5164Ism
    uint256 public immutable originChainId;

    // slither-disable-next-line missing-zero-check
    constructor(address executor_, uint256 originChainId_) {
        executor = executor_;
        originChainId = originChainId_;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }

    function _bridgeSender() internal view override returns (bytes32) {
        if (msg.sender != executor || msg.data.length != LENGTH) revert NotCrossChainCall();
        uint256 fromChainId = uint256(bytes32(msg.data[CALL_LENGTH + 32:CALL_LENGTH + 64]));
        if (fromChainId != originChainId) revert WrongOrigin(fromChainId);
        return address(bytes20(msg.data[CALL_LENGTH + 64:])).toBytes32();
    }
}
