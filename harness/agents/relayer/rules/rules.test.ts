import { pad } from "viem";
import { describe, expect, it } from "vitest";
import { createMessageFilter, messageListsSchema } from "./messageLists.ts";
import { createMessageMatcher, type MatchedMessage, messageMatcherSchema } from "./messageMatcher.ts";
import { createPolicyFinder, lacking, paymentRulesSchema } from "./paymentPolicy.ts";

const SENDER = "0x00000000000000000000000000000000000000aA";
const body = "deadbeef";
const message: MatchedMessage = {
  id: `0x${"1d".repeat(32)}`,
  origin: 1000,
  destination: 2000,
  sender: pad("0xaa", { size: 32 }),
  recipient: pad("0xbb", { size: 32 }),
  raw: `0x${"00".repeat(77)}${body}`,
};

const matches = (json: unknown, of = message) => createMessageMatcher(messageMatcherSchema.parse(json))(of);

describe("a matcher", () => {
  it.each([
    [{}, true],
    [{ originDomain: "*", senderAddress: "*" }, true],
    [{ originDomain: 1000 }, true],
    [{ originDomain: [1, 1000] }, true],
    [{ originDomain: [1, 2] }, false],
    [{ destinationDomain: 1000 }, false],
    [{ senderAddress: SENDER }, true],
    [{ senderAddress: [pad(SENDER, { size: 32 })] }, true],
    [{ recipientAddress: SENDER }, false],
    [{ messageId: `0x${"1D".repeat(32)}` }, true],
    [{ originDomain: 1000, destinationDomain: 2001 }, false],
    [{ bodyRegex: "^dead" }, true],
    [{ bodyRegex: "beef$" }, true],
    [{ bodyRegex: "^beef" }, false],
    [{ bodyRegex: "0000" }, false], // the header is no part of the body
  ])("%j matches: %s", (json, expected) => {
    expect(matches(json)).toBe(expected);
  });

  it.each([
    [{ bodyRegex: "(a" }],
    [{ bodyRegex: "(?=a)b" }],
    [{ senderAddress: "0x12" }],
    [{ originDomain: -1 }],
    [{ originDomain: [] }],
    [{ sender: SENDER }],
  ])("refuses %j", (json) => {
    expect(messageMatcherSchema.safeParse(json).success).toBe(false);
  });

  it("is not held up by a body that makes a pattern backtrack", () => {
    const hostile = { ...message, raw: `${message.raw}${"aa".repeat(50_000)}0b` as const };
    // A backtracking engine would try 2^100,000 ways.
    expect(matches({ bodyRegex: "^(a+)+$" }, hostile)).toBe(false);
  });
});

describe("lists", () => {
  const filter = (json: unknown) => createMessageFilter(messageListsSchema.parse(json))(message);

  it("let everything pass when there are none", () => {
    expect(filter({})).toBeUndefined();
  });

  it("with a whitelist let only that pass; an empty one nothing", () => {
    expect(filter({ whitelist: [{ originDomain: 1000 }] })).toBeUndefined();
    expect(filter({ whitelist: [{ originDomain: 1 }] })).toBe("it is not on the relayer's whitelist");
    expect(filter({ whitelist: [] })).toBe("it is not on the relayer's whitelist");
  });

  it("refuse what is blacklisted, whitelisted or not, and say by which entry", () => {
    const blacklist = [{ originDomain: 1 }, { senderAddress: SENDER }];
    expect(filter({ blacklist })).toBe("entry 1 of the relayer's blacklist");
    expect(filter({ whitelist: [{}], blacklist })).toBe("entry 1 of the relayer's blacklist");
  });
});

describe("payment rules", () => {
  it("say by the first one that matches; nothing is asked where none does", () => {
    const rules = paymentRulesSchema.parse([
      { match: { originDomain: 1 }, policy: { type: "minimum", payment: "5" } },
      { match: { originDomain: 1000 }, policy: { type: "gas", fraction: 0.5 } },
      { policy: { type: "minimum", payment: 7 } },
    ]);
    expect(createPolicyFinder(rules)(message)).toEqual({ type: "gas", fraction: 0.5 });
    expect(createPolicyFinder(rules)({ ...message, origin: 3 })).toEqual({ type: "minimum", payment: 7n });
    expect(createPolicyFinder(rules.slice(0, 1))(message)).toEqual({ type: "none" });
  });

  it("of none want nothing", () => {
    expect(lacking({ type: "none" }, { payment: 0n, gas: 0n }, 100_000n)).toBeUndefined();
  });

  it("of a minimum want that, to the wei", () => {
    const policy = { type: "minimum", payment: 5n } as const;
    expect(lacking(policy, { payment: 5n, gas: 0n })).toBeUndefined();
    expect(lacking(policy, { payment: 4n, gas: 10n ** 9n })).toContain("4 wei were paid, the relayer wants 5");
  });

  it("of gas want a share of the estimate, and before there is one anything at all", () => {
    const policy = { type: "gas", fraction: 0.5 } as const;
    expect(lacking(policy, { payment: 0n, gas: 1n })).toBeUndefined();
    expect(lacking(policy, { payment: 10n ** 18n, gas: 0n })).toContain("nothing was paid");
    expect(lacking(policy, { payment: 0n, gas: 50_000n }, 100_000n)).toBeUndefined();
    expect(lacking(policy, { payment: 0n, gas: 49_999n }, 100_000n)).toContain(
      "49999 gas was paid for, the relayer wants 50000 (its delivery uses 100000)",
    );
  });

  it.each([
    [[{ policy: { type: "gas", fraction: 0 } }]],
    [[{ policy: { type: "minimum", payment: "-1" } }]],
    [[{ policy: { type: "minimum", payment: "0.1" } }]],
    [[{ policy: { type: "free" } }]],
    [[{ match: { body: "" }, policy: { type: "none" } }]],
  ])("are refused where they make no sense: %j", (json) => {
    expect(paymentRulesSchema.safeParse(json).success).toBe(false);
  });
});
