import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // npm test; what takes longer, and tries what breaks and who cheats, is npm run test:faults; what needs a browser test:browser.
    include: [`harness/**/*.${process.env.CAUSEWAY_TESTS ?? "test"}.ts`],
    passWithNoTests: false,
    allowOnly: false,
    retry: 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of a test's time is spent waiting for other processes, so three workers pay on two cores. The files of a worker share
    // the libraries that they import: loading those takes longer than most tests.
    maxWorkers: 3,
    isolate: false,
  },
});
