// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITokenRouter} from "./ITokenRouter.sol";

/// @title INonFungibleRouter
/// @notice A token route's contract for a collection of ERC-721 tokens: it moves one by its id.
/// @dev Giving. Nothing asks the recipient: a contract gets its token whether it knows ERC-721 or not (no `onERC721Received`).
///      A token that can not be given does not hold up the message: this contract keeps it, and it becomes claimable. That is
///      so if the collection refuses, within `PAYMENT_GAS`, or if the recipient is nobody here. Whoever delivers with so little
///      gas that giving might have lacked some of it, does not deliver (`NotEnoughGas` of the BoundedCall library).
///
///      Quotes. The second entry of `quoteTransferRemote` has the id for its amount: what `approve` is to be called with.
///
///      Left out of the ecosystem's ABI: fees (`setFeeRecipient`, `setFeeHook`, `feeHook`, `feeToken`), as an id has no parts.
///
///      Warning: a contract that can not move ERC-721 tokens keeps for ever what it is sent. A token that somebody moves to
///      this contract by a plain `transferFrom`, rather than by `transferRemote`, is lost or goes to whom the route gives its
///      id. The owner says where claims go whose recipient is nobody on this chain.
interface INonFungibleRouter is ITokenRouter {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice The token could not be given to its recipient, and waits for it.
    event TokenDeferred(bytes32 indexed recipient, uint256 indexed id);

    /// @notice A token that waited was given to `to`.
    event TokenClaimed(bytes32 indexed recipient, address indexed to, uint256 indexed id);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice The token is not the account's; who may only move it for its holder can not send it.
    error NotTheHolder(uint256 id, address account);

    /// @notice The caller may not have this token given there.
    error NotClaimant(address caller, bytes32 recipient, address to);

    /// @notice No such token waits.
    error NothingToClaim(uint256 id);

    /// @notice The token could not be given to `to`.
    error ClaimFailed(address to, uint256 id);

    /// @notice The token waits for somebody else already. The message can be delivered when that one has claimed it.
    error AlreadyWaiting(uint256 id);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice Whom the token waits for; this contract stands for zero; zero if it does not wait.
    function claimable(uint256 id) external view returns (bytes32 recipient);

    /// @notice Gas that giving a token may use, of a delivery.
    function PAYMENT_GAS() external view returns (uint256);

    /// @notice 1: ids are not scaled.
    function scaleNumerator() external view returns (uint256);

    /// @notice 1: ids are not scaled.
    function scaleDenominator() external view returns (uint256);

    /// @notice Zero: there is no fee.
    function feeRecipient() external view returns (address);

    /* --------------------------------------------------- functions -------------------------------------------------- */

    /// @notice Gives a token that waits, with all the gas there is.
    /// @dev To the recipient itself: anyone may call. To another account: the recipient only; or the owner, if the recipient is
    ///      nobody here: zero, no address of this chain, or this contract. `NotClaimant` otherwise.
    function claim(uint256 id, address to) external;
}
