// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IBatchInterchainSecurityModule} from "../../interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IRoutingIsm} from "../../interfaces/IRoutingIsm.sol";

/// @title RoutingIsm
/// @notice Leaves messages to other modules, whatever it chooses them by. See IRoutingIsm.
abstract contract RoutingIsm is IRoutingIsm, IBatchInterchainSecurityModule, PackageVersioned {
    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        return route(message).verify(metadata, message);
    }

    /// @inheritdoc IBatchInterchainSecurityModule
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external returns (bool) {
        address module = address(route(messages[0]));
        for (uint256 i = 1; i < messages.length; ++i) {
            address other = address(route(messages[i]));
            if (other != module) revert MixedRoutes(module, other);
        }
        return IBatchInterchainSecurityModule(module).verifyBatch(metadata, messages);
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 1;
    }

    /// @inheritdoc IRoutingIsm
    function route(bytes calldata message) public view virtual returns (IInterchainSecurityModule);
}
