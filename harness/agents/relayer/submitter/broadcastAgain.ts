import type { Destination, RelayerContext } from "../context.ts";
import { broadcast } from "./broadcast.ts";
import type { LiveTransaction, Slot } from "./slots.ts";

/**
 * Gives the node again what it may have lost, or never had: the very bytes that are stored.
 * @param since milliseconds since 1970: what was broadcast before that is given again at once, else after a while
 */
export async function broadcastAgain(
  { db, commit, now, log, options }: RelayerContext,
  { chain, client }: Pick<Destination, "chain" | "client">,
  slots: readonly Slot[],
  since: number,
): Promise<void> {
  const due = slots.map(({ transactions: [newest] }) => newest).filter(isDue);
  if (due.length === 0) return;
  const rows = await db
    .selectFrom("transaction")
    .select(["hash", "raw"])
    .where(
      "hash",
      "in",
      due.map(({ hash }) => hash),
    )
    .orderBy("nonce")
    .execute();
  const answers = await broadcast(
    client,
    rows.map(({ raw }) => raw),
  );
  const accepted = rows.filter((_, i) => answers[i]?.status === "accepted").map(({ hash }) => hash);
  const other = answers.find(({ status }) => status !== "accepted");
  if (other !== undefined) log.warn({ chain: chain.name, reason: other.reason }, "could not broadcast again");
  if (accepted.length === 0) return;
  await commit(async (trx) => {
    await trx.updateTable("transaction").set({ broadcast_at: now() }).where("hash", "in", accepted).execute();
  });

  function isDue({ state, broadcast_at }: LiveTransaction): boolean {
    if (state !== "pending") return false;
    return broadcast_at === null || broadcast_at < since || now() - broadcast_at >= options.rebroadcastAfterMs;
  }
}
