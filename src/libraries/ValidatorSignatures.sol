// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title ValidatorSignatures
/// @notice Whether enough of a set of validators signed a digest.
/// @dev Signatures are r ‖ s ‖ v, 65 bytes each, one behind the other, in the order of the set. As soon as there are
///      enough, what follows is not looked at.
library ValidatorSignatures {
    /// @notice Signature `index` is by nobody at a later position of the set than the signature before: a foreign key,
    ///         another digest, the wrong order or a duplicate.
    error NotAValidator(uint256 index, address signer);

    /// @notice There are fewer signatures than the threshold.
    error NotEnoughSignatures(uint256 count, uint256 threshold);

    /// @notice The validators who signed weigh less than the threshold.
    error NotEnoughWeight(uint256 weight, uint256 threshold);

    /// @notice There are no validators or there is no threshold: nothing ever verifies.
    error NoValidators();

    uint256 internal constant LENGTH = 65;

    /// @notice Number of whole signatures in `metadata` from `offset` on.
    function count(bytes calldata metadata, uint256 offset) internal pure returns (uint256) {
        return metadata.length < offset ? 0 : (metadata.length - offset) / LENGTH;
    }

    /// @notice Reverts unless `threshold` of the validators signed `digest`.
    /// @param signatures At least `threshold` of them, which the caller guarantees.
    function requireQuorum(address[] memory validators, uint256 threshold, bytes32 digest, bytes calldata signatures)
        internal
        pure
    {
        // Nothing here overflows: each number is bounded by the calldata or by the set.
        unchecked {
            uint256 position;
            for (uint256 i; i < threshold; ++i) {
                address signer = _signer(digest, signatures, i);
                while (position < validators.length && validators[position] != signer) ++position;
                if (position == validators.length) revert NotAValidator(i, signer);
                ++position;
            }
        }
    }

    /// @notice Reverts unless validators who weigh `threshold` together signed `digest`.
    /// @param validators Words of uint96 weight ‖ address.
    function requireWeight(uint256[] memory validators, uint256 threshold, bytes32 digest, bytes calldata signatures)
        internal
        pure
    {
        // Nothing here overflows: each number is bounded by the calldata, or is the sum of at most 255 weights of 96 bits.
        unchecked {
            uint256 total = signatures.length / LENGTH;
            uint256 position;
            uint256 weight;
            for (uint256 i; weight < threshold; ++i) {
                if (i == total) revert NotEnoughWeight(weight, threshold);
                address signer = _signer(digest, signatures, i);
                while (position < validators.length && addressOf(validators[position]) != signer) ++position;
                if (position == validators.length) revert NotAValidator(i, signer);
                weight += weightOf(validators[position]);
                ++position;
            }
        }
    }

    /// @dev Who made signature `index`. The caller guarantees that there are so many.
    function _signer(bytes32 digest, bytes calldata signatures, uint256 index) private pure returns (address) {
        bytes32 r;
        bytes32 s;
        uint8 v;
        // Plain form: ECDSA.recoverCalldata(digest, signatures[65 * index:65 * index + 65]), which checks bounds and length.
        assembly ("memory-safe") {
            let start := add(signatures.offset, mul(index, 65))
            r := calldataload(start)
            s := calldataload(add(start, 32))
            v := byte(0, calldataload(add(start, 64)))
        }
        return ECDSA.recover(digest, v, r, s);
    }

    function pack(address validator, uint96 weight) internal pure returns (uint256) {
        return (uint256(weight) << 160) | uint160(validator);
    }

    function addressOf(uint256 validator) internal pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast) the weight above it is cut off
        return address(uint160(validator));
    }

    function weightOf(uint256 validator) internal pure returns (uint96) {
        // forge-lint: disable-next-line(unsafe-typecast) 96 bits are left
        return uint96(validator >> 160);
    }
}
