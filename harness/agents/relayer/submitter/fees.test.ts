import { expect, test } from "vitest";
import { replacementFees } from "./fees.ts";

const old = { maxFeePerGas: 800n, maxPriorityFeePerGas: 80n };

test("a replacement offers at least an eighth more, of both fees", () => {
  const market = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
  expect(replacementFees(old, market, 10_000n)).toEqual({ maxFeePerGas: 901n, maxPriorityFeePerGas: 91n });
});

test("a replacement follows the market where that is higher", () => {
  const market = { maxFeePerGas: 5_000n, maxPriorityFeePerGas: 10n };
  expect(replacementFees(old, market, 10_000n)).toEqual({ maxFeePerGas: 5_000n, maxPriorityFeePerGas: 91n });
});

test("escalation ends at the limit", () => {
  const market = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
  const steps: bigint[] = [];
  for (let fees = replacementFees(old, market, 1_200n); fees; fees = replacementFees(fees, market, 1_200n)) {
    steps.push(fees.maxFeePerGas);
  }
  expect(steps).toEqual([901n, 1_014n, 1_141n]);
});

test("a tip of zero is raised too, and never above the whole fee", () => {
  const fees = replacementFees(
    { maxFeePerGas: 8n, maxPriorityFeePerGas: 0n },
    { maxFeePerGas: 9n, maxPriorityFeePerGas: 99n },
    10n,
  );
  expect(fees).toEqual({ maxFeePerGas: 10n, maxPriorityFeePerGas: 10n });
});
