import { expect, test } from "vitest";
import { expectingDelay, retryDelay, waitingDelay } from "./backoff.ts";

const middle = () => 0.5;

test("a retry waits twice as long after each failure, up to the cap", () => {
  const delays = [1, 2, 3, 4, 5, 100].map((attempts) =>
    retryDelay({ attempts, baseMs: 1_000, capMs: 9_000, random: middle }),
  );
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 9_000, 9_000]);
});

test("after very many failures the delay is still the cap, a finite number", () => {
  expect(retryDelay({ attempts: 1e9, baseMs: 1_000, capMs: 3_600_000, random: middle })).toBe(3_600_000);
});

test("the spread is a quarter to either side", () => {
  expect(retryDelay({ attempts: 1, baseMs: 1_000, capMs: 9_000, random: () => 0 })).toBe(750);
  expect(retryDelay({ attempts: 1, baseMs: 1_000, capMs: 9_000, random: () => 0.999 })).toBe(1_250);
});

test("a waiting message is looked at after an eighth of its age, within bounds", () => {
  const bounds = { minMs: 500, capMs: 60_000, random: middle };
  expect([0, 4_000, 80_000, 86_400_000].map((ageMs) => waitingDelay({ ageMs, ...bounds }))).toEqual([
    500, 500, 10_000, 60_000,
  ]);
});

test("what is expected at a known moment is looked at then, as usual before, and soon after", () => {
  const bounds = { ageMs: 80_000, minMs: 500, capMs: 60_000, random: middle };
  const delays = [86_400_000, 10_001, 9_999, 1, 0, -4_000, -80_000, -86_400_000].map((expectedInMs) =>
    expectingDelay({ expectedInMs, ...bounds }),
  );
  expect(delays).toEqual([10_000, 10_000, 9_999, 1, 500, 500, 10_000, 60_000]);
});
