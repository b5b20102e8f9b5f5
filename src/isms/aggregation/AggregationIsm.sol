// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IAggregationIsm} from "../../interfaces/IAggregationIsm.sol";
import {IBatchInterchainSecurityModule} from "../../interfaces/IBatchInterchainSecurityModule.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {AggregationMetadata} from "../../libraries/AggregationMetadata.sol";

/// @title AggregationIsm
/// @notice m of n modules, wherever the set is kept. See IAggregationIsm.
abstract contract AggregationIsm is IAggregationIsm, IBatchInterchainSecurityModule, PackageVersioned {
    using AggregationMetadata for bytes;

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 2;
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external returns (bool) {
        (address[] memory modules_, uint256 threshold_) = _set();
        uint256 agreed;
        for (uint256 i; i < modules_.length && agreed < threshold_; ++i) {
            (bool supplied, bytes calldata moduleMetadata) = metadata.at(i);
            if (!supplied) continue;
            // slither-disable-next-line calls-loop
            bool verified = IInterchainSecurityModule(modules_[i]).verify(moduleMetadata, message);
            if (!verified) revert RefusedByModule(modules_[i]);
            ++agreed;
        }
        return _enough(agreed, threshold_);
    }

    /// @inheritdoc IBatchInterchainSecurityModule
    function verifyBatch(bytes calldata metadata, bytes[] calldata messages) external returns (bool) {
        (address[] memory modules_, uint256 threshold_) = _set();
        uint256 agreed;
        for (uint256 i; i < modules_.length && agreed < threshold_; ++i) {
            (bool supplied, bytes calldata moduleMetadata) = metadata.at(i);
            if (!supplied) continue;
            // slither-disable-next-line calls-loop
            bool verified = IBatchInterchainSecurityModule(modules_[i]).verifyBatch(moduleMetadata, messages);
            if (!verified) revert RefusedByModule(modules_[i]);
            ++agreed;
        }
        return _enough(agreed, threshold_);
    }

    /// @inheritdoc IAggregationIsm
    function modulesAndThreshold(bytes calldata) external view returns (address[] memory, uint8) {
        (address[] memory modules_, uint256 threshold_) = _set();
        // forge-lint: disable-next-line(unsafe-typecast) it is taken as a uint8 when it is set
        return (modules_, uint8(threshold_));
    }

    function _enough(uint256 agreed, uint256 threshold_) internal pure returns (bool) {
        if (agreed < threshold_ || threshold_ == 0) revert NotEnoughModules(agreed, threshold_);
        return true;
    }

    /// @dev The modules in their order, and how many must agree; zero if none is set.
    function _set() internal view virtual returns (address[] memory modules, uint256 threshold);
}
