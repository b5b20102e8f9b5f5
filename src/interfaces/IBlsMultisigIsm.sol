// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Bls12381} from "../libraries/Bls12381.sol";
import {IInterchainSecurityModule} from "./IInterchainSecurityModule.sol";

/// @title IBlsMultisigIsm
/// @notice Verifies a message by one signature that m of n validators made together, n up to 256, at a cost that hardly
///         depends on m and n.
/// @dev Trust: m of the validators can forge any message to a recipient of this module; n - m + 1 of them can stop delivery.
///      That m signers are m different parties rests on the key registry of its factory. No owner; the set is fixed for ever.
///      Signers sign the digest of the message's checkpoint (see the Checkpoint library) without the prefix of EIP-191,
///      hashed to G1 as by RFC 9380 with the domain separation tag `BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_`.
///      For the metadata's layout see the BlsMultisigMetadata library. The chain must have the precompiles of EIP-2537.
interface IBlsMultisigIsm is IInterchainSecurityModule {
    /// @notice The metadata ends before the signature does.
    error MetadataTooShort(uint256 length);

    /// @notice Fewer validators are said to have signed than must.
    error NotEnoughSigners(uint256 count, uint256 threshold);

    /// @notice A bit is set that stands for no validator.
    error UnknownSigner(uint256 signers, uint256 validators);

    /// @notice The keys of the signers add up to the point at infinity, for which everybody can sign: their owners chose them
    ///         so.
    error KeysCancelOut();

    /// @notice The signature is not the sum of exactly the signers' signatures over the message's checkpoint.
    error InvalidSignature();

    /// @notice The module has no validators and never verifies.
    error NoValidators();

    /// @notice How many must sign.
    function threshold() external view returns (uint256);

    /// @notice The validators, in the order of the bits of `signers`; their addresses ascend.
    function validators() external view returns (address[] memory);

    /// @notice Their keys, in the same order.
    function keys() external view returns (Bls12381.G2Point[] memory);
}
