// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";

/// @title NoopIsm
/// @notice Verifies every message. For development chains only: `causeway` refuses it elsewhere.
/// @dev Warning: proves nothing: everyone can forge every message to whoever trusts it. Metadata is empty.
contract NoopIsm is IInterchainSecurityModule, PackageVersioned {
    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata, bytes calldata) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }
}
