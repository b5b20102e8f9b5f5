/** Kinds of reasons for which a message is not delivered yet, by how our own texts begin or, for validators, read. */
const KINDS = [
  ["payment", /^(gas not paid|no pay on delivery|nothing was paid)/],
  ["given-up", /^given up: /],
  ["signatures", /^(\d+ of \d+ validators needed|validators of weight \d+ needed)/],
  ["gateway", /^no gateway of module /],
  ["module", /^(module 0x|\d+ of \d+ modules ready)/],
  ["preparing", /^(being prepared|prepared by)/],
  ["simulation", /^simulation /],
  ["reverted", /^transaction 0x[0-9a-f]+ reverted/],
  ["final", /^(transaction 0x|delivered by 0x)/],
  ["fees", /^(could not submit|nonce \d+ of|replacing)/],
  ["refused", /^[a-z][a-z0-9-]* refused the transaction/],
  ["reorganised", /reorganised out|no longer in its origin's index/],
  ["origin", /^(its origin could not be read|domain \d+ is not configured)/],
  ["too-slow", /^the attempt took longer/],
] as const satisfies readonly (readonly [string, RegExp])[];

export type ReasonKind = (typeof KINDS)[number][0] | "none" | "other";

/** The kind of a message's reason: a label of metrics, whereas the reason itself may quote anybody. */
export function reasonKind(reason: string | null): ReasonKind {
  if (reason === null) return "none";
  return KINDS.find(([, form]) => form.test(reason))?.[0] ?? "other";
}
