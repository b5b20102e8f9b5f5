import { z } from "zod";
import { createMessageMatcher, type MatchedMessage, messageMatcherSchema } from "./messageMatcher.ts";

const WEI = z.union([
  z.string().regex(/^\d+$/, "not a number of wei").transform(BigInt),
  z.int().min(0).transform(BigInt),
]);

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
  z.strictObject({ type: z.literal("gas"), fraction: z.number().positive().max(100).default(1) }),
]);

export const paymentRulesSchema = z.array(
  z.strictObject({ match: messageMatcherSchema.default({}), policy: paymentPolicySchema }),
);

export type PaymentPolicy = z.infer<typeof paymentPolicySchema>;
export type PaymentRules = z.infer<typeof paymentRulesSchema>;

/** What was paid for a message to the configured paymasters of its origin, in all. */
export type Paid = {
  /** Wei of the origin's token. */
  payment: bigint;
  /** Gas of the destination that was paid for, in whatever token. */
  gas: bigint;
};

/** The policy for a message: that of the first rule that matches; none if no rule does. */
export function createPolicyFinder(rules: PaymentRules): (message: MatchedMessage) => PaymentPolicy {
  const compiled = rules.map(({ match, policy }) => ({ matches: createMessageMatcher(match), policy }));
  return (message) => compiled.find(({ matches }) => matches(message))?.policy ?? { type: "none" };
}

/**
 * Says what is lacking; undefined if nothing is.
 * @param estimatedGas of the delivery; undefined before it is known: then only what can never do is refused
 */
export function lacking(policy: PaymentPolicy, paid: Paid, estimatedGas?: bigint): string | undefined {
  switch (policy.type) {
    case "none":
      return undefined;
    case "minimum":
      if (paid.payment >= policy.payment) return undefined;
      return `gas not paid: ${paid.payment} wei were paid, the relayer wants ${policy.payment}`;
    case "gas": {
      if (estimatedGas === undefined) return paid.gas > 0n ? undefined : "gas not paid: nothing was paid for it";
      const wanted = (estimatedGas * BigInt(Math.round(policy.fraction * 1_000))) / 1_000n;
      if (paid.gas >= wanted) return undefined;
      return `gas not paid: ${paid.gas} gas was paid for, the relayer wants ${wanted} (its delivery uses ${estimatedGas})`;
    }
  }
}
