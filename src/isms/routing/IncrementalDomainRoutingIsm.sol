// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IIncrementalDomainRoutingIsm} from "../../interfaces/IRoutingIsm.sol";
import {DomainRoutes} from "./DomainRoutes.sol";

/// @title IncrementalDomainRoutingIsm
/// @notice Routes by origin domain that can only be added. See IIncrementalDomainRoutingIsm.
contract IncrementalDomainRoutingIsm is IIncrementalDomainRoutingIsm, DomainRoutes {
    using EnumerableMap for EnumerableMap.UintToAddressMap;

    /// @param owner_ May add routes.
    constructor(address owner_, DomainModule[] memory routes) DomainRoutes(owner_, routes) {}

    function _setModule(uint32 domain, IInterchainSecurityModule module_) internal override {
        if (_modules.contains(domain)) revert DomainAlreadySet(domain);
        super._setModule(domain, module_);
    }
}
