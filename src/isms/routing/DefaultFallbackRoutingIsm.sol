// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";

import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMailbox} from "../../interfaces/IMailbox.sol";
import {IDomainRoutes} from "../../interfaces/IRoutingIsm.sol";
import {DomainRoutes} from "./DomainRoutes.sol";
import {DomainRoutingIsm} from "./DomainRoutingIsm.sol";

/// @title DefaultFallbackRoutingIsm
/// @notice As DomainRoutingIsm; messages from other domains go to the Mailbox's default module.
/// @dev Trust: besides the routes and their owner, for domains without a route, the Mailbox's owner and default module. It
///      takes no message itself: the ecosystem's `hook`, `interchainSecurityModule` and their setters are left out.
contract DefaultFallbackRoutingIsm is DomainRoutingIsm {
    using EnumerableMap for EnumerableMap.UintToAddressMap;

    /// @notice The Mailbox whose default module is the fallback.
    IMailbox public immutable mailbox;

    /// @param owner_ May set and remove routes.
    constructor(IMailbox mailbox_, address owner_, DomainModule[] memory routes) DomainRoutingIsm(owner_, routes) {
        if (address(mailbox_).code.length == 0) revert NotAContract(address(mailbox_));
        mailbox = mailbox_;
    }

    /// @inheritdoc IDomainRoutes
    /// @dev Where this module is itself the Mailbox's default there is nothing to fall back to.
    function module(uint32 domain)
        public
        view
        override(DomainRoutes, IDomainRoutes)
        returns (IInterchainSecurityModule)
    {
        (bool found, address module_) = _modules.tryGet(domain);
        if (found) return IInterchainSecurityModule(module_);
        IInterchainSecurityModule defaultIsm = mailbox.defaultIsm();
        if (address(defaultIsm) == address(this)) revert NoRoute(domain);
        return defaultIsm;
    }
}
