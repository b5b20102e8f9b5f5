import { pad } from "viem";
import { describe, expect, it } from "vitest";
import { createMessageFilter, messageListsSchema } from "./messageLists.ts";
import { createMessageMatcher, MAX_MATCHED_BODY, type MatchedMessage, messageMatcherSchema } from "./messageMatcher.ts";
import { createMessageRules } from "./messageRules.ts";
import { createPolicyFinder, isMet, lacking, paymentRulesSchema } from "./paymentPolicy.ts";

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

const time = 1_000_000;
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
    [{ bodyRegex: ["^beef", "^dead"] }, true],
    [{ bodyRegex: "*" }, true],
  ])("%j matches: %s", (json, expected) => {
    expect(matches(json)).toBe(expected);
  });

  it.each([
    [{ bodyRegex: "(a" }],
    [{ bodyRegex: "(?=a)b" }],
    [{ bodyRegex: "(a{1,100}){1,100}" }],
    [{ senderAddress: "0x12" }],
    [{ originDomain: -1 }],
    [{ originDomain: [] }],
    [{ sender: SENDER }],
  ])("refuses %j", (json) => {
    expect(messageMatcherSchema.safeParse(json).success).toBe(false);
  });

  it("is not held up by a body that makes a pattern backtrack", () => {
    const raw: `0x${string}` = `0x${message.raw.slice(2, -8)}${"aa".repeat(MAX_MATCHED_BODY - 1)}0b`;
    const hostile = { ...message, raw };
    // A backtracking engine would try 2^16,000 ways.
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

  it("refuse a body that is too long for a pattern that would decide: padding is no way past a blacklist", () => {
    const padded = { ...message, raw: `${message.raw}${"00".repeat(MAX_MATCHED_BODY)}` as const };
    const of = (json: unknown) => createMessageFilter(messageListsSchema.parse(json))(padded);
    expect(of({ blacklist: [{ bodyRegex: "^dead" }] })).toContain(
      "can not be held against it: its body has 8196 bytes",
    );
    expect(of({ blacklist: [{ bodyRegex: "^dead", originDomain: 1 }] })).toBeUndefined();
    expect(of({ whitelist: [{ bodyRegex: "^dead" }] })).toBe("it is not on the relayer's whitelist");
    expect(of({ whitelist: [{ bodyRegex: "^dead" }, { originDomain: 1000 }] })).toBeUndefined();
  });
});

