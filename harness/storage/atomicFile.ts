import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, unlinkSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export type File = { name: string; content: string };

/** What a crash leaves behind has this name in front; it may be removed while nothing runs. */
export const TEMPORARY_PREFIX = ".tmp-";
const MODE = 0o644;
/** From so many files on, their whole file system is synced once: a validator that catches up would do little else. */
const SYNC_TOGETHER = 16;

const run = promisify(execFile);

/**
 * Creates each file, with all of its content or not at all; when this returns they survive a power cut.
 * @returns for each whether it was created: false when there was one of that name, which was left alone
 */
export async function createFiles(directory: string, files: readonly File[]): Promise<boolean[]> {
  const temporaries = files.map(() => temporaryIn(directory));
  try {
    // Into the cache of the system, as the database writes too; what takes time is below.
    for (const [i, { content }] of files.entries()) {
      writeFileSync(temporaries[i] as string, content, { flag: "wx", mode: MODE });
    }
    await syncFiles(directory, temporaries);
    const created = files.map(({ name }, i) => linkNew(temporaries[i] as string, join(directory, name)));
    await sync(directory);
    return created;
  } finally {
    for (const temporary of temporaries) unlinkIfThere(temporary); // a full disk is tried again and again
  }
}

/** Creates or replaces a file: readers see the old or the new content, never a part, whatever happens. */
export async function replaceFile(directory: string, { name, content }: File): Promise<void> {
  const temporary = temporaryIn(directory);
  try {
    writeFileSync(temporary, content, { flag: "wx", mode: MODE });
    await sync(temporary);
    await rename(temporary, join(directory, name));
  } catch (error) {
    unlinkIfThere(temporary);
    throw error;
  }
  await sync(directory);
}

function temporaryIn(directory: string): string {
  return join(directory, `${TEMPORARY_PREFIX}${randomUUID()}`);
}

/** @returns false when there is one of that name already */
function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to); // unlike rename, never replaces
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}

async function syncFiles(directory: string, paths: readonly string[]): Promise<void> {
  if (paths.length >= SYNC_TOGETHER && (await syncFileSystem(directory))) return;
  await Promise.all(paths.map(sync));
}

/** @returns false where there is no program that could */
async function syncFileSystem(directory: string): Promise<boolean> {
  if (process.platform !== "linux") return false; // elsewhere it does not wait
  return await run("sync", ["-f", directory]).then(
    () => true,
    () => false,
  );
}

/** Of a file its content, of a directory its names. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
