// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypXERC20Lockbox} from "../../interfaces/IHypXERC20Lockbox.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {IXERC20} from "../../interfaces/IXERC20.sol";
import {IXERC20Lockbox} from "../../interfaces/IXERC20Lockbox.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {ExactPull} from "../../libraries/ExactPull.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypXERC20Lockbox
/// @notice Takes and gives the token of an xERC20's lockbox for a route. See IHypXERC20Lockbox.
contract HypXERC20Lockbox is IHypXERC20Lockbox, FungibleRouter, ReentrancyGuardTransient {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;
    using SafeERC20 for IXERC20;

    /// @inheritdoc IHypXERC20Lockbox
    IXERC20Lockbox public immutable lockbox;

    /// @inheritdoc IHypXERC20Lockbox
    IXERC20 public immutable xERC20;

    /// @inheritdoc IHypXERC20Lockbox
    IERC20 public immutable wrappedToken;

    constructor(
        IXERC20Lockbox lockbox_,
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {
        (IXERC20 minted, IERC20 locked) = (lockbox_.XERC20(), lockbox_.ERC20());
        if (address(minted).code.length == 0) revert NotAContract(address(minted));
        if (address(locked).code.length == 0) revert NotAContract(address(locked));
        (lockbox, xERC20, wrappedToken) = (lockbox_, minted, locked);
    }

    /// @inheritdoc IHypXERC20Lockbox
    /// @dev What the lockbox does not burn must not stay here: nobody could claim it.
    function mintAndWithdraw(address to, uint256 amount) external {
        if (msg.sender != address(this)) revert NotMyself(msg.sender);
        uint256 before = xERC20.balanceOf(address(this));
        xERC20.mint(address(this), amount);
        xERC20.forceApprove(address(lockbox), amount); // it burns what is another's
        lockbox.withdrawTo(to, amount);
        if (xERC20.balanceOf(address(this)) != before) revert NotWithdrawn(amount);
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

        uint256 before = xERC20.balanceOf(address(this));
        wrappedToken.forceApprove(address(lockbox), amount);
        lockbox.deposit(amount);
        xERC20.burn(address(this), amount);
        if (xERC20.balanceOf(address(this)) != before) revert NotBurnt(amount);
        return msg.value;
    }

    function _pay(address to, uint256 amount, uint256 gasLimit) internal override returns (bool) {
        bytes memory data = abi.encodeCall(IHypXERC20Lockbox.mintAndWithdraw, (to, amount));
        return BoundedCall.tryCall(address(this), 0, data, gasLimit);
    }
}
