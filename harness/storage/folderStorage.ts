import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { announcementToJson } from "./announcementJson.ts";
import { createFile, replaceFile, syncDirectory } from "./atomicFile.ts";
import { blsCheckpointToJson } from "./blsCheckpointJson.ts";
import { CheckpointConflictError, type CheckpointStorage, StorageError } from "./checkpointStorage.ts";
import { folderToLocation } from "./folderLocation.ts";
import {
  ANNOUNCEMENT_FILE,
  blsCheckpointFile,
  checkpointFile,
  createFolderReader,
  LATEST_INDEX_FILE,
  METADATA_FILE,
  REORG_FLAG_FILE,
} from "./folderReader.ts";
import { reorgFlagToJson } from "./reorgFlagJson.ts";
import { signedCheckpointToJson } from "./signedCheckpointJson.ts";

/** How a checkpoint with a signature of one kind is kept. */
type Kind<T> = {
  file: (index: number) => string;
  toJson: (signed: T) => string;
  read: (index: number) => Promise<T | undefined>;
};

/** Files in flight at once: enough for the disk to merge their fsyncs, few against the limit on open files. */
const CONCURRENT_WRITES = 64;

/**
 * A validator's storage in a folder, which is created when there is none.
 * @example const storage = createFolderStorage({ directory: "/var/lib/validator" });
 * @throws StorageError when the folder can not be made or its path can not be announced
 */
export function createFolderStorage(parameters: { directory: string }): CheckpointStorage {
  const directory = resolve(parameters.directory);
  const location = folderToLocation(directory);
  const reader = createFolderReader({ directory });
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw asStorageError(`create the folder ${directory}`, cause);
  }

  /** Stays with what is there when that is the same checkpoint, whoever signed it. */
  async function createSigned<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, signed: T): Promise<void> {
    const { index } = signed.checkpoint;
    const name = kind.file(index);
    if (await createFile(directory, name, kind.toJson(signed))) return;
    const stored = await kind.read(index);
    const digest = checkpointDigest(signed.checkpoint);
    const storedDigest = stored && checkpointDigest(stored.checkpoint);
    if (storedDigest === undefined) throw new StorageError(`${name} vanished from ${directory}`);
    if (storedDigest !== digest) throw new CheckpointConflictError({ location, index, storedDigest, digest });
  }

  async function writeAll<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, signed: readonly T[]): Promise<void> {
    await attempt(`write checkpoints to ${directory}`, async () => {
      const queue = signed.values(); // one iterator, shared by all workers
      const workers = Array.from({ length: Math.min(CONCURRENT_WRITES, signed.length) }, async () => {
        for (const next of queue) await createSigned(kind, next);
      });
      const failed = (await Promise.allSettled(workers)).find((outcome) => outcome.status === "rejected");
      if (failed) throw failed.reason;
      await syncDirectory(directory);
    });
  }

  const ecdsa = { file: checkpointFile, toJson: signedCheckpointToJson, read: reader.checkpoint };
  const bls = { file: blsCheckpointFile, toJson: blsCheckpointToJson, read: reader.blsCheckpoint };

  async function replace(name: string, content: string): Promise<void> {
    await attempt(`write ${name} to ${directory}`, async () => {
      await replaceFile(directory, name, content);
      await syncDirectory(directory);
    });
  }

  return {
    ...reader,
    location,
    writeCheckpoints: (signed) => writeAll(ecdsa, signed),
    writeCheckpoint: (signed) => writeAll(ecdsa, [signed]),
    writeBlsCheckpoints: (signed) => writeAll(bls, signed),
    writeLatestIndex: (index) => replace(LATEST_INDEX_FILE, JSON.stringify(index)),
    writeAnnouncement: (announcement) => replace(ANNOUNCEMENT_FILE, announcementToJson(announcement)),
    writeMetadata: ({ version, rpcHashes }) =>
      replace(METADATA_FILE, JSON.stringify({ git_sha: version, rpcs: rpcHashes })),
    writeReorgFlag: (flag) =>
      attempt(`write ${REORG_FLAG_FILE} to ${directory}`, async () => {
        await createFile(directory, REORG_FLAG_FILE, reorgFlagToJson(flag));
        await syncDirectory(directory);
      }),
  };
}

async function attempt(what: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw asStorageError(what, cause);
  }
}

function asStorageError(what: string, cause: unknown): Error {
  if (!(cause instanceof Error) || !("code" in cause)) return cause as Error;
  return new StorageError(`can not ${what}: ${cause.message}. Make the folder writable and the disk not full`, {
    cause,
  });
}
