// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IRoutingIsm
/// @notice Leaves each message to the module that it chooses for it; the metadata is that module's. A batch can be verified at
///         once (IBatchInterchainSecurityModule) where one module is chosen for all, and verifies batches.
/// @dev Trust: for each message, that of the module it is routed to, and of whoever may change the routes.
interface IRoutingIsm is IInterchainSecurityModule {
    /// @notice The address has no code and can not be a module.
    error NotAContract(address account);

    /// @notice The messages of a batch are not all routed to one module, which one proof can not be for.
    error MixedRoutes(address module, address other);

    /// @notice The module that must verify `message`. Reverts where there is none.
    function route(bytes calldata message) external view returns (IInterchainSecurityModule);
}

/// @title IDomainRoutes
/// @notice Routes by the domain that a message comes from.
interface IDomainRoutes is IRoutingIsm {
    struct DomainModule {
        uint32 domain;
        IInterchainSecurityModule module;
    }

    /// @notice A domain has a module now, its first or another.
    event ModuleSet(uint32 indexed domain, IInterchainSecurityModule indexed module);

    /// @notice There is no module for messages from this domain.
    error NoRoute(uint32 domain);

    /// @notice The domains that have a module of their own.
    function domains() external view returns (uint256[] memory);

    /// @notice The module for messages from `domain`. Reverts with `NoRoute` where there is none.
    function module(uint32 domain) external view returns (IInterchainSecurityModule);

    /// @notice Sets the module for messages from `domain`. Owner only.
    function set(uint32 domain, IInterchainSecurityModule module_) external;

    /// @notice Sets modules for several domains. Owner only.
    function setIsms(DomainModule[] calldata routes) external;
}

/// @title IDomainRoutingIsm
/// @notice Routes by origin domain, set by an owner.
/// @dev Warning: the owner can forge messages of any domain, at once, by naming a module of its own, and stop any. It may
///      renounce: the routes then stay. There is nothing to initialise: `initialize` and `Initialized` are left out.
interface IDomainRoutingIsm is IDomainRoutes {
    /// @notice A domain has no module any more.
    event ModuleRemoved(uint32 indexed domain);

    /// @notice Removes the module of `domain`. Owner only. Reverts with `NoRoute` if it has none.
    function remove(uint32 domain) external;

    /// @notice Removes the modules of several domains. Owner only.
    function removeIsms(uint32[] calldata domains_) external;
}

/// @title IIncrementalDomainRoutingIsm
/// @notice Routes by origin domain; the owner can add domains, and neither change nor remove any.
/// @dev Trust: the owner decides whom to trust for domains that are not there yet, and has no power over those that are.
interface IIncrementalDomainRoutingIsm is IDomainRoutes {
    /// @notice The domain has its module for ever.
    error DomainAlreadySet(uint32 domain);
}

/// @title IAmountRoutingIsm
/// @notice Routes by the amount of a token message (see the TokenMessage library): small ones to one module, large ones to
///         another.
/// @dev Trust: an attacker picks the amount. Who can forge through `lower` can forge any number of transfers below the
///      threshold: put a rate limit there. The amount is in the units of the message, which with decimals scaling are not
///      those of the token.
interface IAmountRoutingIsm is IRoutingIsm {
    /// @notice Module for amounts below the threshold.
    function lower() external view returns (IInterchainSecurityModule);

    /// @notice Module for amounts of the threshold or above.
    function upper() external view returns (IInterchainSecurityModule);

    /// @notice In units of the message's amount.
    function threshold() external view returns (uint256);
}

/// @title IDomainRoutingIsmFactory
/// @notice Deploys modules that route by origin domain.
/// @dev Modules are contracts of their own, not proxies: the ecosystem's `implementation` is left out.
interface IDomainRoutingIsmFactory {
    /// @notice A module was deployed.
    event ModuleDeployed(address module); // slither-disable-line unindexed-event-address

    /// @notice There are not as many domains as modules.
    error LengthMismatch(uint256 domains, uint256 modules);

    /// @notice Deploys a module with its first routes. Anyone may call.
    function deploy(address owner, uint32[] calldata domains, IInterchainSecurityModule[] calldata modules)
        external
        returns (address module);
}
