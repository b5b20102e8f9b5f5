// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";

import {IDomainRoutingIsm} from "../../interfaces/IRoutingIsm.sol";
import {DomainRoutes} from "./DomainRoutes.sol";

/// @title DomainRoutingIsm
/// @notice Routes by origin domain, set by an owner. See IDomainRoutingIsm.
contract DomainRoutingIsm is IDomainRoutingIsm, DomainRoutes {
    using EnumerableMap for EnumerableMap.UintToAddressMap;

    /// @param owner_ May set and remove routes.
    constructor(address owner_, DomainModule[] memory routes) DomainRoutes(owner_, routes) {}

    /// @inheritdoc IDomainRoutingIsm
    function remove(uint32 domain) external onlyOwner {
        _remove(domain);
    }

    /// @inheritdoc IDomainRoutingIsm
    function removeIsms(uint32[] calldata domains_) external onlyOwner {
        for (uint256 i; i < domains_.length; ++i) {
            _remove(domains_[i]);
        }
    }

    function _remove(uint32 domain) internal {
        if (!_modules.remove(domain)) revert NoRoute(domain);
        emit ModuleRemoved(domain);
    }
}
