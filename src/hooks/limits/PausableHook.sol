// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";

import {IPausableHook} from "../../interfaces/IPausableHook.sol";
import {IPostDispatchHook} from "../../interfaces/IPostDispatchHook.sol";
import {PostDispatchHook} from "../PostDispatchHook.sol";

/// @title PausableHook
/// @notice Lets every message pass, unless paused. See IPausableHook.
contract PausableHook is IPausableHook, Ownable2Step, Pausable, PostDispatchHook {
    /// @inheritdoc IPausableHook
    address public guardian;

    /// @param owner_ May pause, unpause and set the guardian.
    /// @param guardian_ May pause; zero for nobody.
    constructor(address owner_, address guardian_) Ownable(owner_) {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IPausableHook
    function pause() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
        _pause();
    }

    /// @inheritdoc IPausableHook
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @inheritdoc IPausableHook
    function setGuardian(address guardian_) external onlyOwner {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IPostDispatchHook
    function hookType() external pure returns (uint8) {
        return 7;
    }

    /// @inheritdoc IPausableHook
    function paused() public view override(IPausableHook, Pausable) returns (bool) {
        return super.paused();
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal override whenNotPaused {
        _refundExcess(metadata, message, 0);
    }

    function _quoteDispatch(bytes calldata, bytes calldata) internal pure override returns (uint256) {
        return 0;
    }

    function _setGuardian(address guardian_) internal {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }
}
