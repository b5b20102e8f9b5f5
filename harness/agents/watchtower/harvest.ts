import type { Hash, Hex } from "viem";
import { errorText } from "../relayer/rpcError.ts";
import { type CandidateSignature, messagesInCalldata, signaturesInMetadata } from "./calldataSignatures.ts";
import type { Collector } from "./collectFromStorage.ts";
import type { TowerContext } from "./context.ts";
import type { ChainView } from "./followChain.ts";

const MAX_ATTEMPTS = 10;
/** Of one transaction: each costs as much as a signature takes to recover. */
const MAX_CANDIDATES = 4_096;

/**
 * Looks through the transactions of deliveries for validators' signatures: what was signed to cheat is shown there, and need not be
 * anywhere else. A signature proves itself, so whatever any node shows counts. Never throws.
 */
export async function harvestCalldata(
  context: TowerContext,
  collector: Collector,
  chain: number,
  views: readonly ChainView[],
): Promise<void> {
  const { db, log, now, metrics, options } = context;
  const due = await db
    .selectFrom("tower_harvest")
    .selectAll()
    .where("chain", "=", chain)
    .where("done", "=", 0)
    .where("attempts", "<", MAX_ATTEMPTS)
    .orderBy("attempts")
    .limit(options.harvestsPerTick)
    .execute();
  const deadline = now() + options.harvestBudgetMs;
  for (const { tx_hash, attempts } of due) {
    if (now() > deadline) break;
    const answers = await Promise.allSettled(views.map(({ client }) => client.getTransaction({ hash: tx_hash })));
    const inputs = new Set(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.input] : [])));
    const failed = answers.find((answer) => answer.status === "rejected");
    await collector.keep(candidatesIn(inputs), `transaction ${tx_hash} on domain ${chain}`);
    if (failed === undefined) {
      metrics.count("transactions_harvested");
      await update(tx_hash, { done: 1 });
    } else {
      log.debug({ tx: tx_hash, error: errorText(failed.reason) }, "a delivery's transaction can not be read");
      await update(tx_hash, { attempts: attempts + 1 });
    }
  }

  async function update(tx_hash: Hash, set: { done: number } | { attempts: number }): Promise<void> {
    await db.updateTable("tower_harvest").set(set).where("chain", "=", chain).where("tx_hash", "=", tx_hash).execute();
  }
}

function candidatesIn(inputs: ReadonlySet<Hex>): CandidateSignature[] {
  const candidates: CandidateSignature[] = [];
  const seen = new Set<readonly Hex[]>();
  for (const message of [...inputs].flatMap(messagesInCalldata)) {
    if (candidates.length >= MAX_CANDIDATES) break;
    if (message.group !== undefined && seen.has(message.group)) continue;
    if (message.group !== undefined) seen.add(message.group);
    candidates.push(...signaturesInMetadata(message));
  }
  return candidates.slice(0, MAX_CANDIDATES);
}
