import { expect, it } from "vitest";
import { hasMoved } from "./gasData.ts";

const data = (tokenExchangeRate: bigint, gasPrice: bigint) => ({ tokenExchangeRate, gasPrice });

it.each([
  [data(100n, 100n), data(100n, 100n), false],
  [data(100n, 100n), data(110n, 90n), false], // a tenth is not more than a tenth
  [data(100n, 100n), data(111n, 100n), true],
  [data(100n, 100n), data(100n, 89n), true],
  [data(100n, 100n), data(89n, 100n), true],
  [data(0n, 0n), data(1n, 1n), true],
  [data(2n ** 104n - 1n, 1n), data(2n ** 103n, 1n), true],
])("%o to %o by a tenth: %s", (from, to, moved) => {
  expect(hasMoved(from, to, 0.1)).toBe(moved);
});
