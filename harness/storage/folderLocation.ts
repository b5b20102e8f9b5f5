import { isAbsolute, normalize } from "node:path";
import { StorageError } from "./checkpointStorage.ts";

const SCHEME = "file://";
const MAX_LENGTH = 1_024;
/** One way to write a path: printable ASCII without `%`, `?`, `#`, `\`, `"`, `<`, `>` and the like, nothing to decode. */
const PLAIN_PATH = /^\/[A-Za-z0-9 !$&'()*+,\-./:;=@_~[\]]+$/;

/**
 * The location that announces a folder: `file:///absolute/folder`.
 * @throws StorageError when the path has no such form
 */
export function folderToLocation(directory: string): string {
  const location = `${SCHEME}${directory}`;
  locationToFolder(location);
  return location;
}

/**
 * The absolute folder that a location names. There is exactly one spelling for each folder.
 * @throws StorageError for any other scheme or host, for relative, encoded or dotted paths
 */
export function locationToFolder(location: string): string {
  const path = location.slice(SCHEME.length);
  const plain =
    location.length <= MAX_LENGTH &&
    location.startsWith(SCHEME) &&
    PLAIN_PATH.test(path) &&
    isAbsolute(path) &&
    normalize(path) === path &&
    !path.endsWith("/");
  if (!plain) {
    throw new StorageError(
      `not a folder's location: ${JSON.stringify(location.slice(0, 100))}. ` +
        'It is "file://" and an absolute path in plain ASCII, without "..", "//", "%" or a final "/"',
    );
  }
  return path;
}
