// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "./IInterchainAccount.sol";
import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IInterchainAccounts
/// @notice The accounts on this chain of those on other chains, and how they get their orders.
/// @dev There is one account for each (origin, owner, router, ism, userSalt): a message of another owner, through another
///      router, or verified by another module reaches another account. Its address is that of CREATE2 by this router with
///
///      salt = keccak256(uint32 origin ‖ owner ‖ router ‖ ism ‖ userSalt)
///
///      each but the first of 32 bytes. The message names the module that verifies it, before anything is verified. So anyone
///      may name a module that verifies all, and reaches what is bound to that module: nobody's account.
///      Warning: an account whose module is zero trusts the Mailbox's default module, and so the Mailbox's owner.
///
///      This router is its own module, of type 1. Its owner can not name another one.
interface IInterchainAccounts is IInterchainSecurityModule {
    /// @notice What became of calls that an account is committed to.
    enum Commitment {
        None,
        Pending,
        Over
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice An account stands now. Until then its address can already be sent to.
    event InterchainAccountCreated(
        address indexed account, uint32 origin, bytes32 router, bytes32 owner, address ism, bytes32 salt
    );

    /// @notice The account may be made to do what hashes to this, once.
    event Committed(address indexed account, bytes32 indexed commitment);

    /// @notice The account did it.
    event Revealed(address indexed account, bytes32 indexed commitment);

    /// @notice The account never will.
    event Cancelled(address indexed account, bytes32 indexed commitment);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice The message is for another recipient.
    error NotForThisRouter(bytes32 recipient);

    /// @notice The message names as its module this router, which verifies nothing itself, or an address without code.
    error NotAModule(address ism);

    /// @notice Accounts are bound to the modules that their messages name; there is none to set.
    error ModuleIsFixed();

    /// @notice A commitment counts once: this one is pending, was revealed or was cancelled.
    error AlreadyCommitted(address account, bytes32 commitment);

    /// @notice The account is not committed to this, not yet or not any more.
    error NotCommitted(address account, bytes32 commitment);

    /// @notice Nothing here takes the value that came along.
    error UnexpectedValue(uint256 value);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice The code that accounts are proxies of: this router's first creation.
    function implementation() external view returns (address);

    /// @notice keccak256 of an account's creation code.
    function bytecodeHash() external view returns (bytes32);

    /// @notice What became of a commitment of an account.
    function commitments(address account, bytes32 commitment) external view returns (Commitment);

    /// @notice The module that brings the calls of reveals: this router's second creation.
    function CCIP_READ_ISM() external view returns (address);

    /// @notice The module that must verify `message`: the one that it names, or the Mailbox's default if that is zero.
    /// @dev Reverts with `NotForThisRouter`, `NotAModule`, or on a malformed body.
    function route(bytes calldata message) external view returns (IInterchainSecurityModule);

    /// @notice The address, whether the account stands already or not.
    function getLocalInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism, bytes32 userSalt)
        external
        view
        returns (address);

    /// @notice The same with userSalt 0.
    function getLocalInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism)
        external
        view
        returns (address);

    /// @notice The same with userSalt 0.
    function getLocalInterchainAccount(uint32 origin, address owner_, address router, address ism)
        external
        view
        returns (address);

    /* --------------------------------------------------- functions -------------------------------------------------- */

    /// @notice The address, where the account stands afterwards. Anyone may call.
    function getDeployedInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism, bytes32 userSalt)
        external
        returns (address);

    /// @notice The same with userSalt 0.
    function getDeployedInterchainAccount(uint32 origin, bytes32 owner_, bytes32 router, address ism)
        external
        returns (address);

    /// @notice The same with userSalt 0.
    function getDeployedInterchainAccount(uint32 origin, address owner_, address router, address ism)
        external
        returns (address);

    /// @notice Has `account` make the calls that it is committed to. Anyone may call who knows them; value goes to the account.
    /// @dev A call that fails reverts all, and the commitment is pending still.
    /// @param salt The one that the commitment was made with.
    function revealAndExecute(address account, IInterchainAccount.Call[] calldata calls, bytes32 salt) external payable;

    /// @notice Ends a commitment of the caller, who is an account: also one whose message has not arrived. For good.
    /// @dev An account's owner sends it this call.
    function cancelCommitment(bytes32 commitment) external;
}
