import type { Selectable, Transaction } from "kysely";
import type { Hash } from "viem";
import type { RelayerTables, TransactionTable } from "../schema.ts";
import type { Part } from "./signer.ts";

/**
 * Within a transaction: stores signed transactions before they are broadcast, each with its message's new state.
 * A message that is being prepared is not delivered for the reason given by its id, else for the one that it had.
 * `batched` has, by the hash of a transaction, what it delivers. The same bytes may have been signed and refused before, when neither nonce nor fees have changed since.
 */
export async function storeSigned(
  trx: Transaction<RelayerTables>,
  rows: readonly Selectable<TransactionTable>[],
  now: number,
  {
    reasons = new Map(),
    batched = new Map(),
  }: { reasons?: ReadonlyMap<Hash, string>; batched?: ReadonlyMap<Hash, readonly Part[]> } = {},
): Promise<void> {
  for (const row of rows) {
    await trx
      .insertInto("transaction")
      .values(row)
      .onConflict((conflict) =>
        conflict.column("hash").doUpdateSet({ state: row.state, created_at: row.created_at, broadcast_at: null }),
      )
      .execute();
    const parts = batched.get(row.hash) ?? [];
    for (const { id, share } of parts) {
      await trx
        .insertInto("batched")
        .values({ hash: row.hash, message_id: id, share, delivered: null })
        .onConflict((conflict) => conflict.columns(["hash", "message_id"]).doUpdateSet({ share, delivered: null }))
        .execute();
    }
    const ids = row.message_id === null ? parts.map(({ id }) => id) : [row.message_id];
    if (ids.length === 0) continue;
    const reason = row.message_id === null || row.purpose === "deliver" ? null : reasons.get(row.message_id);
    await trx
      .updateTable("message")
      .set({ state: "submitted", tx: row.hash, ...(reason !== undefined && { reason }), updated_at: now })
      .where("id", "in", ids)
      .where("state", "!=", "delivered")
      .execute();
  }
}
