import type { Explanation } from "./explainIsm.ts";
import type { SmallestSet } from "./smallestSet.ts";

/** The shape of `causeway ism explain --json`, as docs/modules/explain.md describes it. It changes with this number. */
const VERSION = 1;

/** An explanation as JSON: amounts, weights and the thresholds of multisigs are decimal strings, times are ISO 8601. */
export function explanationJson(explanation: Explanation, names: ReadonlyMap<number, string>): unknown {
  const { chain, target, kind, isDefault, tree, cases, omittedOrigins, parties, powers, validators, warnings } =
    explanation;
  const set = (found: SmallestSet | undefined) => found ?? null;
  const json = {
    version: VERSION,
    chain,
    target,
    kind,
    isDefault,
    module: tree.address,
    cases: cases.map((one) => ({
      origin: one.origin,
      originName: one.origin === null ? null : (names.get(one.origin) ?? null),
      forge: set(one.forge),
      forgeWithPowers: set(one.forgeWithPowers),
      block: set(one.block),
      blockWithPowers: set(one.blockWithPowers),
    })),
    omittedOrigins,
    warnings,
    powers,
    parties,
    validators: validators.map(({ signedAt, ...one }) => ({
      ...one,
      signedAt: signedAt === null ? null : new Date(signedAt).toISOString(),
    })),
    tree,
  };
  return JSON.parse(JSON.stringify(json, (_, value) => (typeof value === "bigint" ? String(value) : value)));
}
