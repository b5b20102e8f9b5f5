import type { Hex } from "viem";
import { z } from "zod";
import { SIGNATURE_SIZE } from "../protocol/checkpoint.ts";
import { checkedHex, hexSlice } from "../protocol/wireFormat.ts";
import { checkpointFromJson, checkpointSchema, checkpointToJson } from "./checkpointJson.ts";
import { type SignedCheckpoint, StorageError } from "./checkpointStorage.ts";
import { hexOf, parseObject } from "./parseObject.ts";

/** r, s and v once more as three fields; agents of the ecosystem leave away the leading zeros of r and s. */
const splitSignature = z.object({
  r: z.string().regex(/^0x[0-9a-fA-F]{1,64}$/),
  s: z.string().regex(/^0x[0-9a-fA-F]{1,64}$/),
  v: z.int().min(0).max(255),
});

const schema = z.object({
  value: checkpointSchema,
  signature: splitSignature,
  serialized_signature: hexOf(65),
});

/** Writes a signed checkpoint as the JSON object that validators publish. */
export function signedCheckpointToJson({ checkpoint, signature }: SignedCheckpoint): string {
  return JSON.stringify({
    value: checkpointToJson(checkpoint),
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
  return { checkpoint: checkpointFromJson(name, value), signature: serialized_signature };
}

/** The two forms in which a 65-byte signature stands in a stored object. */
export function signatureToJson(signature: Hex) {
  const bytes = checkedHex("signature", signature, SIGNATURE_SIZE);
  return {
    signature: { r: hexSlice(bytes, 0, 32), s: hexSlice(bytes, 32, 64), v: Number(hexSlice(bytes, 64)) },
    serialized_signature: bytes,
  };
}
