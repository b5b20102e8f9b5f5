import { expect, it } from "vitest";
import { gasPaymasterSchema } from "./gasPaymasterConfig.ts";

const address = "0x00000000000000000000000000000000000000aa";
const destination = { tokenExchangeRate: "10000000000", gasPrice: 7, overhead: 75_000 };
const config = { beneficiary: address, destinations: { 1234: destination } };

it("reads numbers that are too large for JSON as strings", () => {
  expect(gasPaymasterSchema.parse(config)).toEqual({
    beneficiary: "0x00000000000000000000000000000000000000AA",
    destinations: { 1234: { tokenExchangeRate: 10n ** 10n, gasPrice: 7n, overhead: 75_000 } },
  });
});

it.each([
  ["what is no domain", { destinations: { beta: destination } }],
  ["a rate of zero", { destinations: { 1: { ...destination, tokenExchangeRate: "0" } } }],
  [
    "a rate that the contract has no room for",
    { destinations: { 1: { ...destination, tokenExchangeRate: `${2n ** 104n}` } } },
  ],
  ["a price that the contract has no room for", { destinations: { 1: { ...destination, gasPrice: `${2n ** 72n}` } } }],
  ["a fraction", { destinations: { 1: { ...destination, gasPrice: 0.5 } } }],
  ["an overhead that the contract has no room for", { destinations: { 1: { ...destination, overhead: 2 ** 32 } } }],
  ["no overhead", { destinations: { 1: { tokenExchangeRate: 1, gasPrice: 1 } } }],
  ["a field that nothing reads", { ...config, oracle: address }],
  ["a beneficiary that is none", { ...config, beneficiary: "0x1234" }],
])("refuses %s", (_, wrong) => {
  expect(gasPaymasterSchema.safeParse(wrong).success).toBe(false);
});
