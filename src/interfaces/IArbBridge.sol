// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IArbBridge
/// @notice The part of Arbitrum's bridge on L1 that a module calls. It is who calls what the L2 wants called.
interface IArbBridge {
    /// @notice The outbox whose message is being executed right now; zero while none is.
    function activeOutbox() external view returns (address);
}
