// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../PackageVersioned.sol";
import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {StandardHookMetadata} from "../libraries/StandardHookMetadata.sol";

/// @title PostDispatchHook
/// @notice Base of hooks: refuses metadata that is not of the standard layout.
abstract contract PostDispatchHook is IPostDispatchHook, PackageVersioned {
    using StandardHookMetadata for bytes;

    modifier onlySupported(bytes calldata metadata) {
        if (!supportsMetadata(metadata)) revert MetadataNotSupported();
        _;
    }

    /// @inheritdoc IPostDispatchHook
    function postDispatch(bytes calldata metadata, bytes calldata message) external payable onlySupported(metadata) {
        _postDispatch(metadata, message);
    }

    /// @inheritdoc IPostDispatchHook
    function quoteDispatch(bytes calldata metadata, bytes calldata message)
        external
        view
        onlySupported(metadata)
        returns (uint256)
    {
        return _quoteDispatch(metadata, message);
    }

    /// @inheritdoc IPostDispatchHook
    function supportsMetadata(bytes calldata metadata) public pure virtual returns (bool) {
        return metadata.isStandard();
    }

    function _postDispatch(bytes calldata metadata, bytes calldata message) internal virtual;

    function _quoteDispatch(bytes calldata metadata, bytes calldata message) internal view virtual returns (uint256);
}
