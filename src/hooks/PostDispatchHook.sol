// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PackageVersioned} from "../PackageVersioned.sol";
import {IPostDispatchHook} from "../interfaces/IPostDispatchHook.sol";
import {Message} from "../libraries/Message.sol";
import {StandardHookMetadata} from "../libraries/StandardHookMetadata.sol";
import {TypeCasts} from "../libraries/TypeCasts.sol";

/// @title PostDispatchHook
/// @notice Base of hooks: refuses metadata that is not of the standard layout, and returns what was paid too much.
abstract contract PostDispatchHook is IPostDispatchHook, PackageVersioned {
    using Message for bytes;
    using StandardHookMetadata for bytes;
    using TypeCasts for bytes32;

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

    /// @dev Returns what of the value is more than `due`. It calls out: a hook does that last.
    function _refundExcess(bytes calldata metadata, bytes calldata message, uint256 due) internal {
        uint256 excess = _excess(due);
        if (excess != 0) _refund(metadata.refundAddress(message.sender().toAddress()), excess);
    }

    /// @dev What of the value is more than `due`.
    // slither-disable-next-line msg-value-in-nonpayable
    function _excess(uint256 due) internal view returns (uint256) {
        if (msg.value < due) revert Underpaid(msg.value, due);
        unchecked {
            return msg.value - due;
        }
    }

    function _refund(address to, uint256 amount) internal {
        (bool refunded,) = to.call{value: amount}("");
        if (!refunded) revert RefundFailed(to, amount);
    }
}
