// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IInterchainAccount
/// @notice An account on this chain that somebody on another chain owns. It takes native coin from anyone, and tokens of
///         ERC-721 and ERC-1155.
/// @dev A minimal proxy (EIP-1167) of its router's `implementation`, which nobody can change. It obeys its router alone, and
///      that has it do what its owner sent, verified by the module that the account is bound to.
interface IInterchainAccount {
    /// @notice One call.
    struct Call {
        /// Who is called, addr32.
        bytes32 to;
        /// Wei of the account that go with it.
        uint256 value;
        bytes data;
    }

    /// @notice The caller is not the router.
    error NotMyRouter(address caller);

    /// @notice There is data for an address that has no code: nothing would read it.
    error NothingToCall(uint256 index, address to);

    /// @notice A call failed, and with it all.
    /// @param index Of the call, from 0.
    /// @param reason The first 1,024 bytes of what it reverted with.
    error CallFailed(uint256 index, address to, bytes reason);

    /// @notice Who alone can have this account make calls.
    function router() external view returns (address);

    /// @notice Makes these calls in their order: all of them or none. The router only. Value stays in the account.
    /// @dev Reverts with `CallFailed`, with `NothingToCall`, or with `TypeCasts.NotAnAddress` for a `to` that is none.
    function execute(Call[] calldata calls) external payable;
}
