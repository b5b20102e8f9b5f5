// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRouter} from "./IRouter.sol";

/// @notice An amount of a token; the zero address is the native one.
struct Quote {
    address token;
    uint256 amount;
}

/// @title ITokenRouter
/// @notice A token route's contract on one chain: it takes tokens here and has its counterpart on another chain give them
///         there.
/// @dev The ABI of the ecosystem's token routers; bodies are those of the TokenMessage library.
interface ITokenRouter is IRouter {
    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice Tokens were taken and a message was dispatched; `amountOrId` as in the message.
    event SentTransferRemote(uint32 indexed destination, bytes32 indexed recipient, uint256 amountOrId);

    /// @notice A message was handled; `amountOrId` as in the message.
    event ReceivedTransferRemote(uint32 indexed origin, bytes32 indexed recipient, uint256 amountOrId);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice Tokens can not be sent to nobody.
    error ZeroRecipient();

    /// @notice A delivery takes no native coin.
    error ValueNotTaken(uint256 value);

    /* --------------------------------------------------- functions -------------------------------------------------- */

    /// @notice The token that is taken and given here; zero for the native one, this contract if it is the token.
    function token() external view returns (address);

    /// @notice What `transferRemote` of the same arguments takes from the caller now.
    /// @return First what the hooks want, in wei, which is to be sent along; then what is taken of `token`: the amount and the
    ///         route's fee.
    function quoteTransferRemote(uint32 destination, bytes32 recipient, uint256 amountOrId)
        external
        view
        returns (Quote[] memory);

    /// @notice Takes tokens of the caller and has them given to `recipient` on the chain of domain `destination`.
    /// @dev Value beyond what is quoted goes to the hooks, which refund it to the caller.
    ///      Warning: a recipient that nobody controls there has the tokens wait, in the claims of that chain's router.
    /// @param destination A domain that a router is enrolled for; `NoRouter` otherwise.
    /// @param recipient Who gets the tokens, left-padded to 32 bytes if it is an address. Not zero.
    /// @param amountOrId In units of the token here, or the id.
    function transferRemote(uint32 destination, bytes32 recipient, uint256 amountOrId)
        external
        payable
        returns (bytes32 messageId);
}
