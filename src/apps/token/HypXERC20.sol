// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypXERC20} from "../../interfaces/IHypXERC20.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {IXERC20} from "../../interfaces/IXERC20.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypXERC20
/// @notice Burns and mints an xERC20 for a route. See IHypXERC20.
contract HypXERC20 is IHypXERC20, FungibleRouter {
    using SafeERC20 for IXERC20;

    /// @inheritdoc IHypXERC20
    IXERC20 public immutable wrappedToken;

    constructor(
        IXERC20 xerc20,
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {
        if (address(xerc20).code.length == 0) revert NotAContract(address(xerc20));
        wrappedToken = xerc20;
    }

    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) external view returns (uint256) {
        return wrappedToken.balanceOf(account);
    }

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(wrappedToken);
    }

    /// @dev A burn that calls its sender back may let it receive as much in the meantime: that reverts, and nothing is sent.
    function _collect(uint256 amount, address feeTo, uint256 fee) internal override returns (uint256) {
        if (fee != 0) wrappedToken.safeTransferFrom(msg.sender, feeTo, fee);

        uint256 before = wrappedToken.balanceOf(msg.sender);
        wrappedToken.burn(msg.sender, amount);
        if (wrappedToken.balanceOf(msg.sender) + amount > before) revert NotBurnt(amount);
        return msg.value;
    }

    function _pay(address to, uint256 amount, uint256 gasLimit) internal override returns (bool) {
        bytes memory data = abi.encodeCall(IXERC20.mint, (to, amount));
        return BoundedCall.tryCall(address(wrappedToken), 0, data, gasLimit);
    }
}
