// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "./IInterchainAccount.sol";
import {IInterchainAccounts} from "./IInterchainAccounts.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";
import {IRouter} from "./IRouter.sol";

/// @title IInterchainAccountRouter
/// @notice Has the caller's accounts on other chains make calls. What arrives here is in IInterchainAccounts.
/// @dev The ABI of the ecosystem's router but for what pays in tokens: `approveFeeTokenForHook` and the quotes that name a fee
///      token. A hook that may take this router's tokens is told how many by the metadata that any caller chooses. `initialize`
///      is not needed.
///
///      Value sent along is for the hooks; what they do not take goes to the refund address of the metadata, or else to the
///      caller. Metadata that names no gas has the router's for the destination (`destinationGas`) where it is empty, and
///      50,000 otherwise.
///      Warning: the owner says which router and module are meant where a caller names none. An account of another router or
///      module is another account: one that is to hold value is better named in full.
interface IInterchainAccountRouter is IInterchainAccounts, IRouter {
    /// @notice How calls are sent. Every field counts as it stands: begin with `defaultOptions`.
    struct CallOptions {
        /// The router on the destination, addr32.
        bytes32 router;
        /// The module there that verifies the message, addr32; zero for the default of the Mailbox there.
        bytes32 ism;
        /// Of the account: the caller may have any number of them.
        bytes32 salt;
        /// For the hooks: gas, refund address and more (see StandardHookMetadata).
        bytes hookMetadata;
        /// Called in place of the Mailbox's default hook; zero for that.
        IPostDispatchHook hook;
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice Calls, or a commitment to calls, were sent to an account of `owner`.
    event RemoteCallDispatched(
        uint32 indexed destination, address indexed owner, bytes32 router, bytes32 ism, bytes32 salt
    );

    /// @notice A commitment and its reveal were sent.
    event CommitRevealDispatched(bytes32 indexed commitment);

    /// @notice Messages to the domain that name no module name this one.
    event RemoteIsmEnrolled(uint32 indexed domain, bytes32 ism);

    /* ----------------------------------------------------- views ---------------------------------------------------- */

    /// @notice The module that is meant where a caller names none, addr32; zero for the default of the Mailbox there.
    function isms(uint32 destinationDomain) external view returns (bytes32);

    /// @notice Gas that the delivery of a commitment is paid for.
    function COMMIT_TX_GAS_USAGE() external view returns (uint256);

    /// @notice What a call without options means: the enrolled router and module, this router's hook, refunds to the caller.
    /// @param gasLimit Gas for the delivery, beside what the gas paymaster adds for each message.
    function defaultOptions(uint32 destination, uint256 gasLimit) external view returns (CallOptions memory);

    /// @notice The address of an account of `owner_` on another chain, whether it stands there already or not.
    /// @dev Warning: right only if `router` is this contract's code, created as a whole.
    function getRemoteInterchainAccount(address owner_, address router, address ism, bytes32 userSalt)
        external
        view
        returns (address);

    /// @notice The same with userSalt 0.
    function getRemoteInterchainAccount(address owner_, address router, address ism) external view returns (address);

    /// @notice The same with the enrolled router and module.
    function getRemoteInterchainAccount(uint32 destination, address owner_, bytes32 userSalt)
        external
        view
        returns (address);

    /// @notice The same with the enrolled router and module, and userSalt 0.
    function getRemoteInterchainAccount(uint32 destination, address owner_) external view returns (address);

    /// @notice Wei for `callRemote` with these arguments, exactly.
    function quoteCallRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, CallOptions calldata options)
        external
        view
        returns (uint256);

    /// @notice Wei for calls whose delivery takes this much gas, where the fee does not depend on the calls.
    function quoteGasPayment(uint32 destination, uint256 gasLimit) external view returns (uint256);

    /// @notice Wei for `callRemoteCommitReveal` with this much gas for the reveal.
    function quoteGasForCommitReveal(uint32 destination, uint256 gasLimit) external view returns (uint256);

    /* ----------------------------------------------------- calls ---------------------------------------------------- */

    /// @notice Has the caller's account on `destination` make these calls, in their order, all or none.
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, CallOptions calldata options)
        external
        payable
        returns (bytes32 messageId);

    /// @notice The same with the default options.
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls)
        external
        payable
        returns (bytes32 messageId);

    /// @notice The same with the default options but this metadata.
    function callRemote(uint32 destination, IInterchainAccount.Call[] calldata calls, bytes calldata hookMetadata)
        external
        payable
        returns (bytes32 messageId);

    /// @notice The same with the default options but these.
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls
    ) external payable returns (bytes32 messageId);

    /// @notice The same with the default options but these.
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata
    ) external payable returns (bytes32 messageId);

    /// @notice The same with the default options but these.
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes32 userSalt
    ) external payable returns (bytes32 messageId);

    /// @notice The same with the default options but these.
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata,
        bytes32 userSalt
    ) external payable returns (bytes32 messageId);

    /// @notice The same with these options.
    function callRemoteWithOverrides(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        IInterchainAccount.Call[] calldata calls,
        bytes calldata hookMetadata,
        bytes32 salt,
        IPostDispatchHook hook_
    ) external payable returns (bytes32 messageId);

    /// @notice Commits the caller's account to calls that only their hash is told of, and asks for them in a second message.
    /// @dev The first message is paid for with COMMIT_TX_GAS_USAGE gas, by its exact quote; the second with the rest.
    ///      Anyone who knows the calls may reveal them on the destination: see IInterchainAccounts.
    /// @param gasLimit Gas for the reveal, in which the calls are made.
    function callRemoteCommitReveal(uint32 destination, bytes32 commitment, uint256 gasLimit)
        external
        payable
        returns (bytes32 commitmentId, bytes32 revealId);

    /// @notice The same with these options and the `CCIP_READ_ISM` of that router.
    function callRemoteCommitReveal(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        bytes calldata hookMetadata,
        IPostDispatchHook hook_,
        bytes32 salt,
        bytes32 commitment
    ) external payable returns (bytes32 commitmentId, bytes32 revealId);

    /// @notice The same with these options.
    /// @param ccipReadIsm Module on the destination that brings the calls, addr32.
    function callRemoteCommitReveal(
        uint32 destination,
        bytes32 router,
        bytes32 ism,
        bytes32 ccipReadIsm,
        bytes calldata hookMetadata,
        IPostDispatchHook hook_,
        bytes32 salt,
        bytes32 commitment
    ) external payable returns (bytes32 commitmentId, bytes32 revealId);

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @notice Enrolls a router, and the module that calls through it name. Owner only.
    function enrollRemoteRouterAndIsm(uint32 destination, bytes32 router, bytes32 ism) external;

    /// @notice `enrollRemoteRouterAndIsm` for each. Owner only.
    function enrollRemoteRouterAndIsms(
        uint32[] calldata destinations,
        bytes32[] calldata routers_,
        bytes32[] calldata isms_
    ) external;
}
