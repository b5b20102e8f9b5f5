import { describe, expect, test } from "vitest";
import { DEFAULT_CLAIM_OPTIONS } from "./claimOptions.ts";
import {
  type ClaimPrices,
  claimCost,
  costOfOneMore,
  deliveryCost,
  isMultiple,
  isWorthClaiming,
  worthClaiming,
} from "./claimWorth.ts";

const options = { ...DEFAULT_CLAIM_OPTIONS, receiptGas: 100n, receiptGasPerMessage: 10n, ratio: 3, marginSeconds: 60 };
const prices: ClaimPrices = { originGas: 2n, destinationGas: 3n, exchangeRate: 10n ** 10n };

describe("the cost of a claim", () => {
  test("is sending, bringing back and withdrawing, each at its chain's price", () => {
    expect(claimCost({ count: 4 }, prices, options)).toBe((65_000n + 4n * 5_000n) * 3n + (140n + 60_000n) * 2n);
    expect(claimCost({ count: 4, sendGas: 7n }, prices, options)).toBe(7n * 3n + (140n + 60_000n) * 2n);
  });

  test("is in the origin's token", () => {
    const dear = { ...prices, exchangeRate: 25n * 10n ** 9n };
    expect(claimCost({ count: 1, sendGas: 10n }, dear, options)).toBe(75n + (110n + 60_000n) * 2n);
    expect(costOfOneMore(prices, options)).toBe(5_000n * 3n + 20n);
    expect(costOfOneMore(dear, options)).toBe(37_500n + 20n);
  });
});

describe("the cost of a delivery under an escrow", () => {
  test("is its gas, what was spent before, and its share of a receipt, rounded up", () => {
    const alone = claimCost({ count: 1 }, prices, options);
    expect(deliveryCost({ gas: 1_000n, spent: 5n, count: 1 }, prices, options)).toBe(3_005n + alone);
    const seven = claimCost({ count: 7 }, prices, options);
    expect(seven % 7n).not.toBe(0n);
    expect(deliveryCost({ gas: 0n, spent: 0n, count: 7 }, prices, options)).toBe(seven / 7n + 1n);
  });
});

describe("what to claim", () => {
  const cost = (count: number) => claimCost({ count }, prices, options);
  const least = costOfOneMore(prices, options);
  const far = { endsIn: 1_000_000 };
  const soon = { endsIn: 59 };

  test("is nothing as long as it does not pay off, and then all together", () => {
    const each = { amount: 3n * cost(2) - 1n, ...far };
    expect(worthClaiming([{ amount: 3n * cost(1) - 1n, ...far }], prices, options)).toEqual([]);
    expect(worthClaiming([each, each], prices, options)).toEqual([each, each]);
  });

  test("leaves out what earns no more than being in a receipt costs", () => {
    const good = { amount: 3n * cost(1), ...far };
    expect(worthClaiming([{ amount: least, ...far }, good], prices, options)).toEqual([good]);
    expect(worthClaiming([{ amount: least, ...soon }], prices, options)).toEqual([]);
  });

  test("is not held up by a flood of small ones, however soon they end", () => {
    const flood = Array.from({ length: 1_000 }, () => ({ amount: least + 1n, ...soon }));
    const good = { amount: 3n * cost(options.batch), ...far };
    const group = worthClaiming([...flood, good], prices, options);
    expect(group).toHaveLength(options.batch);
    expect(group[0]).toBe(good);
  });

  test("is what is about to end, with what may go along, when nothing else pays off", () => {
    const others = Array.from({ length: options.batch }, () => ({ amount: cost(options.batch) / 50n, ...far }));
    expect(worthClaiming(others, prices, options)).toEqual([]);
    const urgent = { amount: cost(options.batch) / 60n, ...soon };
    const group = worthClaiming([...others, urgent], prices, options);
    expect(group).toHaveLength(options.batch);
    expect(group[0]).toBe(urgent);
  });
});

describe("claiming", () => {
  const later = 61;
  test.each([
    { earned: [300n], endsIn: later, worth: true },
    { earned: [299n], endsIn: later, worth: false },
    { earned: [100n, 100n, 100n], endsIn: later, worth: true },
    { earned: [299n], endsIn: 60, worth: false },
    { earned: [299n], endsIn: 59, worth: true },
    { earned: [101n], endsIn: 0, worth: true },
    { earned: [100n], endsIn: 0, worth: false },
    { earned: [299n], endsIn: -1, worth: false },
    { earned: [300n], endsIn: -1, worth: true },
    { earned: [], endsIn: 0, worth: false },
  ])("$earned at a cost of 100, an escrow ending in $endsIn s: $worth", ({ earned, endsIn, worth }) => {
    const earnings = earned.map((amount, i) => ({ amount, endsIn: i === 0 ? endsIn : later }));
    expect(isWorthClaiming(earnings, 100n, options)).toBe(worth);
  });

  test("nothing is worth a claim that costs nothing, and earns nothing", () => {
    expect(isWorthClaiming([{ amount: 0n, endsIn: 0 }], 0n, options)).toBe(false);
    expect(isWorthClaiming([{ amount: 1n, endsIn: later }], 0n, options)).toBe(true);
  });

  test("a ratio counts to a hundredth", () => {
    expect(isMultiple(150n, 100n, 1.5)).toBe(true);
    expect(isMultiple(149n, 100n, 1.5)).toBe(false);
    expect(isMultiple(125n, 100n, 1.254)).toBe(true);
  });
});
