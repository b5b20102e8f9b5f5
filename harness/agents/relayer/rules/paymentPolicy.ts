import { z } from "zod";
import type { Locked } from "../escrow/locks.ts";
import type { Paid } from "../payments/paid.ts";
import { createMessageMatcher, type Matched, type MatchedMessage, messageMatcherSchema } from "./messageMatcher.ts";

const WEI = z.union([
  z
    .string()
    .regex(/^\d{1,78}$/, "not a number of wei")
    .transform(BigInt),
  z.int().min(0).transform(BigInt),
]);

/** A share, exactly: "1/2", "0.5" or 0.5. */
const FRACTION = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^(\d{1,9}(\.\d{1,9})?|\d{1,9}\/\d{1,9})$/, 'not a fraction, as "1/2" or 0.5'))
  .transform(readFraction)
  .refine(({ numerator, denominator }) => numerator > 0n && denominator > 0n, "a fraction must be above zero")
  .refine(({ numerator, denominator }) => numerator <= 100n * denominator, "a fraction must be at most 100");

/**
 * What has to be paid for a message before it is delivered.
 * - `none`: nothing
 * - `minimum`: so many wei, in the origin's token, to the configured paymasters
 * - `gas`: gas paid for there must be this share of what the delivery is estimated to use. Gas is compared with gas, not wei
 *   with wei: the paymaster's oracle has already said what gas is worth, and what was paid stays paid when prices move
 * - `escrow`: the configured escrow must hold this share of what delivering and claiming cost now, when `batch` deliveries
 *   share a receipt, for `marginSeconds` more at least, for receipts by a module and a contract that are configured
 * - `any`: what one of several policies wants
 */
const singlePolicySchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({ type: z.literal("minimum"), payment: WEI }),
  z.strictObject({ type: z.literal("gas"), fraction: FRACTION.default({ numerator: 1n, denominator: 1n }) }),
  z.strictObject({
    type: z.literal("escrow"),
    fraction: FRACTION.default({ numerator: 1n, denominator: 1n }),
    marginSeconds: z
      .int()
      .min(0)
      .default(6 * 3_600),
    batch: z.int().min(1).max(256).default(1),
  }),
]);
export const paymentPolicySchema = z.union([
  singlePolicySchema,
  z.strictObject({ type: z.literal("any"), of: z.array(singlePolicySchema).min(1) }),
]);

const match = z.union([messageMatcherSchema, z.array(messageMatcherSchema).min(1)]);

/** The last rule must be for all messages: what nobody thought of must not be free by mistake. */
export const paymentRulesSchema = z
  .array(z.strictObject({ match: match.optional(), policy: paymentPolicySchema }))
  .refine(
    (rules) => rules.at(-1)?.match === undefined,
    'the last rule must be for all messages, without "match": say what those pay for that no rule matches',
  );

export type PaymentPolicy = z.infer<typeof paymentPolicySchema>;
export type PaymentRules = z.infer<typeof paymentRulesSchema>;

/** What is lacking. */
export type Shortfall = {
  reason: string;
  /** What must be paid in all before it is worth looking again. */
  wantedWei: bigint | null;
  wantedGas: bigint | null;
  wantedLock: bigint | null;
};

/** What there is for a message. */
export type Offer = Paid & { locked?: Locked | undefined };

export type Circumstances = {
  /** By the origin's clock, in seconds since 1970. */
  time: number;
  /** Gas that the delivery is estimated to use; undefined before it is known: then only what can never do is refused. */
  gas?: bigint;
  /** Wei of the origin's token that the delivery costs, with its share of a receipt for so many; known when `gas` is. */
  cost?: (batch: number) => bigint;
};

/**
 * The policy for a message: that of the first rule that matches, none if there are no rules; or why that can not be told.
 * @throws Error when no rule is for all messages
 */
export function createPolicyFinder(
  rules: PaymentRules,
): (message: MatchedMessage) => PaymentPolicy | { type: "unknown"; reason: string } {
  if (rules.length === 0) return () => ({ type: "none" });
  if (rules.at(-1)?.match !== undefined) throw new Error("the last payment rule must be for all messages");
  const compiled = rules.map((rule) => {
    const matchers = [rule.match ?? {}].flat().map(createMessageMatcher);
    return { matches: (message: MatchedMessage) => anyOf(matchers, message), policy: rule.policy };
  });
  return (message) => {
    for (const { matches, policy } of compiled) {
      const result = matches(message);
      if (typeof result === "string") return { type: "unknown", reason: result };
      if (result) return policy;
    }
    throw new Error("the last payment rule is for all messages");
  };
}

/** Whether any matcher matches; why not that can be told, when one can not tell before any does. */
export function anyOf(matchers: readonly ((message: MatchedMessage) => Matched)[], message: MatchedMessage): Matched {
  for (const matches of matchers) {
    const result = matches(message);
    if (result !== false) return result;
  }
  return false;
}

