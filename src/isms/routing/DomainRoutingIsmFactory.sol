// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes, IDomainRoutingIsmFactory} from "../../interfaces/IRoutingIsm.sol";
import {DomainRoutingIsm} from "./DomainRoutingIsm.sol";

/// @title DomainRoutingIsmFactory
/// @notice Deploys modules that route by origin domain. See IDomainRoutingIsmFactory.
contract DomainRoutingIsmFactory is IDomainRoutingIsmFactory, PackageVersioned {
    /// @inheritdoc IDomainRoutingIsmFactory
    function deploy(address owner, uint32[] calldata domains, IInterchainSecurityModule[] calldata modules)
        external
        returns (address module)
    {
        if (domains.length != modules.length) revert LengthMismatch(domains.length, modules.length);
        IDomainRoutes.DomainModule[] memory routes = new IDomainRoutes.DomainModule[](domains.length);
        for (uint256 i; i < domains.length; ++i) {
            routes[i] = IDomainRoutes.DomainModule(domains[i], modules[i]);
        }
        module = address(new DomainRoutingIsm(owner, routes));
        emit ModuleDeployed(module);
    }
}
