import { z } from "zod";
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
 */
export const paymentPolicySchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({ type: z.literal("minimum"), payment: WEI }),
  z.strictObject({ type: z.literal("gas"), fraction: FRACTION.default({ numerator: 1n, denominator: 1n }) }),
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

/**
 * Says what is lacking; undefined if nothing is.
 * @param estimatedGas of all that the delivery takes; undefined before it is known: then only what can never do is refused
 */
export function lacking(policy: PaymentPolicy, paid: Paid, estimatedGas?: bigint): Shortfall | undefined {
  switch (policy.type) {
    case "none":
      return undefined;
    case "minimum":
      if (paid.payment >= policy.payment) return undefined;
      return {
        reason: `gas not paid: ${paid.payment} wei were paid, the relayer wants ${policy.payment}`,
        wantedWei: policy.payment,
        wantedGas: null,
      };
    case "gas": {
      const { numerator, denominator } = policy.fraction;
      const share = denominator === numerator ? "all" : `${numerator}/${denominator}`;
      if (estimatedGas === undefined) {
        if (paid.gas > 0n) return undefined;
        const reason = `gas not paid: nothing was paid for it, the relayer wants ${share} of the gas that its delivery uses`;
        return { reason, wantedWei: null, wantedGas: 1n };
      }
      const wanted = (estimatedGas * numerator + denominator - 1n) / denominator;
      if (paid.gas >= wanted) return undefined;
      return {
        reason: `gas not paid: ${paid.gas} gas was paid for, the relayer wants ${wanted} (its delivery uses ${estimatedGas})`,
        wantedWei: null,
        wantedGas: wanted,
      };
    }
  }
}

function readFraction(text: string): { numerator: bigint; denominator: bigint } {
  const [numerator = "", denominator] = text.split("/");
  if (denominator !== undefined) return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  const [whole = "", decimals = ""] = text.split(".");
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}
