import { type CheckpointReader, StorageError } from "./checkpointStorage.ts";
import { locationToFolder } from "./folderLocation.ts";
import { createFolderReader } from "./folderReader.ts";
import { createS3Reader } from "./s3Reader.ts";

/**
 * Opens the storage that a validator announced; the location itself is as hostile as what it holds.
 * @param allowLocal whether folders of this machine may be read: only where its validators run here too
 * @param s3Endpoint where S3 buckets are, when not at Amazon. Default: `AWS_ENDPOINT_URL_S3`, which AWS's own tools know too
 * @example openReader({ location: "s3://my-validator/eu-central-1", allowLocal: false })
 * @throws StorageError when the location is of no known kind, or local and that is not allowed
 */
export function openReader(parameters: {
  location: string;
  allowLocal: boolean;
  s3Endpoint?: string | undefined;
}): CheckpointReader {
  const { location, allowLocal, s3Endpoint: endpoint = process.env.AWS_ENDPOINT_URL_S3 } = parameters;
  if (location.startsWith("s3:")) return createS3Reader({ location, ...(endpoint !== undefined && { endpoint }) });
  if (!location.startsWith("file:")) {
    const start = JSON.stringify(location.slice(0, 100));
    throw new StorageError(`can not read validators at ${start}: only file:// and s3:// are known`);
  }
  if (!allowLocal) {
    throw new StorageError(
      `refused to read the local folder ${JSON.stringify(location.slice(0, 100))}: ` +
        "allow local storage in the configuration if this validator runs on this machine",
    );
  }
  return createFolderReader({ directory: locationToFolder(location) });
}
