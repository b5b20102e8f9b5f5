import { larger } from "../relayer/submitter/fees.ts";
import type { TowerContext } from "./context.ts";
import type { Agreement, WatchedChain } from "./followChain.ts";
import { type Head, readHeads } from "./heads.ts";
import { judgeCheckpoint } from "./judgeCheckpoint.ts";
import type { OffenceKind, OffenceTable, SignatureTable } from "./schema.ts";
import type { Signatures } from "./signatures.ts";

type Judgement = { row: SignatureTable; set: Partial<SignatureTable>; offence?: OffenceTable };

const PAGES_PER_TICK = 100;

/**
 * Compares signatures over checkpoints of one origin with what its nodes agree on. What was once found honest is not looked at
 * again: should the chain be reorganised below its final block, who signed what was final has done nothing wrong.
 */
export async function judgeSignatures(
  context: TowerContext,
  signatures: Signatures,
  { chain }: WatchedChain,
  agreement: Agreement,
): Promise<void> {
  const { now, metrics, options } = context;
  const { count, tree, views } = agreement;
  const origin = chain.domain;
  let heads: Promise<Head[]> | undefined;
  /** Asked only when there is something ahead: most of the time there is not. */
  const askHeads = () => {
    heads ??= readHeads(views, chain.merkleTreeHook);
    return heads;
  };

  for (let page = 0; page < PAGES_PER_TICK; page++) {
    const rows = await signatures.withVerdict({ origin, verdicts: ["unjudged"] });
    await store(await Promise.all(rows.map(judge)));
    if (rows.length === 0) break;
  }
  // What was ahead is not any more, once its leaf is final.
  for (let page = 0; page < PAGES_PER_TICK; page++) {
    const rows = await signatures.withVerdict({ origin, verdicts: ["ahead", "premature"], below: count });
    await store(await Promise.all(rows.map(judge)));
    if (rows.length === 0) break;
  }
  const aheadUntil = now() - options.prematurePatienceMs;
  const suspects = await signatures.suspects({ origin, aheadBefore: agreement.block, aheadUntil });
  if (suspects.length > 0) await store(await judgeSuspects(suspects));
  metrics.set("signatures_ahead", await signatures.count(origin, "ahead"), { origin: chain.name });

  async function store(judgements: readonly Judgement[]): Promise<void> {
    if (judgements.length > 0) await signatures.judge(judgements);
  }

  async function judge(row: SignatureTable): Promise<Judgement> {
    const verdict = judgeCheckpoint(row, { chain, count, tree });
    metrics.count("signatures_judged", { verdict });
    if (verdict === "ahead") {
      const newest = (await askHeads()).map(({ number }) => number).reduce(larger, 0n);
      return { row, set: { verdict, ahead_since: Number(newest), ahead_at: now() } };
    }
    return { row, set: { verdict }, ...(verdict !== "honest" && { offence: offenceOf(row, verdict) }) };
  }

  /**
   * A signature of a leaf that is not there is an offence only when the final block has passed all that was the newest block
   * when it was found, and still no node has such a leaf: our nodes may be behind the validator's.
   */
  async function judgeSuspects(rows: readonly SignatureTable[]): Promise<Judgement[]> {
    const most = Math.max(...(await askHeads()).map((head) => head.count));
    return rows
      .filter(({ leaf_index }) => leaf_index >= most)
      .map((row) => ({ row, set: { verdict: "premature" }, offence: offenceOf(row, "premature") }));
  }

  function offenceOf(row: SignatureTable, kind: OffenceKind): OffenceTable {
    const { signer, tree: signedTree, leaf_index, digest, signature } = row;
    const evidence = { digest, signature, other_digest: null, other_signature: null };
    return { signer, origin, tree: signedTree, leaf_index, kind, ...evidence, found_at: now(), handled: 0 };
  }
}
