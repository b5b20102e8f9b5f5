import { expect, it } from "vitest";
import { GasDataRefusedError } from "./gasDataRefused.ts";
import { limitMove } from "./limitMove.ts";

const BOUNDS = { min: 1n, max: 10n ** 30n };
const RATE = 10n ** 10n;
const data = (gasPrice: bigint, tokenExchangeRate = RATE) => ({ tokenExchangeRate, gasPrice });

it.each([
  ["as far up as it may", 100n, 10n ** 20n, 200n],
  ["as far down as it may", 100n, 1n, 50n],
  ["all of a smaller move", 100n, 199n, 199n],
  ["all of a move by the factor itself", 100n, 200n, 200n],
  ["never to zero", 1n, 0n, 1n],
  ["down by no more than the factor where that does not divide", 7n, 1n, 4n],
] as const)("a gas price goes %s", (_, from, to, written) => {
  expect(limitMove(data(from), data(to), 2, BOUNDS)).toEqual(data(written));
});

it("a gas price of one wei can rise by any factor", () => {
  expect(limitMove(data(1n), data(50n), 1.5, BOUNDS)).toEqual(data(2n));
});

it("gets where it should in so many writes, and not in fewer", () => {
  const goal = data(1_000n);
  let known = data(100n);
  let writes = 0;
  while (known.gasPrice !== goal.gasPrice) {
    known = limitMove(known, goal, 2, BOUNDS);
    writes++;
  }
  expect(writes).toBe(4); // 200, 400, 800, 1,000
});

it.each([
  [RATE * 2n, true],
  [RATE * 2n + 1n, false],
  [RATE / 2n, true],
  [RATE / 2n - 1n, false],
  [1n, false],
])("an exchange rate of %d after one to one: %s", (rate, allowed) => {
  const limited = () => limitMove(data(5n), data(5n, rate), 2, BOUNDS);
  if (allowed) expect(limited()).toEqual(data(5n, rate));
  else expect(limited).toThrow(GasDataRefusedError);
});

it("takes anything where nothing is known, or without a limit", () => {
  expect(limitMove(data(0n, 0n), data(9n, 1n), 2, BOUNDS)).toEqual(data(9n, 1n));
  expect(limitMove(data(1n), data(10n ** 15n, 1n), Number.POSITIVE_INFINITY, BOUNDS)).toEqual(data(10n ** 15n, 1n));
});

it("goes to the bounds at once where a node says that what is on chain is out of them", () => {
  const bounds = { min: 50n, max: 100n };
  expect(limitMove(data(10n ** 20n), data(60n), 2, bounds)).toEqual(data(100n));
  expect(limitMove(data(1n), data(60n), 2, bounds)).toEqual(data(50n));
});
