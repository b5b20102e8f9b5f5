import { setTimeout as sleep } from "node:timers/promises";

/** Runs `run` at once and then again and again, `pauseMs` after it ended, until disposed; that waits for the run under way. */
export function every(pauseMs: number, run: () => Promise<void>): { [Symbol.asyncDispose](): Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  const running = (async () => {
    while (!signal.aborted) {
      await run();
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await running;
    },
  };
}
