import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { announcementToJson } from "./announcementJson.ts";
import { blsCheckpointToJson } from "./blsCheckpointJson.ts";
import { CheckpointConflictError, type CheckpointStorage, StorageError } from "./checkpointStorage.ts";
import type { ObjectNames } from "./objectNames.ts";
import { createObjectReader, type ObjectSource } from "./objectReader.ts";
import { reorgFlagToJson } from "./reorgFlagJson.ts";
import { signedCheckpointToJson } from "./signedCheckpointJson.ts";

export type StoredObject = { name: string; content: string };

/** Where a validator's objects are written. Nobody ever sees half of one; when a write has returned, it survives a power cut. */
export type ObjectStore = ObjectSource & {
  /**
   * Creates those of which there are none yet.
   * @returns for each whether it was created: false when there was one, which was left alone
   * @throws StorageError then any of them may have been created
   */
  create(objects: readonly StoredObject[]): Promise<boolean[]>;
  /** Creates or replaces it. @throws StorageError */
  replace(object: StoredObject): Promise<void>;
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
}): CheckpointStorage {
  const { location, names, store } = parameters;
  const reader = createObjectReader(store, names);

  /** Stays with what is there when that is the same checkpoint, whoever signed it. */
  async function writeAll<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, signed: readonly T[]): Promise<void> {
    const objects = signed.map((one) => ({ name: kind.name(one.checkpoint.index), content: kind.toJson(one) }));
    const created = await store.create(objects);
    for (const [i, { checkpoint }] of signed.entries()) if (!created[i]) await assertStored(kind, checkpoint);
  }

  async function assertStored<T extends { checkpoint: Checkpoint }>(kind: Kind<T>, own: Checkpoint): Promise<void> {
    const { index } = own;
    const stored = await kind.read(index);
    const digest = checkpointDigest(own);
    const storedDigest = stored && checkpointDigest(stored.checkpoint);
    if (storedDigest === undefined) throw new StorageError(`${store.describe(kind.name(index))} vanished`);
    if (storedDigest !== digest) throw new CheckpointConflictError({ location, index, storedDigest, digest });
  }

  const ecdsa = { name: names.checkpoint, toJson: signedCheckpointToJson, read: reader.checkpoint };
  const bls = { name: names.blsCheckpoint, toJson: blsCheckpointToJson, read: reader.blsCheckpoint };

  return {
    ...reader,
    location,
    writeCheckpoints: (signed) => writeAll(ecdsa, signed),
    writeCheckpoint: (signed) => writeAll(ecdsa, [signed]),
    writeBlsCheckpoints: (signed) => writeAll(bls, signed),
    writeLatestIndex: (index) => store.replace({ name: names.latestIndex, content: JSON.stringify(index) }),
    writeAnnouncement: (announcement) =>
      store.replace({ name: names.announcement, content: announcementToJson(announcement) }),
    writeMetadata: ({ version, rpcHashes }) =>
      store.replace({ name: names.metadata, content: JSON.stringify({ git_sha: version, rpcs: rpcHashes }) }),
    async writeReorgFlag(flag) {
      await store.create([{ name: names.reorgFlag, content: reorgFlagToJson(flag) }]);
    },
  };
}
