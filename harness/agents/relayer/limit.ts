/** Runs `run` at once, or when fewer than the allowed number run. First come, first served. */
export type Limit = <T>(run: () => Promise<T>) => Promise<T>;

/** Lets at most `concurrency` calls run side by side. */
export function createLimit(concurrency: number): Limit {
  const queue: (() => void)[] = [];
  let running = 0;

  return async (run) => {
    if (running >= concurrency) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = queue.shift(); // it takes over this one's place
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
