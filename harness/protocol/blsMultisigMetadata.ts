import { type Address, concat, type Hex, pad } from "viem";
import { addressToBytes32, bytes32ToAddress } from "./address.ts";
import { BLS_SIGNATURE_SIZE } from "./bls.ts";
import { checkedHex, FormatError, hexSize, hexSlice, hexUint32At, uint32ToHex } from "./wireFormat.ts";

/** What a BLS multisig (module type 129) needs to verify a message. */
export type BlsMultisigMetadata = {
  merkleTreeHook: Address;
  /** 32 bytes: the tree's root right after the message was inserted. */
  root: Hex;
  /** uint32: the message's leaf index. */
  index: number;
  /** Positions in the module's set of those who signed, ascending. */
  signers: readonly number[];
  /** 96 bytes: the sum of their signatures. */
  signature: Hex;
};

/** Positions that there are bits for. */
export const BLS_MAX_VALIDATORS = 256;

const SIGNERS_OFFSET = 68;
const SIGNATURE_OFFSET = 100;
const SIZE = SIGNATURE_OFFSET + BLS_SIGNATURE_SIZE;

/**
 * Writes the metadata of a BLS multisig:
 *
 *     addr32 merkleTreeHook (0..32) ‖ root (32..64) ‖ uint32 index (64..68) ‖ uint256 signers (68..100) ‖ signature (100..196)
 *
 * @throws FormatError when a field is out of range or of the wrong length, or nobody signed
 */
export function encodeBlsMultisigMetadata(metadata: BlsMultisigMetadata): Hex {
  return concat([
    addressToBytes32(metadata.merkleTreeHook),
    checkedHex("metadata root", metadata.root, 32),
    uint32ToHex("metadata index", metadata.index),
    signersToHex(metadata.signers),
    checkedHex("metadata signature", metadata.signature, BLS_SIGNATURE_SIZE),
  ]);
}

/**
 * Reads the metadata of a BLS multisig. The signature is cut out, not verified.
 * @returns the fields, hex in lower case
 * @throws FormatError when it is not 196 bytes, nobody signed, or it names a hook that is not an address
 */
export function decodeBlsMultisigMetadata(bytes: Hex): BlsMultisigMetadata {
  const metadata = checkedHex("BLS multisig metadata", bytes);
  if (hexSize(metadata) !== SIZE) {
    throw new FormatError(`BLS multisig metadata is ${hexSize(metadata)} bytes, not ${SIZE}`);
  }
  const bits = BigInt(hexSlice(metadata, SIGNERS_OFFSET, SIGNATURE_OFFSET));
  const signers = Array.from({ length: BLS_MAX_VALIDATORS }, (_, i) => i).filter((i) => (bits >> BigInt(i)) & 1n);
  if (signers.length === 0) throw new FormatError("BLS multisig metadata names no signer");
  return {
    merkleTreeHook: bytes32ToAddress(hexSlice(metadata, 0, 32)),
    root: hexSlice(metadata, 32, 64),
    index: hexUint32At(metadata, 64),
    signers,
    signature: hexSlice(metadata, SIGNATURE_OFFSET),
  };
}

function signersToHex(signers: readonly number[]): Hex {
  if (signers.length === 0) throw new FormatError("BLS multisig metadata without a signer verifies nowhere");
  let bits = 0n;
  let previous = -1;
  for (const signer of signers) {
    if (!Number.isInteger(signer) || signer <= previous || signer >= BLS_MAX_VALIDATORS) {
      throw new FormatError(`signers are ascending positions from 0 to ${BLS_MAX_VALIDATORS - 1}, not ${signers}`);
    }
    bits |= 1n << BigInt(signer);
    previous = signer;
  }
  return pad(`0x${bits.toString(16)}`, { size: 32 });
}
