// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// solhint-disable func-name-mixedcase

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IFungibleRouter} from "../../interfaces/IFungibleRouter.sol";
import {IHypERC4626Collateral} from "../../interfaces/IHypERC4626Collateral.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {ITokenFee} from "../../interfaces/ITokenFee.sol";
import {ITokenRouter} from "../../interfaces/ITokenRouter.sol";
import {BoundedCall} from "../../libraries/BoundedCall.sol";
import {ExactPull} from "../../libraries/ExactPull.sol";
import {TokenMessage} from "../../libraries/TokenMessage.sol";
import {Router} from "../Router.sol";
import {FungibleRouter} from "./FungibleRouter.sol";
import {TokenRouter} from "./TokenRouter.sol";

/// @title HypERC4626Collateral
/// @notice Locks an ERC-20 in a vault for a route. See IHypERC4626Collateral.
contract HypERC4626Collateral is IHypERC4626Collateral, FungibleRouter, ReentrancyGuardTransient {
    using ExactPull for IERC20;
    using SafeERC20 for IERC20;

    /// @inheritdoc IHypERC4626Collateral
    uint256 public constant PRECISION = 1e10;

    /// @inheritdoc IHypERC4626Collateral
    bytes32 public constant NULL_RECIPIENT = bytes32(uint256(1));

    /// @inheritdoc IHypERC4626Collateral
    IERC4626 public immutable vault;

    /// @inheritdoc IHypERC4626Collateral
    IERC20 public immutable wrappedToken;

    /// @inheritdoc IHypERC4626Collateral
    uint32 public rateUpdateNonce;

    constructor(
        IERC4626 vault_,
        uint256 numerator,
        uint256 denominator,
        IMailbox mailbox_,
        IPostDispatchHook hook_,
        IInterchainSecurityModule module,
        address owner_
    ) FungibleRouter(numerator, denominator) Router(mailbox_, hook_, module, owner_) {
        // The digits of a deposit's shares that could not be sent would be nobody's.
        if (numerator < denominator) revert SharesTooFine(numerator, denominator);
        IERC20 asset = IERC20(vault_.asset());
        if (address(asset).code.length == 0) revert NotAContract(address(asset));
        (vault, wrappedToken) = (vault_, asset);
    }

    /// @inheritdoc IHypERC4626Collateral
    function rebase(uint32 destination) external payable returns (bytes32) {
        return _dispatch(destination, msg.value, TokenMessage.encode(NULL_RECIPIENT, 0, _nextRate()));
    }

    /// @inheritdoc IFungibleRouter
    function balanceOf(address account) external view returns (uint256) {
        return wrappedToken.balanceOf(account);
    }

    /// @inheritdoc ITokenRouter
    function token() public view override(ITokenRouter, TokenRouter) returns (address) {
        return address(wrappedToken);
    }

    /// @dev Not reentrant: shares that another transfer brings are not this one's.
    function _take(uint32 destination, bytes32 recipient, uint256 assets)
        internal
        override
        nonReentrant
        returns (uint256 sent, uint256 value, bytes memory body)
    {
        (ITokenFee feeTo, uint256 fee) = _fee(destination, recipient, assets);

        uint256 before = vault.balanceOf(address(this));
        value = _collect(assets, address(feeTo), fee);
        (sent,) = _toMessage(vault.balanceOf(address(this)) - before);
        if (sent == 0) revert AmountTooSmall(assets);
        body = TokenMessage.encode(recipient, sent, _nextRate());
    }

    function _quoteTake(uint32 destination, bytes32 recipient, uint256 assets)
        internal
        view
        override
        returns (uint256, bytes memory)
    {
        (, uint256 fee) = _fee(destination, recipient, assets);
        (uint256 sent,) = _toMessage(vault.previewDeposit(assets));
        return (assets + fee, TokenMessage.encode(recipient, sent, _rate(rateUpdateNonce + 1)));
    }

    /// @dev The vault's answers are not believed: who calls looks at the shares.
    function _collect(uint256 assets, address feeTo, uint256 fee) internal override returns (uint256) {
        wrappedToken.pull(msg.sender, assets);
        if (fee != 0) wrappedToken.safeTransferFrom(msg.sender, feeTo, fee);

        wrappedToken.forceApprove(address(vault), assets);
        // slither-disable-next-line unused-return
        vault.deposit(assets, address(this));
        return msg.value;
    }

    /// @dev In shares.
    function _pay(address to, uint256 shares, uint256 gasLimit) internal override returns (bool) {
        bytes memory data = abi.encodeCall(IERC4626.redeem, (shares, to, address(this)));
        return BoundedCall.tryCall(address(vault), 0, data, gasLimit);
    }

    function _nextRate() private returns (bytes memory) {
        return _rate(++rateUpdateNonce);
    }

    function _rate(uint32 nonce) private view returns (bytes memory) {
        return abi.encode(vault.convertToAssets(PRECISION), nonce);
    }
}