/** Says what is lacking; undefined if nothing is. */
export function lacking(policy: PaymentPolicy, offer: Offer, circumstances: Circumstances): Shortfall | undefined {
  switch (policy.type) {
    case "none":
      return undefined;
    case "minimum":
      if (offer.payment >= policy.payment) return undefined;
      return {
        ...NOTHING,
        reason: `gas not paid: ${offer.payment} wei were paid, the relayer wants ${policy.payment}`,
        wantedWei: policy.payment,
      };
    case "gas":
      return lackingGas(policy, offer, circumstances.gas);
    case "escrow":
      return lackingLock(policy, offer, circumstances);
    case "any": {
      const lacks: Shortfall[] = [];
      for (const one of policy.of) {
        const shortfall = lacking(one, offer, circumstances);
        if (shortfall === undefined) return undefined;
        lacks.push(shortfall);
      }
      return {
        reason: lacks.map(({ reason }) => reason).join("; or "),
        wantedWei: least(lacks.map(({ wantedWei }) => wantedWei)),
        wantedGas: least(lacks.map(({ wantedGas }) => wantedGas)),
        wantedLock: least(lacks.map(({ wantedLock }) => wantedLock)),
      };
    }
  }
}

/** Whether a policy may be met by what escrows lock. */
export function wantsLock(policy: PaymentPolicy): boolean {
  return policy.type === "escrow" || (policy.type === "any" && policy.of.some(wantsLock));
}

/** Whether what a message waited for is there by now: any of it, for it waits for more than one thing only where one will do. */
export function isMet(
  wanted: { wanted_wei: string | null; wanted_gas: string | null; wanted_lock: string | null },
  { payment, gas, locked }: Offer,
): boolean {
  const has = (value: string | null, amount: bigint) => value !== null && amount >= BigInt(value);
  return (
    has(wanted.wanted_wei, payment) || has(wanted.wanted_gas, gas) || has(wanted.wanted_lock, locked?.amount ?? 0n)
  );
}

const NOTHING = { wantedWei: null, wantedGas: null, wantedLock: null };

function lackingGas(
  { fraction }: Extract<PaymentPolicy, { type: "gas" }>,
  paid: Paid,
  estimate: bigint | undefined,
): Shortfall | undefined {
  const { numerator, denominator } = fraction;
  const share = denominator === numerator ? "all" : `${numerator}/${denominator}`;
  if (estimate === undefined) {
    if (paid.gas > 0n) return undefined;
    const reason = `gas not paid: nothing was paid for it, the relayer wants ${share} of the gas that its delivery uses`;
    return { ...NOTHING, reason, wantedGas: 1n };
  }
  const wanted = shareOf(estimate, fraction);
  if (paid.gas >= wanted) return undefined;
  return {
    ...NOTHING,
    reason: `gas not paid: ${paid.gas} gas was paid for, the relayer wants ${wanted} (its delivery uses ${estimate})`,
    wantedGas: wanted,
  };
}

function lackingLock(
  { fraction, marginSeconds, batch }: Extract<PaymentPolicy, { type: "escrow" }>,
  { locked }: Offer,
  { time, cost }: Circumstances,
): Shortfall | undefined {
  const lacks = (reason: string, wantedLock: bigint) => ({
    ...NOTHING,
    reason: `no pay on delivery: ${reason}`,
    wantedLock,
  });
  if (locked === undefined) return lacks("the escrow holds nothing for it", 1n);
  const { amount, escrowUntil, refused } = locked;
  // What is added to such a lock changes nothing, but is a reason to look again.
  if (refused !== undefined) return lacks(refused, amount + 1n);
  const left = escrowUntil - time;
  if (left < marginSeconds) {
    const until = new Date(escrowUntil * 1_000).toISOString();
    return lacks(`its escrow ends ${until}, the relayer wants ${marginSeconds} s left, there are ${left}`, amount + 1n);
  }
  if (cost === undefined) return amount > 0n ? undefined : lacks("the escrow holds 0 wei for it", 1n);
  const all = cost(batch);
  const wanted = shareOf(all, fraction);
  if (amount >= wanted) return undefined;
  return lacks(
    `the escrow holds ${amount} wei, the relayer wants ${wanted} (delivering and claiming cost ${all})`,
    wanted,
  );
}

/** Rounded up. */
function shareOf(amount: bigint, { numerator, denominator }: z.infer<typeof FRACTION>): bigint {
  return (amount * numerator + denominator - 1n) / denominator;
}

function least(values: readonly (bigint | null)[]): bigint | null {
  return values.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

function readFraction(text: string): { numerator: bigint; denominator: bigint } {
  const [numerator = "", denominator] = text.split("/");
  if (denominator !== undefined) return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  const [whole = "", decimals = ""] = text.split(".");
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}
