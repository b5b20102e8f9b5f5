import { describe, expect, test } from "vitest";
import { ismConfigSchema } from "./ismConfig.ts";

const A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("a module's description", () => {
  test("is a tree, whose leaves may be there already", () => {
    const config = {
      type: "staticAggregationIsm",
      threshold: 2,
      modules: [
        A,
        { type: "domainRoutingIsm", owner: A.toLowerCase(), domains: { "1": { type: "pausableIsm", owner: A } } },
        { type: "weightedMessageIdMultisigIsm", validators: [{ address: A, weight: 5 }], thresholdWeight: "5" },
      ],
    };
    expect(ismConfigSchema.parse(config)).toEqual({
      ...config,
      modules: [
        A,
        { type: "domainRoutingIsm", owner: A, domains: { "1": { type: "pausableIsm", owner: A } } },
        { type: "weightedMessageIdMultisigIsm", validators: [{ address: A, weight: 5n }], thresholdWeight: 5n },
      ],
    });
  });

  test.each([
    ["an unknown type", { type: "optimismIsm" }],
    ["a field too many", { type: "noopIsm", owner: A }],
    ["a threshold of zero", { type: "messageIdMultisigIsm", validators: [A], threshold: 0 }],
    ["no validators", { type: "messageIdMultisigIsm", validators: [], threshold: 1 }],
    ["an address with a wrong checksum", { type: "pausableIsm", owner: A.replace("C8", "c8") }],
    ["a domain that is a name", { type: "domainRoutingIsm", owner: A, domains: { alpha: A } }],
    ["an amount with a fraction", { type: "amountRoutingIsm", lowerIsm: A, upperIsm: A, threshold: 1.5 }],
    [
      "an owner that is missing below",
      { type: "staticAggregationIsm", threshold: 1, modules: [{ type: "pausableIsm" }] },
    ],
  ])("is refused with %s", (_, config) => {
    expect(ismConfigSchema.safeParse(config).success).toBe(false);
  });
});
