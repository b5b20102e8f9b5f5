import type { Kysely, Transaction } from "kysely";

/** Runs `write` in a database transaction and resolves when that is committed. */
export type Commit<DB> = (write: (trx: Transaction<DB>) => Promise<void>) => Promise<void>;

/**
 * Commits writes that arrive at the same time together: an fsync each would be most of what a burst of messages costs.
 * When one of them throws, none of those that shared its transaction is written, and all reject.
 */
export function createGroupCommit<DB>(db: Kysely<DB>): Commit<DB> {
  type Waiting = {
    write: (trx: Transaction<DB>) => Promise<void>;
    resolve: () => void;
    reject: (error: unknown) => void;
  };
  let queue: Waiting[] = [];
  let writing = false;

  async function writeQueue(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      try {
        await db.transaction().execute(async (trx) => {
          for (const { write } of batch) await write(trx);
        });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  }

  return (write) =>
    new Promise((resolve, reject) => {
      queue.push({ write, resolve, reject });
      if (writing) return;
      writing = true;
      setImmediate(() => void writeQueue());
    });
}
