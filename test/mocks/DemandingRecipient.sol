// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title DemandingRecipient
/// @notice Code of a recipient that takes any message, and that names its own module only if it is given all the gas that the
///         Mailbox promises, to the unit: with less it fails, as a recipient does that needs all of it. By hand, since a
///         compiler's code spends some gas before it can look.
library DemandingRecipient {
    uint24 internal constant PROMISED_GAS = 100_000;
    uint24 internal constant COST_OF_LOOKING = 2;

    function code(address module) internal pure returns (bytes memory) {
        return abi.encodePacked(
            hex"5a", // GAS
            hex"36600414600957", // a call of 4 bytes, which asks for the module, jumps to 9
            hex"00", // any other succeeds
            hex"5b62",
            PROMISED_GAS - COST_OF_LOOKING,
            hex"11602d57", // less gas jumps to 45
            hex"73",
            module,
            hex"5f5260205ff3", // returns the module
            hex"5b5f5ffd" // 45: reverts
        );
    }
}
