// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IPausableIsm} from "../../interfaces/IPausableIsm.sol";

/// @title PausableIsm
/// @notice Verifies every message, unless paused. See IPausableIsm.
contract PausableIsm is IPausableIsm, Ownable2Step, Pausable, PackageVersioned {
    /// @inheritdoc IPausableIsm
    address public guardian;

    /// @param owner_ May pause, unpause and set the guardian.
    /// @param guardian_ May pause; zero for nobody.
    constructor(address owner_, address guardian_) Ownable(owner_) {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IPausableIsm
    function pause() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        _pause();
    }

    /// @inheritdoc IPausableIsm
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @inheritdoc IPausableIsm
    function setGuardian(address guardian_) external onlyOwner {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata, bytes calldata) external view whenNotPaused returns (bool) {
        return true;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 6;
    }

    /// @inheritdoc IPausableIsm
    function paused() public view override(IPausableIsm, Pausable) returns (bool) {
        return super.paused();
    }

    function _setGuardian(address guardian_) internal {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }
}
