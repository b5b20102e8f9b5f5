import type { Kysely, Selectable } from "kysely";
import type { Hash } from "viem";
import { readPaid } from "./payments/paymentIndex.ts";
import { readSpent, type Spent } from "./payments/spent.ts";
import type { Paid } from "./rules/paymentPolicy.ts";
import type { MessageState, MessageTable, RelayerTables, TransactionTable } from "./schema.ts";

export type MessageStatus = Selectable<MessageTable>;
export type TransactionStatus = Omit<Selectable<TransactionTable>, "raw">;

/** The messages in a relayer's store, last changed first; opened read-only while the relayer runs. */
export function listMessages(
  db: Kysely<RelayerTables>,
  { state, limit = 50 }: { state?: MessageState; limit?: number } = {},
): Promise<MessageStatus[]> {
  const all = db.selectFrom("message").selectAll().orderBy("updated_at", "desc").orderBy("nonce", "desc").limit(limit);
  return (state === undefined ? all : all.where("state", "=", state)).execute();
}

/** One message with what was paid for it, what it has cost, and all transactions that were ever signed for it, oldest first; undefined when the relayer does not know it. */
export async function getMessage(
  db: Kysely<RelayerTables>,
  id: Hash,
): Promise<{ message: MessageStatus; paid: Paid; spent: Spent; transactions: TransactionStatus[] } | undefined> {
  const key = id.toLowerCase() as Hash;
  const message = await db.selectFrom("message").selectAll().where("id", "=", key).executeTakeFirst();
  if (message === undefined) return undefined;
  const transactions = await db
    .selectFrom("transaction")
    .select(["hash", "destination", "account", "nonce", "message_id", "purpose", "max_fee_per_gas"])
    .select([
      "max_priority_fee_per_gas",
      "state",
      "created_at",
      "broadcast_at",
      "block_number",
      "block_hash",
      "gas_used",
      "success",
      "gas_price",
    ])
    .where("message_id", "=", key)
    .orderBy("created_at")
    .execute();
  return { message, paid: await readPaid({ db }, message), spent: await readSpent(db, key), transactions };
}
