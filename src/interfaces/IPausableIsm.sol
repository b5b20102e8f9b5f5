// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IPausableIsm
/// @notice Verifies every message, unless paused. To be put beside a module that verifies, in an aggregation of all.
/// @dev Warning: alone it proves nothing: whoever trusts it alone trusts everyone. Metadata is empty.
///
///      Trust: the guardian and the owner can stop deliveries at once; only the owner can let them go on. An owner who
///      renounces while it is paused leaves it paused for ever. `EnforcedPause` and `ExpectedPause` are OpenZeppelin's.
interface IPausableIsm is IInterchainSecurityModule {
    /// @notice The owner, or the constructor, set the guardian.
    event GuardianSet(address indexed guardian);

    /// @notice The caller is neither the guardian nor the owner.
    error NotGuardian(address caller);

    /// @notice Who may pause besides the owner; zero if nobody.
    function guardian() external view returns (address);

    /// @notice Whether messages are refused.
    function paused() external view returns (bool);

    /// @notice Refuses messages from now on. Guardian or owner.
    function pause() external;

    /// @notice Verifies messages again. Owner only.
    function unpause() external;

    /// @notice Sets the guardian; zero for none. Owner only.
    function setGuardian(address guardian_) external;
}
