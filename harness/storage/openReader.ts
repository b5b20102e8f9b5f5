import { type CheckpointReader, StorageError } from "./checkpointStorage.ts";
import { locationToFolder } from "./folderLocation.ts";
import { createFolderReader } from "./folderReader.ts";

/**
 * Opens the storage that a validator announced; the location itself is as hostile as what it holds.
 * @param allowLocal whether folders of this machine may be read: only where its validators run here too
 * @example openReader({ location: "file:///var/lib/validator", allowLocal: true })
 * @throws StorageError when the location is of no known kind, or local and that is not allowed
 */
export function openReader(parameters: { location: string; allowLocal: boolean }): CheckpointReader {
  const { location, allowLocal } = parameters;
  if (!location.startsWith("file:")) {
    const start = JSON.stringify(location.slice(0, 100));
    throw new StorageError(`can not read validators at ${start}: only file:///absolute/folder is known`);
  }
  if (!allowLocal) {
    throw new StorageError(
      `refused to read the local folder ${JSON.stringify(location.slice(0, 100))}: ` +
        "allow local storage in the configuration if this validator runs on this machine",
    );
  }
  return createFolderReader({ directory: locationToFolder(location) });
}
