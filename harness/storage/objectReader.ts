import { blsCheckpointFromJson } from "./blsCheckpointJson.ts";
import type { CheckpointReader } from "./checkpointStorage.ts";
import type { ObjectNames } from "./objectNames.ts";
import { parseObject, uint32 } from "./parseObject.ts";
import { reorgFlagFromJson } from "./reorgFlagJson.ts";
import { signedCheckpointFromJson } from "./signedCheckpointJson.ts";

/** Bounds of one read. */
export type ReadLimits = { maxBytes: number; timeoutMs: number };

/** No object of a validator comes near this size. */
export const DEFAULT_LIMITS: ReadLimits = { maxBytes: 50 * 1024, timeoutMs: 5_000 };

/** Where a validator's objects are, by name. What reads them bounds size and time. */
export type ObjectSource = {
  /** How errors call an object. */
  describe(name: string): string;
  /** @returns undefined when it is certain that there is none. @throws StorageError for whatever else is not a whole object */
  read(name: string): Promise<Uint8Array | undefined>;
  /** In milliseconds since 1970; undefined when there is none. @throws StorageError */
  writtenAt(name: string): Promise<number | undefined>;
};

/** Reads a validator's objects, which may hold anything. */
export function createObjectReader(source: ObjectSource, names: ObjectNames): CheckpointReader {
  async function read<T>(name: string, parse: (described: string, bytes: Uint8Array) => T): Promise<T | undefined> {
    const bytes = await source.read(name);
    return bytes === undefined ? undefined : parse(source.describe(name), bytes);
  }

  return {
    latestIndex: () => read(names.latestIndex, (described, bytes) => parseObject(described, bytes, uint32)),
    latestIndexWrittenAt: () => source.writtenAt(names.latestIndex),
    checkpoint: (index) => read(names.checkpoint(index), signedCheckpointFromJson),
    blsCheckpoint: (index) => read(names.blsCheckpoint(index), blsCheckpointFromJson),
    reorgFlag: () => read(names.reorgFlag, reorgFlagFromJson),
  };
}
