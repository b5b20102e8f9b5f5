import { join } from "node:path";
import type { CheckpointReader } from "./checkpointStorage.ts";
import { FOLDER_NAMES } from "./objectNames.ts";
import { createObjectReader, DEFAULT_LIMITS, type ObjectSource, type ReadLimits } from "./objectReader.ts";
import { fileWrittenAt, readBoundedFile } from "./readBoundedFile.ts";

/**
 * Reads a validator's folder, which may hold anything.
 * @example const signed = await createFolderReader({ directory: "/var/lib/validator" }).checkpoint(7);
 */
export function createFolderReader(parameters: { directory: string; limits?: ReadLimits }): CheckpointReader {
  return createObjectReader(folderSource(parameters), FOLDER_NAMES);
}

/** The files of a folder, of any kind and content. */
export function folderSource(parameters: { directory: string; limits?: ReadLimits }): ObjectSource {
  const { directory, limits = DEFAULT_LIMITS } = parameters;
  const describe = (name: string) => join(directory, name);
  return {
    describe,
    read: (name) => readBoundedFile(describe(name), limits),
    writtenAt: (name) => fileWrittenAt(describe(name)),
  };
}
