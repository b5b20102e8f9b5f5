import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

export type TestCounts = { passed: number; failed: number };

const FORGE_TOTAL = /^Ran \d+ test suites? .*: (\d+) tests? passed, (\d+) failed, \d+ skipped/gm;

/** What `forge test` counted, by its closing line; zeros where there is none, since forge then ran no test. */
export function countForgeTests(output: string): TestCounts {
  const [, passed = 0, failed = 0] = [...stripVTControlCharacters(output).matchAll(FORGE_TOTAL)].at(-1) ?? [];
  return { passed: Number(passed), failed: Number(failed) };
}

const vitestReport = z.object({ numPassedTests: z.int().min(0), numFailedTests: z.int().min(0) });

/**
 * What vitest counted, by the text of its JSON report.
 *
 * @throws Error when it is no such report
 */
export function countVitestTests(report: string): TestCounts {
  const { numPassedTests: passed, numFailedTests: failed } = vitestReport.parse(JSON.parse(report));
  return { passed, failed };
}
