// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {IRecipientRoutingHook} from "../../interfaces/IRoutingHook.sol";
import {Message} from "../../libraries/Message.sol";
import {ForwardingHook} from "../ForwardingHook.sol";

/// @title RecipientRoutingHook
/// @notice Routes by destination and recipient. See IRecipientRoutingHook.
contract RecipientRoutingHook is IRecipientRoutingHook, Ownable2Step, ForwardingHook {
    using Message for bytes;

    /// @inheritdoc IRecipientRoutingHook
    mapping(uint32 destination => mapping(bytes32 recipient => IPostDispatchHook)) public hooks;

    /// @inheritdoc IRecipientRoutingHook
    IPostDispatchHook public immutable fallbackHook;

    /// @param owner_ May set the hooks, but not the fallback.
    constructor(address owner_, RecipientHook[] memory configs, IPostDispatchHook fallbackHook_) Ownable(owner_) {
        _requireContract(fallbackHook_);
        fallbackHook = fallbackHook_;
        for (uint256 i; i < configs.length; ++i) {
            _setHook(configs[i]);
        }
    }

    /// @inheritdoc IRecipientRoutingHook
    function setHooks(RecipientHook[] calldata configs) external onlyOwner {
        for (uint256 i; i < configs.length; ++i) {
            _setHook(configs[i]);
        }
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 128;
    }

    function _hookFor(bytes calldata message) internal view override returns (IPostDispatchHook) {
        IPostDispatchHook hook = hooks[message.destination()][message.recipient()];
        return address(hook) == address(0) ? fallbackHook : hook;
    }

    function _setHook(RecipientHook memory config) internal {
        if (address(config.hook) != address(0)) _requireContract(config.hook);

        hooks[config.destination][config.recipient] = config.hook;
        emit RecipientHookSet(config.destination, config.recipient, config.hook);
    }

    function _requireContract(IPostDispatchHook hook) internal view {
        if (address(hook).code.length == 0) revert NotAContract(address(hook));
    }
}
