import { execFile } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CHUNK = Buffer.alloc(65_536);

export type SmallDisk = {
  /** Leaves no room for anything. */
  fill(): void;
  /** Makes the room again that `fill` took. */
  free(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A file system of its own in a folder, of so many MiB; undefined where this process may not mount one: that takes root. */
export async function mountSmallDisk(directory: string, sizeMib: number): Promise<SmallDisk | undefined> {
  mkdirSync(directory, { recursive: true });
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${sizeMib}m`, "tmpfs", directory]);
  } catch {
    return undefined;
  }
  const filler = join(directory, "filler");
  return {
    fill() {
      const file = openSync(filler, "a");
      try {
        for (let size = CHUNK.length; size > 0; ) {
          try {
            writeSync(file, CHUNK, 0, size);
          } catch {
            size = Math.floor(size / 2); // to the last byte
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    // Whoever still has a file open there keeps it.
    [Symbol.asyncDispose]: async () => void (await run("umount", ["--lazy", directory])),
  };
}
