import { join } from "node:path";
import { blsCheckpointFromJson } from "./blsCheckpointJson.ts";
import type { CheckpointReader } from "./checkpointStorage.ts";
import { parseObject, uint32 } from "./parseObject.ts";
import { fileWrittenAt, type ReadLimits, readBoundedFile } from "./readBoundedFile.ts";
import { reorgFlagFromJson } from "./reorgFlagJson.ts";
import { signedCheckpointFromJson } from "./signedCheckpointJson.ts";

export const LATEST_INDEX_FILE = "index.json";
export const REORG_FLAG_FILE = "reorg_flag.json";
export const ANNOUNCEMENT_FILE = "announcement.json";
export const METADATA_FILE = "metadata_latest.json";

/** The name of the file that holds the signed checkpoint of an index. */
export function checkpointFile(index: number): string {
  return `${index}_with_id.json`;
}

/** The name of the file that holds the checkpoint of an index with a BLS signature. */
export function blsCheckpointFile(index: number): string {
  return `${index}_bls.json`;
}

/** No object of a validator comes near this size. */
const DEFAULT_LIMITS: ReadLimits = { maxBytes: 50 * 1024, timeoutMs: 5_000 };

/**
 * Reads a validator's folder, which may hold anything.
 * @example const signed = await createFolderReader({ directory: "/var/lib/validator" }).checkpoint(7);
 */
export function createFolderReader(parameters: { directory: string; limits?: ReadLimits }): CheckpointReader {
  const { directory, limits = DEFAULT_LIMITS } = parameters;

  async function read<T>(name: string, parse: (path: string, bytes: Uint8Array) => T): Promise<T | undefined> {
    const path = join(directory, name);
    const bytes = await readBoundedFile(path, limits);
    return bytes === undefined ? undefined : parse(path, bytes);
  }

  return {
    latestIndex: () => read(LATEST_INDEX_FILE, (path, bytes) => parseObject(path, bytes, uint32)),
    latestIndexWrittenAt: () => fileWrittenAt(join(directory, LATEST_INDEX_FILE)),
    checkpoint: (index) => read(checkpointFile(index), signedCheckpointFromJson),
    blsCheckpoint: (index) => read(blsCheckpointFile(index), blsCheckpointFromJson),
    reorgFlag: () => read(REORG_FLAG_FILE, reorgFlagFromJson),
  };
}
