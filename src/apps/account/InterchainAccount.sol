// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";

import {IInterchainAccount} from "../../interfaces/IInterchainAccount.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {TypeCasts} from "../../libraries/TypeCasts.sol";

/// @title InterchainAccount
/// @notice The code of all accounts of the router that creates this contract. See IInterchainAccount.
contract InterchainAccount is IInterchainAccount, ERC721Holder, ERC1155Holder {
    using TypeCasts for bytes32;

    uint256 internal constant MAX_REASON = 1024;

    /// @inheritdoc IInterchainAccount
    address public immutable router;

    constructor() {
        router = msg.sender;
    }

    receive() external payable {}

    /// @inheritdoc IInterchainAccount
    function execute(Call[] calldata calls) external payable {
        if (msg.sender != router) revert NotMyRouter(msg.sender);
        for (uint256 i; i < calls.length; ++i) {
            address to = calls[i].to.toAddress();
            if (calls[i].data.length != 0 && to.code.length == 0) revert NothingToCall(i, to);
            (bool success, bytes memory reason) =
                BoundedCall.tryCallReturning(to, calls[i].value, calls[i].data, gasleft(), MAX_REASON);
            if (!success) revert CallFailed(i, to, reason);
        }
    }
}
