import type { Hex } from "viem";
import { z } from "zod";
import { addressToBytes32, bytes32ToAddress } from "../protocol/address.ts";
import { SIGNATURE_SIZE } from "../protocol/checkpoint.ts";
import { checkedHex, FormatError, hexSlice } from "../protocol/wireFormat.ts";
import { type SignedCheckpoint, StorageError } from "./checkpointStorage.ts";
import { hexOf, parseObject, uint32 } from "./parseObject.ts";

/** r, s and v once more as three fields; agents of the ecosystem leave away the leading zeros of r and s. */
const splitSignature = z.object({
  r: z.string().regex(/^0x[0-9a-fA-F]{1,64}$/),
  s: z.string().regex(/^0x[0-9a-fA-F]{1,64}$/),
  v: z.int().min(0).max(255),
});

const schema = z.object({
  value: z.object({
    checkpoint: z.object({
      merkle_tree_hook_address: hexOf(32),
      mailbox_domain: uint32,
      root: hexOf(32),
      index: uint32,
    }),
    message_id: hexOf(32),
  }),
  signature: splitSignature,
  serialized_signature: hexOf(65),
});

/** Writes a signed checkpoint as the JSON object that validators publish. */
export function signedCheckpointToJson({ checkpoint, signature }: SignedCheckpoint): string {
  return JSON.stringify({
    value: {
      checkpoint: {
        merkle_tree_hook_address: addressToBytes32(checkpoint.merkleTreeHook),
        mailbox_domain: checkpoint.origin,
        root: checkpoint.root.toLowerCase(),
        index: checkpoint.index,
      },
      message_id: checkpoint.messageId.toLowerCase(),
    },
    ...signatureToJson(signature),
  });
}

/**
 * Reads a signed checkpoint; fields that are not known are ignored.
 * @throws StorageError when it is malformed, or the two forms of the signature differ
 */
export function signedCheckpointFromJson(name: string, bytes: Uint8Array): SignedCheckpoint {
  const { value, signature, serialized_signature } = parseObject(name, bytes, schema);
  const split = [signature.r, signature.s].map((part) => part.slice(2).toLowerCase().padStart(64, "0")).join("");
  if (`0x${split}${signature.v.toString(16).padStart(2, "0")}` !== serialized_signature) {
    throw new StorageError(`${name} is malformed: its r, s and v are not those of its serialized_signature`);
  }
  try {
    return {
      checkpoint: {
        origin: value.checkpoint.mailbox_domain,
        merkleTreeHook: bytes32ToAddress(value.checkpoint.merkle_tree_hook_address),
        root: value.checkpoint.root,
        index: value.checkpoint.index,
        messageId: value.message_id,
      },
      signature: serialized_signature,
    };
  } catch (cause) {
    if (cause instanceof FormatError) throw new StorageError(`${name} is malformed: ${cause.message}`, { cause });
    throw cause;
  }
}

/** The two forms in which a 65-byte signature stands in a stored object. */
export function signatureToJson(signature: Hex) {
  const bytes = checkedHex("signature", signature, SIGNATURE_SIZE);
  return {
    signature: { r: hexSlice(bytes, 0, 32), s: hexSlice(bytes, 32, 64), v: Number(hexSlice(bytes, 64)) },
    serialized_signature: bytes,
  };
}
