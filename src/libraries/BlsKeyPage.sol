// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "./Bls12381.sol";

/// @title BlsKeyPage
/// @notice Keys of a BLS multisig kept as the code of contracts, "pages", which are cheaper to read than storage.
/// @dev The code of a page is, for each validator
///
///      | offset | bytes | field                                    |
///      |--------|-------|------------------------------------------|
///      |      0 |   256 | key, as the precompiles want it          |
///      |    256 |    20 | validator                                |
///
///      It begins with the padding of a coordinate, zero: a call of a page stops at once.
///      Position p of a set is entry p % CAPACITY of page p / CAPACITY: every page but the last is full.
library BlsKeyPage {
    /// @notice Entries of a page: as many as EIP-170 lets the code of a contract hold.
    uint256 internal constant CAPACITY = 89;
    uint256 internal constant ENTRY_LENGTH = 276;
    uint256 internal constant KEY_LENGTH = 256;

    /// @dev Byte 2^k mod 101 of these is k, for k below 100: the powers of 2 leave all remainders but zero.
    uint256 private constant EXPONENTS_0 = 0x00000145021846090326190d47420a5d041e27601a4e0e56483043070b5b5e54;
    uint256 private constant EXPONENTS_1 = 0x05521f21283861231b2d4f2a0f3e573a49123163441708250c415c1d5f4d552f;
    uint256 private constant EXPONENTS_2 = 0x065a53512037222c293d3911621624401c4c2e5950362b3c10153f4b58353b14;
    uint256 private constant EXPONENTS_3 = 0x4a34133332000000000000000000000000000000000000000000000000000000;

    /// @notice The code of a page of so many entries that are yet to be written.
    function empty(uint256 entries) internal pure returns (bytes memory page) {
        return new bytes(entries * ENTRY_LENGTH);
    }

    /// @notice Writes an entry.
    function write(bytes memory page, uint256 entry, Bls12381.G2Point memory key, address validator) internal pure {
        // Plain form: page = abi.encodePacked(page, abi.encode(key), validator), which copies the page for each entry.
        assembly ("memory-safe") {
            let start := add(add(page, 32), mul(entry, ENTRY_LENGTH))
            mcopy(start, key, KEY_LENGTH)
            // The last word of the entry: the end of the key stays, the validator comes behind it.
            let last := add(start, sub(ENTRY_LENGTH, 32))
            mstore(last, or(shl(160, shr(160, mload(last))), shr(96, shl(96, validator))))
        }
    }

    /// @notice Number of entries of a page.
    function count(bytes memory page) internal pure returns (uint256) {
        return page.length / ENTRY_LENGTH;
    }

    function keyAt(bytes memory page, uint256 entry) internal pure returns (Bls12381.G2Point memory key) {
        // Plain form: abi.decode of a slice, which memory does not have.
        assembly ("memory-safe") {
            mcopy(key, add(add(page, 32), mul(entry, ENTRY_LENGTH)), KEY_LENGTH)
        }
    }

    function validatorAt(bytes memory page, uint256 entry) internal pure returns (address validator) {
        // Plain form: as above.
        assembly ("memory-safe") {
            validator := shr(96, mload(add(add(page, add(32, KEY_LENGTH)), mul(entry, ENTRY_LENGTH))))
        }
    }

    /// @notice `start` and the keys at the positions whose bit of `selected` is set, added up. Not all in the subgroup, for
    ///         all that this looks at.
    /// @param pages Their addresses, each page of the set in its place.
    function sum(Bls12381.G2Point memory start, uint256[] memory pages, uint256 selected)
        internal
        view
        returns (Bls12381.G2Point memory total)
    {
        if (selected == 0) return start;
        bytes32[16] memory buffer;
        bytes32[4] memory exponents;
        bool success = true;
        // Plain form, in a test: for each position, total = Bls12381.add(total, keyAt(page.code, entry)), which copies the
        // page and each point four times. Here a key is copied behind the sum, and the precompile's answer over the sum.
        assembly ("memory-safe") {
            mstore(exponents, EXPONENTS_0)
            mstore(add(exponents, 32), EXPONENTS_1)
            mstore(add(exponents, 64), EXPONENTS_2)
            mstore(add(exponents, 96), EXPONENTS_3)
            mcopy(buffer, start, KEY_LENGTH)
            let key := add(buffer, KEY_LENGTH)
            for {
                let page := add(pages, 32)
            } selected {
                page := add(page, 32)
            } {
                for {
                    // slither-disable-next-line incorrect-shift
                    let rest := and(selected, sub(shl(CAPACITY, 1), 1))
                } rest {
                    rest := and(rest, sub(rest, 1))
                } {
                    let entry := byte(0, mload(add(exponents, mod(and(rest, sub(0, rest)), 101))))
                    extcodecopy(mload(page), key, mul(entry, ENTRY_LENGTH), KEY_LENGTH)
                    success := and(success, staticcall(gas(), 0x0d, buffer, 512, buffer, KEY_LENGTH))
                }
                selected := shr(CAPACITY, selected)
            }
            total := buffer
            // A chain without the precompile answers nothing to all calls alike.
            success := and(success, eq(returndatasize(), KEY_LENGTH))
        }
        if (!success) revert Bls12381.PrecompileFailed(Bls12381.G2_ADD);
    }
}
