// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IDomainRoutes, IRoutingIsm} from "../../interfaces/IRoutingIsm.sol";
import {Message} from "../../libraries/Message.sol";
import {RoutingIsm} from "./RoutingIsm.sol";

/// @title DomainRoutes
/// @notice Routes by origin domain, whoever may change them. See IDomainRoutes.
abstract contract DomainRoutes is IDomainRoutes, RoutingIsm, Ownable2Step {
    using EnumerableMap for EnumerableMap.UintToAddressMap;
    using Message for bytes;

    EnumerableMap.UintToAddressMap internal _modules;

    constructor(address owner_, DomainModule[] memory routes) Ownable(owner_) {
        for (uint256 i; i < routes.length; ++i) {
            _setModule(routes[i].domain, routes[i].module);
        }
    }

    /// @inheritdoc IDomainRoutes
    function set(uint32 domain, IInterchainSecurityModule module_) external onlyOwner {
        _setModule(domain, module_);
    }

    /// @inheritdoc IDomainRoutes
    function setIsms(DomainModule[] calldata routes) external onlyOwner {
        for (uint256 i; i < routes.length; ++i) {
            _setModule(routes[i].domain, routes[i].module);
        }
    }

    /// @inheritdoc IDomainRoutes
    function domains() external view returns (uint256[] memory) {
        return _modules.keys();
    }

    /// @inheritdoc IRoutingIsm
    function route(bytes calldata message)
        public
        view
        override(IRoutingIsm, RoutingIsm)
        returns (IInterchainSecurityModule)
    {
        return module(message.origin());
    }

    /// @inheritdoc IDomainRoutes
    function module(uint32 domain) public view virtual returns (IInterchainSecurityModule) {
        (bool found, address module_) = _modules.tryGet(domain);
        if (!found) revert NoRoute(domain);
        return IInterchainSecurityModule(module_);
    }

    function _setModule(uint32 domain, IInterchainSecurityModule module_) internal virtual {
        if (address(module_).code.length == 0) revert NotAContract(address(module_));

        // slither-disable-next-line unused-return
        _modules.set(domain, address(module_));
        emit ModuleSet(domain, module_);
    }
}
