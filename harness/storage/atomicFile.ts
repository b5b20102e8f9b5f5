import { randomUUID } from "node:crypto";
import { link, open, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

/** What a crash leaves behind has this name in front; it may be removed while nothing runs. */
export const TEMPORARY_PREFIX = ".tmp-";

/**
 * Creates `name` with all of `content` or not at all. After `syncDirectory` it survives a power cut.
 * @returns false when `name` exists already: it was left alone
 */
export async function createFile(directory: string, name: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(directory, content);
  try {
    await link(temporary, join(directory, name)); // unlike rename, never replaces
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Creates or replaces `name`: readers see the old or the new content, never a part. Call `syncDirectory` after it. */
export async function replaceFile(directory: string, name: string, content: string): Promise<void> {
  await rename(await writeTemporary(directory, content), join(directory, name));
}

/** Makes created and replaced names durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeTemporary(directory: string, content: string): Promise<string> {
  const path = join(directory, `${TEMPORARY_PREFIX}${randomUUID()}`);
  const handle = await open(path, "wx", 0o644);
  try {
    await handle.writeFile(content);
    await handle.datasync();
  } catch (error) {
    await unlink(path); // a full disk is tried again and again
    throw error;
  } finally {
    await handle.close();
  }
  return path;
}
