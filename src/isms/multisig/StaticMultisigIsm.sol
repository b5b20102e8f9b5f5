// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {PackageVersioned} from "../../PackageVersioned.sol";
import {IInterchainSecurityModule} from "../../interfaces/IInterchainSecurityModule.sol";
import {IMultisigIsm} from "../../interfaces/IMultisigIsm.sol";

/// @title StaticMultisigIsm
/// @notice m of n validators, fixed for ever in the module's own code.
/// @dev A module is a copy of the factory's implementation with the set appended to its code: a set that is read without a
///      storage slot or a proxy per verification. The code ends in
///
///      n words of 32 bytes: the validators, left-padded ‖ 1 word: threshold ‖ 1 word: n
abstract contract StaticMultisigIsm is IMultisigIsm, PackageVersioned {
    uint256 internal constant SIGNATURE_LENGTH = 65;

    /// @dev The address of the implementation, the same in every copy. What ends its own code is no validator set.
    address internal immutable _implementation = address(this);

    /// @inheritdoc IInterchainSecurityModule
    function verify(bytes calldata metadata, bytes calldata message) external view returns (bool) {
        (address[] memory validators, uint256 threshold) = _set();
        if (threshold == 0) revert NoValidators();
        uint256 count = signatureCount(metadata);
        if (count < threshold) revert NotEnoughSignatures(count, threshold);

        bytes32 digest = _digest(metadata, message);
        uint256 offset = _signaturesOffset();
        uint256 position;
        // Nothing here overflows: each number is bounded by the calldata or by 255 validators.
        unchecked {
            for (uint256 i; i < threshold; ++i) {
                uint256 end = offset + SIGNATURE_LENGTH;
                address signer = ECDSA.recoverCalldata(digest, metadata[offset:end]);
                while (position < validators.length && validators[position] != signer) ++position;
                if (position == validators.length) revert NotAValidator(i, signer);
                ++position;
                offset = end;
            }
        }
        return true;
    }

    /// @inheritdoc IMultisigIsm
    function validatorsAndThreshold(bytes calldata) external view returns (address[] memory, uint8) {
        (address[] memory validators, uint256 threshold) = _set();
        // forge-lint: disable-next-line(unsafe-typecast) the factory takes it as a uint8
        return (validators, uint8(threshold));
    }

    /// @inheritdoc IMultisigIsm
    function signatureCount(bytes calldata metadata) public pure returns (uint256) {
        uint256 offset = _signaturesOffset();
        return metadata.length < offset ? 0 : (metadata.length - offset) / SIGNATURE_LENGTH;
    }

    /// @dev Reads the set from the end of this contract's code; empty in the implementation itself.
    function _set() internal view returns (address[] memory validators, uint256 threshold) {
        if (address(this) == _implementation) return (validators, 0);
        // Plain form: abi.decode of address(this).code[end - 64:] for (threshold, n), then of the n words before. It costs
        // a cold account and copies all the code. Here the words are copied to where a memory array has its elements.
        assembly ("memory-safe") {
            codecopy(0, sub(codesize(), 64), 64)
            threshold := mload(0)
            let size := shl(5, mload(32))
            validators := mload(64)
            mstore(64, add(validators, add(size, 32)))
            mstore(validators, mload(32))
            codecopy(add(validators, 32), sub(codesize(), add(size, 64)), size)
        }
    }

    /// @dev The digest that the validators must have signed for `metadata` to prove `message`.
    function _digest(bytes calldata metadata, bytes calldata message) internal pure virtual returns (bytes32);

    /// @dev Where the signatures begin in the metadata.
    function _signaturesOffset() internal pure virtual returns (uint256);
}
