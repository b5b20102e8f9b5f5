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
  if (rows.length === 0) return;
  await trx
    .insertInto("transaction")
    .values([...rows])
    .onConflict((conflict) =>
      conflict.column("hash").doUpdateSet(({ ref }) => ({
        state: ref("excluded.state"),
        created_at: ref("excluded.created_at"),
        broadcast_at: null,
      })),
    )
    .execute();
  const parts = rows.flatMap(({ hash }) => (batched.get(hash) ?? []).map((part) => ({ ...part, hash })));
  if (parts.length > 0) {
    await trx
      .insertInto("batched")
      .values(parts.map(({ hash, id, share }) => ({ hash, message_id: id, share, delivered: null })))
      .onConflict((conflict) =>
        conflict.columns(["hash", "message_id"]).doUpdateSet(({ ref }) => ({
          share: ref("excluded.share"),
          delivered: null,
        })),
      )
      .execute();
  }
  const submitted = { state: "submitted", updated_at: now } as const;
  const delivering = rows.filter(({ message_id: id, purpose }) => id !== null && purpose === "deliver");
  const delivered = [...delivering.flatMap(({ message_id: id }) => id ?? []), ...parts.map(({ id }) => id)];
  if (delivered.length > 0) {
    const hashes = rows.map(({ hash }) => hash);
    await trx
      .updateTable("message")
      .set(({ fn, selectFrom }) => ({
        ...submitted,
        reason: null,
        tx: fn.coalesce(
          selectFrom("transaction")
            .select("hash")
            .whereRef("message_id", "=", "message.id")
            .where("hash", "in", hashes),
          selectFrom("batched").select("hash").whereRef("message_id", "=", "message.id").where("hash", "in", hashes),
        ),
      }))
      .where("id", "in", delivered)
      .where("state", "!=", "delivered")
      .execute();
  }
  for (const { message_id: id, purpose, hash } of rows) {
    if (id === null || purpose === "deliver") continue;
    const reason = reasons.get(id);
    await trx
      .updateTable("message")
      .set({ ...submitted, tx: hash, ...(reason !== undefined && { reason }) })
      .where("id", "=", id)
      .where("state", "!=", "delivered")
      .execute();
  }
}