describe("payment rules", () => {
  const gas = (fraction: unknown) => paymentRulesSchema.parse([{ policy: { type: "gas", fraction } }])[0]?.policy;
  const half = { numerator: 1n, denominator: 2n };

  it("say by the first one that matches; without any nothing is asked", () => {
    const rules = paymentRulesSchema.parse([
      { match: { originDomain: 1 }, policy: { type: "minimum", payment: "5" } },
      { match: [{ originDomain: 7 }, { originDomain: 1000 }], policy: { type: "gas", fraction: "1/2" } },
      { policy: { type: "minimum", payment: 7 } },
    ]);
    expect(createPolicyFinder(rules)(message)).toEqual({ type: "gas", fraction: half });
    expect(createPolicyFinder(rules)({ ...message, origin: 3 })).toEqual({ type: "minimum", payment: 7n });
    expect(createPolicyFinder([])(message)).toEqual({ type: "none" });
  });

  it("must say what all others pay: nothing is free by mistake", () => {
    const rules = [{ match: { originDomain: 1 }, policy: { type: "none" } }];
    expect(paymentRulesSchema.safeParse(rules).error?.message).toContain("the last rule must be for all messages");
  });

  it("of none want nothing", () => {
    expect(lacking({ type: "none" }, { payment: 0n, gas: 0n }, { time, gas: 100_000n })).toBeUndefined();
  });

  it("of a minimum want that, to the wei", () => {
    const policy = { type: "minimum", payment: 5n } as const;
    expect(lacking(policy, { payment: 5n, gas: 0n }, { time })).toBeUndefined();
    expect(lacking(policy, { payment: 4n, gas: 10n ** 9n }, { time })).toEqual({
      reason: "gas not paid: 4 wei were paid, the relayer wants 5",
      wantedWei: 5n,
      wantedGas: null,
      wantedLock: null,
    });
  });

  it("of gas want a share of the estimate, rounded up, and before there is one anything at all", () => {
    const policy = { type: "gas", fraction: half } as const;
    expect(lacking(policy, { payment: 0n, gas: 1n }, { time })).toBeUndefined();
    expect(lacking(policy, { payment: 10n ** 18n, gas: 0n }, { time })).toMatchObject({ wantedGas: 1n });
    expect(lacking(policy, { payment: 10n ** 18n, gas: 0n }, { time })?.reason).toContain("wants 1/2 of the gas");
    expect(lacking(policy, { payment: 0n, gas: 50_000n }, { time, gas: 100_000n })).toBeUndefined();
    expect(lacking(policy, { payment: 0n, gas: 50_000n }, { time, gas: 100_001n })).toMatchObject({
      reason: "gas not paid: 50000 gas was paid for, the relayer wants 50001 (its delivery uses 100001)",
      wantedGas: 50_001n,
    });
  });

  describe("of an escrow", () => {
    const [rule] = paymentRulesSchema.parse([{ policy: { type: "escrow", fraction: "3/2", marginSeconds: 60 } }]);
    const policy = rule?.policy ?? expect.unreachable();
    const nothing = { payment: 10n ** 18n, gas: 10n ** 9n };
    const locked = { amount: 150n, escrowUntil: time + 60, refused: undefined };
    const cost = (batch: number) => 100n * BigInt(batch);
    const now = { time, gas: 1n, cost };

    it("want a share of what the delivery costs, rounded up, and time enough", () => {
      expect(lacking(policy, { ...nothing, locked }, { time })).toBeUndefined();
      expect(lacking(policy, { ...nothing, locked }, now)).toBeUndefined();
      expect(lacking(policy, { ...nothing, locked }, { ...now, cost: () => 101n })).toEqual({
        reason:
          "no pay on delivery: the escrow holds 150 wei, the relayer wants 152 (delivering and claiming cost 101)",
        wantedWei: null,
        wantedGas: null,
        wantedLock: 152n,
      });
      expect(lacking({ ...policy, batch: 2 } as typeof policy, { ...nothing, locked }, now)?.wantedLock).toBe(300n);
    });

    it.each([
      ["the escrow holds nothing for it", undefined, 1n],
      ["the escrow holds 0 wei for it", { ...locked, amount: 0n }, 1n],
      ["its module is anyone's", { ...locked, refused: "its module is anyone's" }, 151n],
      ["the relayer wants 60 s left, there are 59", { ...locked, escrowUntil: time + 59 }, 151n],
      ["the relayer wants 60 s left, there are -1", { ...locked, escrowUntil: time - 1 }, 151n],
    ])("say without a look at the chain that %s", (reason, held, wantedLock) => {
      const lacks = lacking(policy, { ...nothing, locked: held }, { time });
      expect(lacks?.reason).toContain(reason);
      expect(lacks?.wantedLock).toBe(wantedLock);
    });

    it("or of something else want one of both, and wait for either", () => {
      const any = { type: "any", of: [policy, { type: "gas", fraction: half }] } as Parameters<typeof lacking>[0];
      expect(lacking(any, { ...nothing, locked: undefined }, now)).toBeUndefined();
      expect(lacking(any, { payment: 0n, gas: 0n, locked }, now)).toBeUndefined();
      const lacks = lacking(any, { payment: 0n, gas: 0n }, { ...now, gas: 10n });
      expect(lacks).toMatchObject({ wantedWei: null, wantedGas: 5n, wantedLock: 1n });
      expect(lacks?.reason).toMatch(/^no pay on delivery: .*; or gas not paid: /);
      const wanted = { wanted_wei: null, wanted_gas: "5", wanted_lock: "1" };
      expect(isMet(wanted, { payment: 9n, gas: 4n })).toBe(false);
      expect(isMet(wanted, { payment: 0n, gas: 5n })).toBe(true);
      expect(isMet(wanted, { payment: 0n, gas: 0n, locked: { ...locked, amount: 1n } })).toBe(true);
    });
  });

  it.each([
    ["1/2", half],
    [0.5, { numerator: 5n, denominator: 10n }],
    ["1.25", { numerator: 125n, denominator: 100n }],
    [2, { numerator: 2n, denominator: 1n }],
  ])("read the fraction %j exactly", (fraction, expected) => {
    expect(gas(fraction)).toEqual({ type: "gas", fraction: expected });
  });

  it.each([
    [[{ policy: { type: "gas", fraction: 0 } }]],
    [[{ policy: { type: "gas", fraction: "1/0" } }]],
    [[{ policy: { type: "gas", fraction: "-1/2" } }]],
    [[{ policy: { type: "gas", fraction: "101" } }]],
    [[{ policy: { type: "minimum", payment: "-1" } }]],
    [[{ policy: { type: "minimum", payment: "0.1" } }]],
    [[{ policy: { type: "free" } }]],
    [[{ match: { body: "" }, policy: { type: "none" } }, { policy: { type: "none" } }]],
  ])("are refused where they make no sense: %j", (json) => {
    expect(paymentRulesSchema.safeParse(json).success).toBe(false);
  });

  it("leave a message alone whose body is too long for a pattern before any other rule matched", () => {
    const rules = createMessageRules({
      lists: { blacklist: [] },
      paymentRules: paymentRulesSchema.parse([
        { match: { originDomain: 1000, bodyRegex: "^00" }, policy: { type: "none" } },
        { policy: { type: "minimum", payment: 1 } },
      ]),
    });
    const long = { ...message, raw: `${message.raw}${"00".repeat(MAX_MATCHED_BODY)}` as const };
    expect(rules.excludes(long)).toContain("the payment rules can not be held against it: its body has 8196 bytes");
    expect(rules.excludes({ ...long, origin: 1 })).toBeUndefined();
    expect(rules.policy({ ...long, origin: 1 })).toEqual({ type: "minimum", payment: 1n });
  });
});
