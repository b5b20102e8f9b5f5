import { pad } from "viem";
import { describe, expect, test } from "vitest";
import { hookConfigSchema } from "./hookConfig.ts";

const A = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

describe("a hook's description", () => {
  test("is a tree, whose leaves may be there already", () => {
    const pausableHook = { type: "pausableHook", owner: A };
    const recipients = [{ destination: 1, recipient: A, hook: pausableHook }];
    const config = {
      type: "aggregationHook",
      hooks: [
        A,
        { type: "fallbackRoutingHook", owner: A.toLowerCase(), domains: { "1": pausableHook }, fallback: A },
        { type: "amountRoutingHook", lowerHook: A, upperHook: { type: "defaultHook" }, threshold: "5" },
        { type: "recipientRoutingHook", owner: A, recipients, fallback: { type: "merkleTreeHook" } },
      ],
    };
    expect(hookConfigSchema.parse(config)).toEqual({
      ...config,
      hooks: [
        A,
        { type: "fallbackRoutingHook", owner: A, domains: { "1": pausableHook }, fallback: A },
        { type: "amountRoutingHook", lowerHook: A, upperHook: { type: "defaultHook" }, threshold: 5n },
        {
          type: "recipientRoutingHook",
          owner: A,
          recipients: [{ destination: 1, recipient: pad(A, { size: 32 }).toLowerCase(), hook: pausableHook }],
          fallback: { type: "merkleTreeHook" },
        },
      ],
    });
  });

  const recipient = (destination: number, text: string) => ({
    type: "recipientRoutingHook",
    owner: A,
    recipients: [{ destination, recipient: text, hook: A }],
    fallback: A,
  });
  test.each([
    ["an unknown type", { type: "noopHook" }],
    ["a field too many", { type: "merkleTreeHook", owner: A }],
    ["no hooks", { type: "aggregationHook", hooks: [] }],
    ["more hooks than an aggregation counts", { type: "aggregationHook", hooks: Array(256).fill(A) }],
    ["an address with a wrong checksum", { type: "pausableHook", owner: A.replace("C8", "c8") }],
    ["a domain that is a name", { type: "domainRoutingHook", owner: A, domains: { alpha: A } }],
    ["a domain beyond 32 bits", { type: "domainRoutingHook", owner: A, domains: { "4294967296": A } }],
    ["a recipient's domain beyond 32 bits", recipient(2 ** 32, A)],
    ["a recipient of 31 bytes", recipient(1, `0x${"11".repeat(31)}`)],
    ["an amount with a fraction", { type: "amountRoutingHook", lowerHook: A, upperHook: A, threshold: 1.5 }],
    ["an owner that is missing below", { type: "aggregationHook", hooks: [{ type: "pausableHook" }] }],
  ])("is refused with %s", (_, config) => {
    expect(hookConfigSchema.safeParse(config).success).toBe(false);
  });
});
