import type { TowerContext } from "./context.ts";
import type { OffenceKind, OffenceTable } from "./schema.ts";

/** What a validator did, for people. */
const WHAT: Record<OffenceKind, string> = {
  equivocation: "signed two different checkpoints for one index",
  "wrong-message-id": "signed a message that is not the one at that index",
  "wrong-root": "signed a root that the tree never had at that index",
  premature: "signed an index that nothing was dispatched for",
  "foreign-tree": "signed for a tree that is not the Mailbox's",
};

/** Tells of an offence: of one validator and kind once, then they are counted. */
export async function reportOffence(context: TowerContext, offence: OffenceTable): Promise<void> {
  const { alerts, metrics } = context;
  const { signer, origin, leaf_index, kind, digest, tree } = offence;
  metrics.count("offences", { kind });
  await alerts.raise({
    key: `offence:${signer}:${origin}:${kind}`,
    kind,
    severity: "critical",
    text: `validator ${signer} of domain ${origin} ${WHAT[kind]}: index ${leaf_index}`,
    details: { validator: signer, origin, index: leaf_index, digest, tree },
  });
}
