// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title CodeSet
/// @notice A set and its threshold that a contract carries for ever at the end of its own code, where they are read without a
///         storage slot or a proxy.
/// @dev Such a contract is a copy of its factory's implementation, the set appended. Its code ends in
///
///      n words of 32 bytes: the members ‖ 1 word: threshold ‖ 1 word: n
///
///      Warning: what ends the implementation's own code is no set. A contract must know whether it is the implementation.
library CodeSet {
    /// @dev Creation code that returns all that follows it, which is `size` bytes, as the contract's code:
    ///      PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN.
    bytes1 internal constant PUSH2 = 0x61;
    bytes7 internal constant RETURN_REST = 0x80600a3d393df3;

    /// @notice Creation code of a copy of `implementation` with `members` behind it.
    /// @param members Packed words, 32 bytes each.
    function creationCode(address implementation, bytes memory members, uint256 threshold)
        internal
        view
        returns (bytes memory)
    {
        return creationCodeOf(abi.encodePacked(implementation.code, members, threshold, members.length / 32));
    }

    /// @notice Creation code of a contract that has this code.
    function creationCodeOf(bytes memory code) internal pure returns (bytes memory) {
        // forge-lint: disable-next-line(unsafe-typecast) the EVM refuses code above 24,576 bytes
        return abi.encodePacked(PUSH2, uint16(code.length), RETURN_REST, code);
    }

    /// @notice The set behind the code of the contract that runs this.
    function read() internal pure returns (uint256[] memory members, uint256 threshold) {
        // Plain form: abi.decode of address(this).code[end - 64:] for (threshold, n), then of the n words before. It costs
        // a cold account and copies all the code. Here the words are copied to where a memory array has its elements.
        assembly ("memory-safe") {
            codecopy(0, sub(codesize(), 64), 64)
            threshold := mload(0)
            let size := shl(5, mload(32))
            members := mload(64)
            mstore(64, add(members, add(size, 32)))
            mstore(members, mload(32))
            codecopy(add(members, 32), sub(codesize(), add(size, 64)), size)
        }
    }

    /// @notice The same where the members are addresses, left-padded.
    function readAddresses() internal pure returns (address[] memory members, uint256 threshold) {
        uint256[] memory words;
        (words, threshold) = read();
        // Solidity has no cast between arrays; the factory wrote each word from an address.
        assembly ("memory-safe") {
            members := words
        }
    }
}
