import { type Address, concat, type Hex } from "viem";
import { addressToBytes32, bytes32ToAddress } from "./address.ts";
import { SIGNATURE_SIZE } from "./checkpoint.ts";
import { TREE_DEPTH } from "./merkleTree.ts";
import { checkedHex, FormatError, hexSize, hexSlice, hexUint32At, uint32ToHex } from "./wireFormat.ts";

/**
 * Metadata of a message-id multisig (module types 5 and 10).
 *
 * | offset | bytes   | field                                                       |
 * |--------|---------|-------------------------------------------------------------|
 * | 0      | 32      | merkleTreeHook, addr32                                      |
 * | 32     | 32      | root                                                        |
 * | 64     | 4       | index                                                       |
 * | 68     | 65 each | signatures over the checkpoint (root, index, id of message) |
 */
export type MessageIdMetadata = {
  merkleTreeHook: Address;
  /** 32 bytes: the root of the signed checkpoint. */
  root: Hex;
  /** uint32: the index of the signed checkpoint, which is the message's nonce. */
  index: number;
  /** At least one, 65 bytes each, in the order of the validator set. */
  signatures: readonly Hex[];
};

/**
 * Metadata of a merkle-root multisig (module types 4 and 9).
 *
 * | offset | bytes   | field                                                                                       |
 * |--------|---------|---------------------------------------------------------------------------------------------|
 * | 0      | 32      | merkleTreeHook, addr32                                                                      |
 * | 32     | 4       | messageIndex                                                                                |
 * | 36     | 32      | signedMessageId                                                                             |
 * | 68     | 32 x 32 | proof                                                                                       |
 * | 1092   | 4       | signedIndex                                                                                 |
 * | 1096   | 65 each | signatures over (branchRoot(id of message, proof, messageIndex), signedIndex, signedMessageId) |
 */
export type MerkleRootMetadata = {
  merkleTreeHook: Address;
  /** uint32: the leaf of the message that is proven. */
  messageIndex: number;
  /** 32 bytes: the leaf at `signedIndex`. */
  signedMessageId: Hex;
  /** 32 siblings of 32 bytes each, lowest first. */
  proof: readonly Hex[];
  /** uint32: the index of the signed checkpoint. */
  signedIndex: number;
  /** At least one, 65 bytes each, in the order of the validator set. */
  signatures: readonly Hex[];
};

const MESSAGE_ID_HEADER = 68;
const MERKLE_ROOT_HEADER = 1096;
const PROOF_OFFSET = 68;

/**
 * Writes the metadata of a message-id multisig.
 * @throws FormatError when a field is out of range or of the wrong length, or there is no signature
 */
export function encodeMessageIdMetadata(metadata: MessageIdMetadata): Hex {
  return concat([
    addressToBytes32(metadata.merkleTreeHook),
    checkedHex("metadata root", metadata.root, 32),
    uint32ToHex("metadata index", metadata.index),
    ...checkedSignatures(metadata.signatures),
  ]);
}

/**
 * Reads the metadata of a message-id multisig. The signatures are cut out, not verified.
 * @returns the fields, hex in lower case
 * @throws FormatError when it is too short, does not end with whole signatures, or names a hook that is not an address
 */
export function decodeMessageIdMetadata(bytes: Hex): MessageIdMetadata {
  const metadata = checkedHex("message-id multisig metadata", bytes);
  const signatures = signaturesFrom("message-id multisig metadata", metadata, MESSAGE_ID_HEADER);
  return {
    merkleTreeHook: bytes32ToAddress(hexSlice(metadata, 0, 32)),
    root: hexSlice(metadata, 32, 64),
    index: hexUint32At(metadata, 64),
    signatures,
  };
}

/**
 * Writes the metadata of a merkle-root multisig.
 * @throws FormatError when a field is out of range or of the wrong length, the proof has not 32 siblings, or there is no signature
 */
export function encodeMerkleRootMetadata(metadata: MerkleRootMetadata): Hex {
  if (metadata.proof.length !== TREE_DEPTH) {
    throw new FormatError(`a proof has ${TREE_DEPTH} siblings, not ${metadata.proof.length}`);
  }
  return concat([
    addressToBytes32(metadata.merkleTreeHook),
    uint32ToHex("metadata message index", metadata.messageIndex),
    checkedHex("metadata signed message id", metadata.signedMessageId, 32),
    ...metadata.proof.map((sibling, level) => checkedHex(`metadata proof[${level}]`, sibling, 32)),
    uint32ToHex("metadata signed index", metadata.signedIndex),
    ...checkedSignatures(metadata.signatures),
  ]);
}

/**
 * Reads the metadata of a merkle-root multisig. Neither proof nor signatures are verified.
 * @returns the fields, hex in lower case
 * @throws FormatError when it is too short, does not end with whole signatures, or names a hook that is not an address
 */
export function decodeMerkleRootMetadata(bytes: Hex): MerkleRootMetadata {
  const metadata = checkedHex("merkle-root multisig metadata", bytes);
  const signatures = signaturesFrom("merkle-root multisig metadata", metadata, MERKLE_ROOT_HEADER);
  return {
    merkleTreeHook: bytes32ToAddress(hexSlice(metadata, 0, 32)),
    messageIndex: hexUint32At(metadata, 32),
    signedMessageId: hexSlice(metadata, 36, PROOF_OFFSET),
    proof: Array.from({ length: TREE_DEPTH }, (_, level) =>
      hexSlice(metadata, PROOF_OFFSET + 32 * level, PROOF_OFFSET + 32 * (level + 1)),
    ),
    signedIndex: hexUint32At(metadata, 1092),
    signatures,
  };
}

function checkedSignatures(signatures: readonly Hex[]): Hex[] {
  if (signatures.length === 0) {
    throw new FormatError("metadata without a signature verifies nowhere, collect signatures first");
  }
  return signatures.map((signature, i) => checkedHex(`metadata signatures[${i}]`, signature, SIGNATURE_SIZE));
}

function signaturesFrom(what: string, metadata: Hex, offset: number): Hex[] {
  const rest = hexSize(metadata) - offset;
  if (rest < SIGNATURE_SIZE || rest % SIGNATURE_SIZE !== 0) {
    throw new FormatError(
      `${what} is ${hexSize(metadata)} bytes, not ${offset} and one or more signatures of ${SIGNATURE_SIZE}`,
    );
  }
  return Array.from({ length: rest / SIGNATURE_SIZE }, (_, i) =>
    hexSlice(metadata, offset + SIGNATURE_SIZE * i, offset + SIGNATURE_SIZE * (i + 1)),
  );
}
