import { type Address, concat, type Hex } from "viem";
import { addressToBytes32, bytes32ToAddress } from "./address.ts";
import { SIGNATURE_SIZE } from "./checkpoint.ts";
import { checkedHex, checkedUint32, FormatError, hexSize, hexSlice, hexUint32At, uint32ToHex } from "./wireFormat.ts";

/**
 * Metadata with which a multisig of any kind (module types 4, 5, 9, 10) verifies many messages of one origin at once.
 *
 * | offset | bytes   | field                                                          |
 * |--------|---------|----------------------------------------------------------------|
 * | 0      | 32      | merkleTreeHook, addr32                                         |
 * | 32     | 32      | signedMessageId                                                |
 * | 64     | 4       | signedIndex                                                    |
 * | 68     | 2       | k                                                              |
 * | 70     | 32 k    | siblings of the multiproof (`MerkleTree.multiproof`)           |
 * | 70+32k | 65 each | signatures over (root, signedIndex, signedMessageId)           |
 */
export type MultisigBatchMetadata = {
  merkleTreeHook: Address;
  /** 32 bytes: the leaf at `signedIndex`. */
  signedMessageId: Hex;
  /** uint32: the index of the signed checkpoint, not below any message's nonce. */
  signedIndex: number;
  /** 32 bytes each, fewer than 2^16. */
  siblings: readonly Hex[];
  /** At least one, 65 bytes each, in the order of the validator set. */
  signatures: readonly Hex[];
};

const HEADER = 70;
const MAX_SIBLINGS = 2 ** 16 - 1;

/**
 * Writes the metadata.
 * @throws FormatError when a field is out of range or of the wrong length, or there is no signature
 */
export function encodeMultisigBatchMetadata(metadata: MultisigBatchMetadata): Hex {
  const { merkleTreeHook, signedMessageId, signedIndex, siblings, signatures } = metadata;
  if (siblings.length > MAX_SIBLINGS) throw new FormatError(`a proof of ${siblings.length} siblings is too long`);
  if (signatures.length === 0) throw new FormatError("batch metadata needs at least one signature");
  return concat([
    addressToBytes32(merkleTreeHook),
    checkedHex("signedMessageId", signedMessageId, 32),
    uint32ToHex("signedIndex", signedIndex),
    `0x${siblings.length.toString(16).padStart(4, "0")}`,
    ...siblings.map((node, i) => checkedHex(`siblings[${i}]`, node, 32)),
    ...signatures.map((signature, i) => checkedHex(`signatures[${i}]`, signature, SIGNATURE_SIZE)),
  ]);
}

/**
 * Reads the metadata.
 * @throws FormatError when the bytes are too short, or end in the middle of a signature, or hold none
 */
export function decodeMultisigBatchMetadata(bytes: Hex): MultisigBatchMetadata {
  const metadata = checkedHex("batch metadata", bytes);
  const size = hexSize(metadata);
  if (size < HEADER) throw new FormatError(`batch metadata is ${size} bytes, at least ${HEADER} are needed`);
  const count = Number(hexSlice(metadata, 68, 70));
  const start = HEADER + 32 * count;
  if (size < start + SIGNATURE_SIZE || (size - start) % SIGNATURE_SIZE !== 0) {
    throw new FormatError(`batch metadata of ${count} siblings is ${size} bytes: no whole number of signatures`);
  }
  const words = (from: number, each: number, n: number) =>
    Array.from({ length: n }, (_, i) => hexSlice(metadata, from + each * i, from + each * (i + 1)));
  return {
    merkleTreeHook: bytes32ToAddress(hexSlice(metadata, 0, 32)),
    signedMessageId: hexSlice(metadata, 32, 64),
    signedIndex: checkedUint32("signedIndex", hexUint32At(metadata, 64)),
    siblings: words(HEADER, 32, count),
    signatures: words(start, SIGNATURE_SIZE, (size - start) / SIGNATURE_SIZE),
  };
}
