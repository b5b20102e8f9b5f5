// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ValidatorSetMessage
/// @notice The body by which an origin tells a destination who its validators are.
/// @dev Packed, big-endian:
///
///      | offset | bytes | field    |                                                              |
///      |--------|-------|----------|--------------------------------------------------------------|
///      |      0 |     1 | version  | 1                                                            |
///      |      1 |     8 | setId    | number of the set; a later set has a higher one              |
///      |      9 |     6 | issuedAt | when it was sent, in seconds since 1970 by the origin's clock |
///      |     15 |  32 n | members  | weight (12) ‖ address of the signing key (20) each           |
///
///      Members stand in the order in which their signatures come. Nothing follows the last one. Who may
///      send such a body, and what a set must be, is for the receiver to check.
library ValidatorSetMessage {
    /// @notice The body is of another version, or not of whole members.
    error NotAValidatorSet(uint256 length);

    uint8 internal constant VERSION = 1;
    uint256 internal constant MEMBERS_OFFSET = 15;

    /// @notice The body. Members are words of uint96 weight ‖ address.
    function encode(uint64 setId_, uint48 issuedAt_, uint256[] memory members_) internal pure returns (bytes memory) {
        return abi.encodePacked(VERSION, setId_, issuedAt_, members_);
    }

    /// @notice Reverts unless the body is of this format. The getters below are for bodies that are.
    function requireValid(bytes calldata body) internal pure {
        if (body.length < MEMBERS_OFFSET || (body.length - MEMBERS_OFFSET) % 32 != 0 || uint8(body[0]) != VERSION) {
            revert NotAValidatorSet(body.length);
        }
    }

    function setId(bytes calldata body) internal pure returns (uint64) {
        return uint64(bytes8(body[1:9]));
    }

    function issuedAt(bytes calldata body) internal pure returns (uint48) {
        return uint48(bytes6(body[9:15]));
    }

    /// @notice Words of uint96 weight ‖ address.
    function members(bytes calldata body) internal pure returns (uint256[] memory words) {
        words = new uint256[]((body.length - MEMBERS_OFFSET) / 32);
        for (uint256 i; i < words.length; ++i) {
            uint256 offset = MEMBERS_OFFSET + 32 * i;
            words[i] = uint256(bytes32(body[offset:offset + 32]));
        }
    }
}
