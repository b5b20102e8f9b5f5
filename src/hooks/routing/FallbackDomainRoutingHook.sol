// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IFallbackDomainRoutingHook} from "../../interfaces/IRoutingHook.sol";
import {DomainHooks} from "./DomainHooks.sol";

/// @title FallbackDomainRoutingHook
/// @notice Routes by destination, with a fallback. See IFallbackDomainRoutingHook.
contract FallbackDomainRoutingHook is IFallbackDomainRoutingHook, DomainHooks {
    /// @inheritdoc IFallbackDomainRoutingHook
    IPostDispatchHook public immutable fallbackHook;

    /// @param owner_ May set the hooks, but not the fallback.
    constructor(address owner_, HookConfig[] memory configs, IPostDispatchHook fallbackHook_)
        DomainHooks(owner_, configs)
    {
        if (address(fallbackHook_).code.length == 0) revert NotAContract(address(fallbackHook_));
        fallbackHook = fallbackHook_;
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 5;
    }

    function _otherwise(uint32) internal view override returns (IPostDispatchHook) {
        return fallbackHook;
    }
}
