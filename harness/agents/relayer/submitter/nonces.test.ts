import { expect, test } from "vitest";
import { freeNonces } from "./nonces.ts";

function first(count: number, parameters: Parameters<typeof freeNonces>[0]): number[] {
  const nonces = freeNonces(parameters);
  return Array.from({ length: count }, () => nonces.next().value);
}

test("a fresh account starts at its nonce", () => {
  expect(first(3, { mined: 5, pending: 5, taken: new Set(), stalled: false })).toEqual([5, 6, 7]);
});

test("nonces of unsettled transactions are skipped, gaps between them are filled first", () => {
  expect(first(3, { mined: 5, pending: 7, taken: new Set([5, 6, 8]), stalled: false })).toEqual([7, 9, 10]);
});

test("a transaction of ours that is not in the pool keeps its nonce", () => {
  expect(first(2, { mined: 5, pending: 5, taken: new Set([5]), stalled: false })).toEqual([6, 7]);
});

test("nonces of foreign pending transactions are left alone until they stall the account", () => {
  const parameters = { mined: 5, pending: 7, taken: new Set([7]) };
  expect(first(2, { ...parameters, stalled: false })).toEqual([8, 9]);
  expect(first(3, { ...parameters, stalled: true })).toEqual([5, 6, 8]);
});
