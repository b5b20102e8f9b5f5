// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IPostDispatchHook
/// @notice Something done on the origin after a message was dispatched: taking a payment, feeding a bridge, counting.
interface IPostDispatchHook {
    /// @notice The metadata is neither empty nor of the layout that this hook reads.
    error MetadataNotSupported();

    /// @notice Less value than `quoteDispatch` says.
    error Underpaid(uint256 value, uint256 quote);

    /// @notice What was paid too much could not be returned to `to`.
    error RefundFailed(address to, uint256 amount);

    /// @notice What kind of hook this is: 1 routing, 2 aggregation, 3 merkle tree, 4 interchain gas paymaster, 5 fallback
    ///         routing, 6 id-auth ISM, 7 pausable, 8 protocol fee, 10 rate limited, 11 Arbitrum L2 to L1, 12 OP L2 to L1,
    ///         13 mailbox default hook, 14 amount routing; from 128 up this project's own: 128 routing by
    ///         recipient, 129 escrow paymaster.
    function hookType() external view returns (uint8);

    /// @notice Whether `postDispatch` and `quoteDispatch` accept `metadata`.
    function supportsMetadata(bytes calldata metadata) external view returns (bool);

    /// @notice Acts on a dispatched message. Reverts with `MetadataNotSupported` if `supportsMetadata` is false.
    /// @dev Warning: anyone can call it with any message. A hook that grants something for a message must see that the
    ///      Mailbox is dispatching that message (`latestDispatchedId`) or that the caller pays for what it gets.
    ///
    ///      Value that is not needed goes to the refund address of the metadata, or else to the sender of the message: what
    ///      hooks take and what is refunded is together always the value sent.
    /// @param metadata Instructions of the sender (see the StandardHookMetadata library).
    /// @param message The message (see the Message library).
    function postDispatch(bytes calldata metadata, bytes calldata message) external payable;

    /// @notice The wei that `postDispatch` wants for the same arguments.
    function quoteDispatch(bytes calldata metadata, bytes calldata message) external view returns (uint256);
}
