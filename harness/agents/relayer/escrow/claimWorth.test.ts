import { describe, expect, test } from "vitest";
import { DEFAULT_CLAIM_OPTIONS } from "./claimOptions.ts";
import { type ClaimPrices, claimCost, costOfOneMore, isMultiple, isWorthClaiming } from "./claimWorth.ts";

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

describe("claiming", () => {
  const later = 61;
  test.each([
    { earned: [300n], endsIn: later, worth: true },
    { earned: [299n], endsIn: later, worth: false },
    { earned: [100n, 100n, 100n], endsIn: later, worth: true },
    { earned: [299n], endsIn: 60, worth: false },
    { earned: [299n], endsIn: 59, worth: true },
    { earned: [101n], endsIn: -1, worth: true },
    { earned: [100n], endsIn: -1, worth: false },
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
