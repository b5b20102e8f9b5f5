import { expect, test } from "vitest";
import { countForgeTests, countVitestTests } from "./countTests.ts";

test("forge: the closing line, in colour or not, singular or plural", () => {
  const suite = "Suite result: ok. 7 passed; 0 failed; 0 skipped; finished in 1.00ms (1.00ms CPU time)\n\n";
  const total =
    "Ran 12 test suites in 9.95s (14.11s CPU time): 184 tests passed, 3 failed, 1 skipped (188 total tests)\n";
  expect(countForgeTests(`${suite}${total}\nFailing tests:\n`)).toEqual({ passed: 184, failed: 3 });
  const coloured =
    "\nRan 1 test suite in 1.38s (1.38s CPU time): \x1b[32m1\x1b[0m tests passed, \x1b[31m0\x1b[0m failed, \x1b[33m0\x1b[0m skipped";
  expect(countForgeTests(coloured)).toEqual({ passed: 1, failed: 0 });
});

test("forge: no closing line, no tests", () => {
  expect(countForgeTests("No tests found in project! Forge looks for functions that starts with `test`.\n")).toEqual({
    passed: 0,
    failed: 0,
  });
  // A test may print what it likes, but not at the start of a line.
  expect(countForgeTests("  Ran 1 test suite in 1s: 9 tests passed, 0 failed, 0 skipped")).toEqual({
    passed: 0,
    failed: 0,
  });
});

test("vitest: the report's totals, or an error", () => {
  expect(countVitestTests('{"numPassedTests":5,"numFailedTests":2,"success":false}')).toEqual({ passed: 5, failed: 2 });
  expect(() => countVitestTests('{"numPassedTests":-1,"numFailedTests":0}')).toThrow();
  expect(() => countVitestTests("{}")).toThrow();
  expect(() => countVitestTests("")).toThrow();
});
