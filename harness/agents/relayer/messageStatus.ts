import type { Kysely, Selectable } from "kysely";
import type { Hash } from "viem";
import { type Lock, readLocks } from "./escrow/locks.ts";
import { listPayments, type Paid, type Payment, readPaid } from "./payments/paid.ts";
import { readExpenses, type Spent } from "./payments/spent.ts";
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

export type MessageAccount = {
  message: MessageStatus;
  paid: Paid;
  /** What `paid` is the sum of. */
  payments: Payment[];
  /** What an escrow of its origin locks or has locked for it. */
  lock: Lock | undefined;
  spent: Spent;
  transactions: TransactionStatus[];
};

/** One message with what was paid for it, what it has cost, and all transactions that were ever signed for it, oldest first; undefined when the relayer does not know it. */
export async function getMessage(db: Kysely<RelayerTables>, id: Hash): Promise<MessageAccount | undefined> {
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
      "cost",
      "fills",
    ])
    .where((row) =>
      row.or([
        row("message_id", "=", key),
        row("fills", "=", key),
        row("hash", "in", row.selectFrom("batched").select("hash").where("message_id", "=", key)),
      ]),
    )
    .orderBy("created_at")
    .execute();
  const { spent, lost, reverts } = await readExpenses(db, key);
  const [paid, payments] = [await readPaid(db, message), await listPayments(db, message)];
  const lock = (await readLocks(db, [message])).get(message.id);
  return { message, paid, payments, lock, spent: { spent, lost, reverts }, transactions };
}
