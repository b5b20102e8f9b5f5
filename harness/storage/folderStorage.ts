import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { createFiles, replaceFile } from "./atomicFile.ts";
import { type CheckpointStorage, StorageError } from "./checkpointStorage.ts";
import { folderToLocation } from "./folderLocation.ts";
import { folderSource } from "./folderReader.ts";
import { FOLDER_NAMES } from "./objectNames.ts";
import { createObjectStorage, type StoredObject } from "./objectStorage.ts";

/**
 * A validator's storage in a folder, which is created when there is none.
 * @example const storage = createFolderStorage({ directory: "/var/lib/validator" });
 * @throws StorageError when the folder can not be made or its path can not be announced
 */
export function createFolderStorage(parameters: { directory: string }): CheckpointStorage {
  const directory = resolve(parameters.directory);
  const location = folderToLocation(directory);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw asStorageError(`create the folder ${directory}`, cause);
  }
  return createObjectStorage({
    location,
    names: FOLDER_NAMES,
    store: {
      ...folderSource({ directory }),
      create: (objects) => attempt(`write ${named(objects)} to ${directory}`, () => createFiles(directory, objects)),
      replace: (object) => attempt(`write ${object.name} to ${directory}`, () => replaceFile(directory, object)),
    },
  });
}

function named(objects: readonly StoredObject[]): string {
  const [first, ...others] = objects.map(({ name }) => name);
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
}

async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
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
