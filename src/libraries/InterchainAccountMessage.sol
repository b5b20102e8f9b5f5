// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IInterchainAccount} from "../interfaces/IInterchainAccount.sol";

/// @title InterchainAccountMessage
/// @notice The body of a message between account routers.
/// @dev Nothing padded. Calls (type 0) and a commitment (type 1):
///
///      | offset | bytes | field    |                                                             |
///      |--------|-------|----------|-------------------------------------------------------------|
///      |      0 |     1 | type     |                                                             |
///      |      1 |    32 | owner    | who sent it, addr32                                         |
///      |     33 |    32 | ism      | module that verifies it, addr32; 0 for the Mailbox's default |
///      |     65 |    32 | userSalt | of the account                                              |
///      |     97 |  rest | payload  | abi.encode(Call[]), or the commitment (32)                   |
///
///      A reveal (type 2):
///
///      | offset | bytes | field      |                                                           |
///      |--------|-------|------------|-----------------------------------------------------------|
///      |      0 |     1 | type       |                                                           |
///      |      1 |    32 | ism        | module that brings the calls, addr32                       |
///      |     33 |    32 | commitment |                                                           |
///      |     65 |    96 | account    | owner ‖ ism ‖ userSalt, as above; the ecosystem's end before |
///
///      A commitment is keccak256(salt ‖ abi.encode(Call[])), where the salt (32) is the sender's own.
library InterchainAccountMessage {
    uint8 internal constant CALLS = 0;
    uint8 internal constant COMMITMENT = 1;
    uint8 internal constant REVEAL = 2;

    /// @dev Where the account's three words begin, and the least length of each type.
    uint256 private constant HEAD = 1;
    uint256 private constant PAYLOAD = 97;
    uint256 private constant REVEAL_HEAD = 65;
    uint256 private constant REVEAL_END = 161;

    /// @notice No message between account routers has this type.
    error UnknownType(uint8 kind);

    /// @notice The body ends within a field.
    error BodyTooShort(uint256 length);

    /// @notice The body that has an account make calls.
    function encodeCalls(bytes32 owner_, bytes32 ism_, bytes32 salt_, IInterchainAccount.Call[] calldata calls_)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(CALLS, owner_, ism_, salt_, abi.encode(calls_));
    }

    /// @notice The body that commits an account to calls.
    function encodeCommitment(bytes32 owner_, bytes32 ism_, bytes32 salt_, bytes32 commitment_)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(COMMITMENT, owner_, ism_, salt_, commitment_);
    }

    /// @notice The body that asks for the calls that an account is committed to.
    function encodeReveal(bytes32 readIsm, bytes32 commitment_, bytes32 owner_, bytes32 ism_, bytes32 salt_)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(REVEAL, readIsm, commitment_, owner_, ism_, salt_);
    }

    /// @notice The type. Reverts on another one than these, and on a body too short for its fields.
    function kind(bytes calldata body) internal pure returns (uint8 kind_) {
        if (body.length == 0) revert BodyTooShort(0);
        kind_ = uint8(body[0]);
        if (kind_ > REVEAL) revert UnknownType(kind_);
        uint256 least = kind_ == CALLS ? PAYLOAD : kind_ == COMMITMENT ? PAYLOAD + 32 : REVEAL_HEAD;
        if (body.length < least) revert BodyTooShort(body.length);
    }

    /// @notice The module that must verify a message with this body; see `kind` for what it reverts on.
    function ism(bytes calldata body) internal pure returns (bytes32) {
        uint256 offset = kind(body) == REVEAL ? 1 : 33;
        return bytes32(body[offset:offset + 32]);
    }

    /// @notice Whose account, bound to which module, under which salt: of calls and of a commitment.
    function account(bytes calldata body) internal pure returns (bytes32 owner_, bytes32 ism_, bytes32 salt_) {
        return _account(body, HEAD);
    }

    /// @notice The same of a reveal.
    function revealedAccount(bytes calldata body) internal pure returns (bytes32 owner_, bytes32 ism_, bytes32 salt_) {
        return _account(body, REVEAL_HEAD);
    }

    /// @notice Whether a reveal names the account; the ecosystem's does not.
    function namesAccount(bytes calldata body) internal pure returns (bool) {
        return body.length >= REVEAL_END;
    }

    /// @notice The ABI-encoded calls.
    function calls(bytes calldata body) internal pure returns (bytes calldata) {
        return body[PAYLOAD:];
    }

    /// @notice The commitment in a body that commits.
    function commitment(bytes calldata body) internal pure returns (bytes32) {
        return bytes32(body[PAYLOAD:PAYLOAD + 32]);
    }

    /// @notice The commitment in a reveal.
    function revealedCommitment(bytes calldata body) internal pure returns (bytes32) {
        return bytes32(body[33:REVEAL_HEAD]);
    }

    /// @notice What commits to these calls.
    function commitmentTo(IInterchainAccount.Call[] calldata calls_, bytes32 salt_) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(salt_, abi.encode(calls_)));
    }

    function _account(bytes calldata body, uint256 offset)
        private
        pure
        returns (bytes32 owner_, bytes32 ism_, bytes32 salt_)
    {
        owner_ = bytes32(body[offset:offset + 32]);
        ism_ = bytes32(body[offset + 32:offset + 64]);
        salt_ = bytes32(body[offset + 64:offset + 96]);
    }
}
