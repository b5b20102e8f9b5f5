import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { StorageError } from "./checkpointStorage.ts";
import type { ReadLimits } from "./objectReader.ts";
import { withTimeout } from "./withTimeout.ts";

/**
 * Reads a small regular file whose content and kind somebody else decides.
 * @returns undefined when there is no such file
 * @throws StorageError when it is anything but a regular file, larger than `maxBytes`, slower than `timeoutMs` or unreadable
 */
export async function readBoundedFile(path: string, limits: ReadLimits): Promise<Uint8Array | undefined> {
  return await withTimeout(read(path, limits.maxBytes), {
    timeoutMs: limits.timeoutMs,
    error: () => new StorageError(`reading ${path} took longer than ${limits.timeoutMs} ms: try again later`),
  });
}

/**
 * When a regular file was last written, in milliseconds since 1970; undefined when there is no such file.
 * @throws StorageError when it can not be looked at
 */
export async function fileWrittenAt(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats.mtimeMs : undefined;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new StorageError(`can not look at ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    // Merely opening a pipe or a device may block or act, so look first; what was opened is looked at again.
    refuseUnlessFile(path, await lstat(path));
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      refuseUnlessFile(path, stats);
      if (stats.size > maxBytes) throw new StorageError(`${path} is larger than ${maxBytes} bytes, it is not read`);
      return await readAll(path, handle, stats.size);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof StorageError) throw cause;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new StorageError(`can not read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function refuseUnlessFile(path: string, stats: { isFile(): boolean }): void {
  if (!stats.isFile()) throw new StorageError(`${path} is not a regular file, it is not read`);
}

async function readAll(path: string, handle: FileHandle, size: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(size + 1);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length);
  if (bytesRead > size) throw new StorageError(`${path} grows while it is read: try again later`);
  return buffer.subarray(0, bytesRead);
}
