import { z } from "zod";
import type { ReorgFlag } from "./checkpointStorage.ts";
import { hexOf, parseObject, uint32 } from "./parseObject.ts";

const schema = z.object({
  local_merkle_root: hexOf(32),
  canonical_merkle_root: hexOf(32),
  checkpoint_index: uint32,
  unix_timestamp: z.int().min(0),
  reorg_period: z.union([uint32, z.string().max(100)]),
});

/** Writes a reorg flag as the JSON object that validators publish. */
export function reorgFlagToJson(flag: ReorgFlag): string {
  return JSON.stringify({
    local_merkle_root: flag.localMerkleRoot.toLowerCase(),
    canonical_merkle_root: flag.canonicalMerkleRoot.toLowerCase(),
    checkpoint_index: flag.checkpointIndex,
    unix_timestamp: flag.unixTimestamp,
    reorg_period: flag.reorgPeriod,
  });
}

/** Reads a reorg flag. @throws StorageError when it is malformed; it is a flag all the same */
export function reorgFlagFromJson(name: string, bytes: Uint8Array): ReorgFlag {
  const json = parseObject(name, bytes, schema);
  return {
    localMerkleRoot: json.local_merkle_root,
    canonicalMerkleRoot: json.canonical_merkle_root,
    checkpointIndex: json.checkpoint_index,
    unixTimestamp: json.unix_timestamp,
    reorgPeriod: json.reorg_period,
  };
}
