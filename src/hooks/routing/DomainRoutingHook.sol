// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {DomainHooks} from "./DomainHooks.sol";

/// @title DomainRoutingHook
/// @notice Routes by destination. See IDomainRoutingHook.
contract DomainRoutingHook is DomainHooks {
    /// @param owner_ May set the hooks.
    constructor(address owner_, HookConfig[] memory configs) DomainHooks(owner_, configs) {}

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 1;
    }

    function _otherwise(uint32 destination) internal pure override returns (IPostDispatchHook) {
        revert NoRoute(destination);
    }
}
