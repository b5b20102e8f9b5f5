import type { ChainConfig } from "../../../chains/chainConfig.ts";
import { createLockTrust, type LockTrust } from "../escrow/lockTrust.ts";
import type { RelayerOptions } from "../options.ts";
import { createMessageFilter } from "./messageLists.ts";
import type { MatchedMessage } from "./messageMatcher.ts";
import { createPolicyFinder, type PaymentPolicy } from "./paymentPolicy.ts";

/** What the operator says about messages. */
export type MessageRules = {
  /** There are neither lists nor payment rules: every message is delivered. */
  areNone: boolean;
  /** Why a message is not relayed; undefined if it is. */
  excludes: (message: MatchedMessage) => string | undefined;
  /** What must be paid for a message that is not excluded. */
  policy: (message: MatchedMessage) => PaymentPolicy;
  /** Which locks are counted on. */
  trust: LockTrust;
};

/**
 * Compiles the rules of a relayer's options.
 * @param chains whose modules and contracts for receipts are counted on; without them no escrow is
 */
export function createMessageRules(
  { lists, paymentRules }: Pick<RelayerOptions, "lists" | "paymentRules">,
  chains: readonly ChainConfig[] = [],
): MessageRules {
  const filter = createMessageFilter(lists);
  const find = createPolicyFinder(paymentRules);
  return {
    trust: createLockTrust(chains),
    areNone: lists.whitelist === undefined && lists.blacklist.length === 0 && paymentRules.length === 0,
    excludes(message) {
      const reason = filter(message);
      if (reason !== undefined) return reason;
      const policy = find(message);
      return policy.type === "unknown" ? `the payment rules can not be held against it: ${policy.reason}` : undefined;
    },
    policy(message) {
      const policy = find(message);
      return policy.type === "unknown" ? { type: "none" } : policy;
    },
  };
}
