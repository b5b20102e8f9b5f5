import type { CheckpointStorage } from "./checkpointStorage.ts";
import { locationToFolder } from "./folderLocation.ts";
import { createFolderStorage } from "./folderStorage.ts";
import { createS3Storage } from "./s3Storage.ts";

/**
 * Opens a validator's own storage: `file:///absolute/folder` or `s3://bucket/region[/folder]`, the latter at `AWS_ENDPOINT_URL_S3` when
 * that is set.
 * @throws StorageError when the location is of no known kind
 */
export function openStorage(location: string): CheckpointStorage {
  if (location.startsWith("s3:")) return createS3Storage({ location });
  return createFolderStorage({ directory: locationToFolder(location) });
}
