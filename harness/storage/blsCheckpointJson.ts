import { z } from "zod";
import { BLS_KEY_SIZE, BLS_SIGNATURE_SIZE } from "../protocol/bls.ts";
import { checkedHex } from "../protocol/wireFormat.ts";
import { checkpointFromJson, checkpointSchema, checkpointToJson } from "./checkpointJson.ts";
import type { BlsSignedCheckpoint } from "./checkpointStorage.ts";
import { hexOf, parseObject } from "./parseObject.ts";

const schema = z.object({
  value: checkpointSchema,
  bls_key: hexOf(BLS_KEY_SIZE),
  bls_signature: hexOf(BLS_SIGNATURE_SIZE),
});

/** Writes a checkpoint with a BLS signature as the JSON object that validators publish. */
export function blsCheckpointToJson({ checkpoint, key, signature }: BlsSignedCheckpoint): string {
  return JSON.stringify({
    value: checkpointToJson(checkpoint),
    bls_key: checkedHex("BLS key", key, BLS_KEY_SIZE),
    bls_signature: checkedHex("BLS signature", signature, BLS_SIGNATURE_SIZE),
  });
}

/** Reads such an object; fields that are not known are ignored. @throws StorageError when it is malformed */
export function blsCheckpointFromJson(name: string, bytes: Uint8Array): BlsSignedCheckpoint {
  const { value, bls_key, bls_signature } = parseObject(name, bytes, schema);
  return { checkpoint: checkpointFromJson(name, value), key: bls_key, signature: bls_signature };
}
