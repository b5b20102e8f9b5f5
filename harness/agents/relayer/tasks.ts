import { setTimeout as sleep } from "node:timers/promises";
import { createLimit } from "./limit.ts";

export type Tasks = {
  /** Starts `run`, at once or when fewer than `concurrency` run; does nothing while a task of the same key is not done. */
  start(key: string, run: () => Promise<void>): void;
  has(key: string): boolean;
  /** Resolves when nothing runs any more, or after `budgetMs`: what hangs then goes on behind, holding its key and its place. */
  settled(budgetMs?: number): Promise<void>;
};

/**
 * Runs tasks side by side, each alone under its key. It is what keeps one task that hangs from holding up the others:
 * who waits for them waits for a limited time, and the hanging one is not started twice.
 */
export function createTasks(parameters: {
  concurrency: number;
  onError: (key: string, error: unknown) => void;
}): Tasks {
  const limit = createLimit(parameters.concurrency);
  const unfinished = new Map<string, Promise<void>>();

  return {
    start(key, run) {
      if (unfinished.has(key)) return;
      const task = limit(run)
        .catch((error: unknown) => parameters.onError(key, error))
        .finally(() => unfinished.delete(key));
      unfinished.set(key, task);
    },

    has: (key) => unfinished.has(key),

    async settled(budgetMs) {
      const all = Promise.all(unfinished.values());
      if (budgetMs === undefined) {
        await all;
        return;
      }
      const timer = new AbortController();
      await Promise.race([all, sleep(budgetMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
  };
}
