// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IFungibleRouter} from "./IFungibleRouter.sol";

/// @title IHypERC4626Collateral
/// @notice A token route's contract that keeps what it locks in an ERC-4626 vault: whoever has a share of it elsewhere earns
///         what the vault earns.
/// @dev Senders pay in the vault's asset, recipients are paid in it; messages and claims count the vault's shares. A synthetic
///      token of the route is a share: what it is worth is `vault().convertToAssets`. So what is locked here, in shares, is
///      what is out, to the last unit, whatever the vault earns or loses.
///
///      Behind the amount a message has `rate (32) || rateUpdateNonce (32)`, the assets that `PRECISION` shares are worth and a
///      number that rises with each, for the ecosystem's synthetic tokens that show assets for balances. Others ignore it.
///
///      Warning: the vault is trusted with all that is locked, and its price with what each transfer gets. A sender can not
///      bound the shares that its assets become: a vault whose price anyone can move by a gift, while it is nearly empty, takes
///      up to one share's worth from each sender; one that rounds a deposit to nothing is refused (`AmountTooSmall`). A vault
///      that can not pay at the moment leaves its payments waiting in claims.
///
///      Left out of the ecosystem's ABI: `feeHook` and `feeToken` (see IFungibleRouter).
interface IHypERC4626Collateral is IFungibleRouter {
    /// @notice A share would not be a whole number of units of the message.
    error SharesTooFine(uint256 numerator, uint256 denominator);

    /// @notice The vault.
    function vault() external view returns (IERC4626);

    /// @notice The vault's asset.
    function wrappedToken() external view returns (IERC20);

    /// @notice Shares whose worth a message tells.
    function PRECISION() external view returns (uint256);

    /// @notice The recipient of messages that tell nothing but the rate.
    function NULL_RECIPIENT() external view returns (bytes32);

    /// @notice Messages so far that told the rate.
    function rateUpdateNonce() external view returns (uint32);

    /// @notice Sends the rate without an amount. Anyone may, for what `quoteGasPayment` asks.
    function rebase(uint32 destination) external payable returns (bytes32 messageId);
}
