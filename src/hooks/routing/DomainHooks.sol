// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";

import {IDomainRoutingHook} from "../../interfaces/IRoutingHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {Message} from "../../libraries/Message.sol";
import {ForwardingHook} from "../ForwardingHook.sol";

/// @title DomainHooks
/// @notice Hooks by destination, with or without a fallback. See IDomainRoutingHook.
abstract contract DomainHooks is IDomainRoutingHook, Ownable2Step, ForwardingHook {
    using EnumerableMap for EnumerableMap.UintToAddressMap;
    using Message for bytes;

    EnumerableMap.UintToAddressMap internal _hooks;

    constructor(address owner_, HookConfig[] memory configs) Ownable(owner_) {
        for (uint256 i; i < configs.length; ++i) {
            _setHook(configs[i].destination, configs[i].hook);
        }
    }

    /// @inheritdoc IDomainRoutingHook
    function setHook(uint32 destination, IPostDispatchHook hook) external onlyOwner {
        _setHook(destination, hook);
    }

    /// @inheritdoc IDomainRoutingHook
    function setHooks(HookConfig[] calldata configs) external onlyOwner {
        for (uint256 i; i < configs.length; ++i) {
            _setHook(configs[i].destination, configs[i].hook);
        }
    }

    /// @inheritdoc IDomainRoutingHook
    function domains() external view returns (uint32[] memory all) {
        uint256[] memory keys = _hooks.keys();
        all = new uint32[](keys.length);
        for (uint256 i; i < keys.length; ++i) {
            // forge-lint: disable-next-line(unsafe-typecast) each was a uint32
            all[i] = uint32(keys[i]);
        }
    }

    /// @inheritdoc IDomainRoutingHook
    function hooks(uint32 destination) public view returns (IPostDispatchHook) {
        // slither-disable-next-line unused-return
        (, address hook) = _hooks.tryGet(destination);
        return IPostDispatchHook(hook);
    }

    function _hookFor(bytes calldata message) internal view override returns (IPostDispatchHook) {
        uint32 destination = message.destination();
        IPostDispatchHook hook = hooks(destination);
        return address(hook) == address(0) ? _otherwise(destination) : hook;
    }

    /// @dev The hook for a destination that has none.
    function _otherwise(uint32 destination) internal view virtual returns (IPostDispatchHook);

    function _setHook(uint32 destination, IPostDispatchHook hook) internal {
        if (address(hook) == address(0)) {
            // slither-disable-next-line unused-return
            _hooks.remove(destination);
        } else {
            if (address(hook).code.length == 0) revert NotAContract(address(hook));
            // slither-disable-next-line unused-return
            _hooks.set(destination, address(hook));
        }
        emit DomainHookSet(destination, hook);
    }
}
