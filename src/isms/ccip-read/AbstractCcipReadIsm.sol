// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {ICcipReadIsm} from "../../interfaces/ICcipReadIsm.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";

/// @title AbstractCcipReadIsm
/// @notice Base of modules whose metadata is what a gateway answers. See ICcipReadIsm.
abstract contract AbstractCcipReadIsm is ICcipReadIsm, Ownable2Step, PackageVersioned {
    string[] internal _urls;

    constructor(address owner_, string[] memory urls_) Ownable(owner_) {
        _setUrls(urls_);
    }

    /// @inheritdoc ICcipReadIsm
    function setUrls(string[] calldata urls_) external onlyOwner {
        _setUrls(urls_);
    }

    /// @inheritdoc ICcipReadIsm
    function getOffchainVerifyInfo(bytes calldata message) external view {
        revert OffchainLookup(
            address(this), _urls, _callData(message), IInterchainSecurityModule.verify.selector, message
        );
    }

    /// @inheritdoc ICcipReadIsm
    function urls() external view returns (string[] memory) {
        return _urls;
    }

    /// @inheritdoc IInterchainSecurityModule
    function moduleType() external pure returns (uint8) {
        return 7;
    }

    /// @dev What the gateways are asked for `message`.
    function _callData(bytes calldata message) internal view virtual returns (bytes memory);

    function _setUrls(string[] memory urls_) internal {
        _urls = urls_;
        emit UrlsChanged(urls_);
    }
}
