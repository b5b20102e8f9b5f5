// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypERC20Collateral} from "../../interfaces/IHypERC20Collateral.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {ExactPull} from "../../libraries/ExactPull.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypERC20Collateral
/// @notice Locks an ERC-20 for a route. See IHypERC20Collateral.
contract HypERC20Collateral is IHypERC20Collateral, FungibleRouter, ReentrancyGuardTransient {
    using BoundedCall for IERC20;
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    /// @inheritdoc IHypERC20Collateral
    IERC20 public immutable wrappedToken;

    constructor(
        IERC20 erc20,
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {
        if (address(erc20).code.length == 0) revert NotAContract(address(erc20));
        wrappedToken = erc20;
    }

    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) external view returns (uint256) {
        return wrappedToken.balanceOf(account);
    }

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(wrappedToken);
    }

    /// @dev Not reentrant: tokens that another transfer brings are not this one's.
    function _collect(uint256 amount, address feeTo, uint256 fee) internal override nonReentrant returns (uint256) {
        wrappedToken.pull(msg.sender, amount);
        if (fee != 0) wrappedToken.safeTransferFrom(msg.sender, feeTo, fee);
        return msg.value;
    }

    function _pay(address to, uint256 amount, uint256 gasLimit) internal override returns (bool) {
        return wrappedToken.tryTransfer(to, amount, gasLimit);
    }
}
