import { closeSync, openSync } from "node:fs";
import Database from "libsql";

/**
 * Takes a lock that lasts until `release` or until the process ends, however it does: the operating system's, held through an empty
 * database that is never committed to.
 * @returns undefined when somebody else has it
 */
export function lockFile(path: string): { release(): void } | undefined {
  createPrivately(path);
  const database = new Database(path);
  try {
    database.pragma("busy_timeout = 0");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") return undefined;
    throw error;
  }
  return {
    release() {
      database.exec("ROLLBACK");
      database.close();
    },
  };
}

/** Never opens a file that is there: closing that again would end the process's own lock on it (fcntl). */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
