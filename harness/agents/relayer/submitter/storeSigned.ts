import type { Selectable, Transaction } from "kysely";
import type { Hash } from "viem";
import type { RelayerTables, TransactionTable } from "../schema.ts";

/**
 * Within a transaction: stores signed transactions before they are broadcast, each with its message's new state.
 * A message that is being prepared is not delivered for the reason given by its id, else for the one that it had.
 * The same bytes may have been signed and refused before, when neither nonce nor fees have changed since.
 */
export async function storeSigned(
  trx: Transaction<RelayerTables>,
  rows: readonly Selectable<TransactionTable>[],
  now: number,
  reasons: ReadonlyMap<Hash, string> = new Map(),
): Promise<void> {
  for (const row of rows) {
    await trx
      .insertInto("transaction")
      .values(row)
      .onConflict((conflict) =>
        conflict.column("hash").doUpdateSet({ state: row.state, created_at: row.created_at, broadcast_at: null }),
      )
      .execute();
    if (row.message_id === null) continue;
    const reason = row.purpose === "deliver" ? null : reasons.get(row.message_id);
    await trx
      .updateTable("message")
      .set({ state: "submitted", tx: row.hash, ...(reason !== undefined && { reason }), updated_at: now })
      .where("id", "=", row.message_id)
      .where("state", "!=", "delivered")
      .execute();
  }
}
