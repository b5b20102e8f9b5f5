import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { announcementToJson } from "./announcementJson.ts";
import { blsCheckpointToJson } from "./blsCheckpointJson.ts";
import { CheckpointConflictError, type CheckpointStorage, StorageError } from "./checkpointStorage.ts";
import type { ObjectNames } from "./objectNames.ts";
import { createObjectReader, type ObjectSource } from "./objectReader.ts";
import { reorgFlagToJson } from "./reorgFlagJson.ts";
import { signedCheckpointToJson } from "./signedCheckpointJson.ts";

/** Where a validator's objects are written. Nobody ever sees half of one. */
export type ObjectStore = ObjectSource & {
  /** Creates all of it or nothing. @returns false when there is such an object already: it was left alone. @throws StorageError */
  create(name: string, content: string): Promise<boolean>;
  /** Creates or replaces it. @throws StorageError */
  replace(name: string, content: string): Promise<void>;
  /** Returns when all that was created and replaced before survives a power cut. @throws StorageError */
  sync(): Promise<void>;
};

/** How a checkpoint with a signature of one kind is kept. */
type Kind<T> = {
  name: (index: number) => string;
  toJson: (signed: T) => string;
  read: (index: number) => Promise<T | undefined>;
};

/** A validator's storage over any store of objects. */
export function createObjectStorage(parameters: {
  location: string;
  names: ObjectNames;
  store: ObjectStore;
  concurrentWrites: number;
}): CheckpointStorage {
  const { location, names, store, concurrentWrites } = parameters;
  const reader = createObjectReader(store, names);

  /** Stays with what is there when that is the same checkpoint, whoever signed it. */
  async function createSigned<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, signed: T): Promise<void> {
    const { index } = signed.checkpoint;
    const name = kind.name(index);
    if (await store.create(name, kind.toJson(signed))) return;
    const stored = await kind.read(index);
    const digest = checkpointDigest(signed.checkpoint);
    const storedDigest = stored && checkpointDigest(stored.checkpoint);
    if (storedDigest === undefined) throw new StorageError(`${store.describe(name)} vanished`);
    if (storedDigest !== digest) throw new CheckpointConflictError({ location, index, storedDigest, digest });
  }

  async function writeAll<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, signed: readonly T[]): Promise<void> {
    const queue = signed.values(); // one iterator, shared by all workers
    const workers = Array.from({ length: Math.min(concurrentWrites, signed.length) }, async () => {
      for (const next of queue) await createSigned(kind, next);
    });
    const failed = (await Promise.allSettled(workers)).find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
    await store.sync();
  }

  const ecdsa = { name: names.checkpoint, toJson: signedCheckpointToJson, read: reader.checkpoint };
  const bls = { name: names.blsCheckpoint, toJson: blsCheckpointToJson, read: reader.blsCheckpoint };

  async function replace(name: string, content: string): Promise<void> {
    await store.replace(name, content);
    await store.sync();
  }

  return {
    ...reader,
    location,
    writeCheckpoints: (signed) => writeAll(ecdsa, signed),
    writeCheckpoint: (signed) => writeAll(ecdsa, [signed]),
    writeBlsCheckpoints: (signed) => writeAll(bls, signed),
    writeLatestIndex: (index) => replace(names.latestIndex, JSON.stringify(index)),
    writeAnnouncement: (announcement) => replace(names.announcement, announcementToJson(announcement)),
    writeMetadata: ({ version, rpcHashes }) =>
      replace(names.metadata, JSON.stringify({ git_sha: version, rpcs: rpcHashes })),
    async writeReorgFlag(flag) {
      await store.create(names.reorgFlag, reorgFlagToJson(flag));
      await store.sync();
    },
  };
}
