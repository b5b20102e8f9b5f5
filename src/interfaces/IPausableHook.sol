// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPostDispatchHook} from "./IPostDispatchHook.sol";

/// @title IPausableHook
/// @notice Lets every message pass for nothing, unless paused. Hook type 7. To be put where every dispatch goes.
/// @dev Warning: the guardian and the owner can stop dispatches through it at once; only the owner can let them go on. An owner
///      who renounces while it is paused leaves it paused for ever. `EnforcedPause` and `ExpectedPause` are OpenZeppelin's.
interface IPausableHook is IPostDispatchHook {
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

    /// @notice Lets messages pass again. Owner only.
    function unpause() external;

    /// @notice Sets the guardian; zero for none. Owner only.
    function setGuardian(address guardian_) external;
}
