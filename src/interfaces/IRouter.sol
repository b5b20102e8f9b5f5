// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISpecifiesInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";
import {IMessageRecipient} from "./IMessageRecipient.sol";
import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IRouter
/// @notice An application with one contract on each of several chains, its routers, which obey each other's messages only.
/// @dev The ABI of the ecosystem's routers. They are created whole: its `initialize` is left out. The owner is two-step.
///
///      Warning: the owner says whom this router obeys. It can enroll a router of its own and forge any message of the
///      application, name a module that verifies anything, and stop the traffic. Give it to a timelock or renounce it.
interface IRouter is IMessageRecipient, ISpecifiesInterchainSecurityModule {
    /// @notice Gas that `handle` is paid for on a destination.
    struct GasRouterConfig {
        uint32 domain;
        uint256 gas;
    }

    /* ---------------------------------------------------- events ---------------------------------------------------- */

    /// @notice `router` speaks for the application on `domain` from now on.
    event RouterEnrolled(uint32 indexed domain, bytes32 router);

    /// @notice Nobody speaks for the application on `domain` any more.
    event RouterUnenrolled(uint32 indexed domain);

    /// @notice Deliveries on `domain` are paid for with this much gas.
    event GasSet(uint32 domain, uint256 gas);

    /// @notice The hook that follows dispatches; zero for the Mailbox's default.
    event HookSet(address hook);

    /// @notice The module that verifies messages to this router; zero for the Mailbox's default.
    event IsmSet(address ism);

    /* ---------------------------------------------------- errors ---------------------------------------------------- */

    /// @notice No router is enrolled for the domain.
    error NoRouter(uint32 domain);

    /// @notice The message is from somebody else than the router enrolled for its origin.
    error NotTheRouter(uint32 origin, bytes32 sender);

    /// @notice A router can not be nobody.
    error ZeroRouter(uint32 domain);

    /// @notice There is not one address for each domain.
    error LengthMismatch(uint256 domains, uint256 addresses);

    /// @notice No code stands there.
    error NotAContract(address account);

    /* ---------------------------------------------------- views ----------------------------------------------------- */

    /// @notice The domains that routers are enrolled for, in no particular order.
    function domains() external view returns (uint32[] memory);

    /// @notice The router enrolled for `domain`, left-padded to 32 bytes; zero if there is none.
    function routers(uint32 domain) external view returns (bytes32);

    /// @notice Gas units that a delivery on `domain` is paid for, beside what the gas paymaster adds for each message.
    function destinationGas(uint32 domain) external view returns (uint256);

    /// @notice The hook called in place of the Mailbox's default hook; zero for that one.
    function hook() external view returns (IPostDispatchHook);

    /// @notice Wei to send with a message of an empty body to `domain`. Reverts with `NoRouter` if there is no router.
    function quoteGasPayment(uint32 domain) external view returns (uint256);

    /* ----------------------------------------------------- owner ---------------------------------------------------- */

    /// @notice Obeys `router` for messages from `domain`, in place of the router that was enrolled for it. Owner only.
    /// @dev Warning: messages of the router before it that are still under way are refused from now on.
    function enrollRemoteRouter(uint32 domain, bytes32 router) external;

    /// @notice `enrollRemoteRouter` for each pair. Owner only.
    function enrollRemoteRouters(uint32[] calldata domains_, bytes32[] calldata addresses) external;

    /// @notice Obeys nobody for messages from `domain`. Owner only. Reverts with `NoRouter` if nobody was obeyed.
    /// @dev Warning: its messages that are still under way can not be delivered until a router is enrolled again.
    function unenrollRemoteRouter(uint32 domain) external;

    /// @notice `unenrollRemoteRouter` for each domain. Owner only.
    function unenrollRemoteRouters(uint32[] calldata domains_) external;

    /// @notice Sets the gas that deliveries on `domain` are paid for. Owner only.
    function setDestinationGas(uint32 domain, uint256 gas) external;

    /// @notice Sets the gas for each domain. Owner only.
    function setDestinationGas(GasRouterConfig[] calldata configs) external;

    /// @notice Sets the hook; zero for the Mailbox's default. Owner only.
    function setHook(IPostDispatchHook hook_) external;

    /// @notice Sets the module; zero for the Mailbox's default. Owner only.
    /// @dev Warning: whoever can make the module verify can speak for every enrolled router.
    function setInterchainSecurityModule(IInterchainSecurityModule module) external;
}
