import { expect, it } from "vitest";
import { exchangeRate } from "./exchangeRate.ts";
import { GasDataRefusedError } from "./gasDataRefused.ts";

const token = (price: string, decimals = 18) => ({ price, decimals });

it.each([
  ["the same token", token("3000"), token("3000"), 10_000_000_000n],
  ["a dearer one there", token("3000"), token("1.5"), 20_000_000_000_000n],
  ["a cheaper one there", token("0.5"), token("4000"), 1_250_000n],
  ["rounded up", token("1"), token("3"), 3_333_333_334n],
  ["fewer decimals there: its smallest unit is worth more", token("60000", 8), token("3000"), 20n * 10n ** 20n],
  ["zeros in front and behind", token("0003.50"), token("1.750"), 20_000_000_000n],
  ["as large as it can be", token("2028240960365167042394.7251286015"), token("1"), 2n ** 104n - 1n],
] as const)("%s", (_, destination, origin, rate) => {
  expect(exchangeRate({ destination, origin })).toBe(rate);
});

it("refuses what has no number", () => {
  for (const [destination, origin] of [
    [token("0.000000001"), token("100000")],
    [token("3000"), token("1", 6)], // 30: a digit and a half
    [token("100000", 6), token("0.0000000000001")],
  ] as const) {
    expect(() => exchangeRate({ destination, origin })).toThrow(GasDataRefusedError);
  }
});
