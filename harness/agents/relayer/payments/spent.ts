import type { Kysely } from "kysely";
import { type Address, type Hash, parseTransaction } from "viem";
import type { RelayerTables } from "../schema.ts";

export type Spent = {
  /** Wei that all transactions for the message have cost that are in a block. */
  spent: bigint;
  /** Of these, wei for those that did not bring it further: that reverted, or only used its nonce up; and their number. */
  lost: bigint;
  /** How many reverted. */
  reverts: number;
};

/** What the relayer has done for a message, as far as it is in blocks. */
export type Expenses = Spent & {
  /** By module, how many transactions have prepared the message. */
  preparations: Map<Address, number>;
};

/** Of a message for which no transaction was ever stored. */
export const NOTHING_SPENT: Expenses = { spent: 0n, lost: 0n, reverts: 0, preparations: new Map() };

/**
 * What the relayer has spent on a message in the destination's token: preparations, deliveries, reverts, and transactions that
 * only use its nonce up.
 * @param since milliseconds since 1970: only what was spent on transactions signed after that. Preparations count all the same
 */
export async function readExpenses(db: Kysely<RelayerTables>, id: Hash, since = 0): Promise<Expenses> {
  const rows = await db
    .selectFrom("transaction")
    .select(["cost", "success", "fills", "purpose", "raw", "created_at"])
    .where((row) => row.or([row("message_id", "=", id), row("fills", "=", id)]))
    .where("state", "in", ["included", "final"])
    .execute();
  const batched = await db
    .selectFrom("batched")
    .innerJoin("transaction", "transaction.hash", "batched.hash")
    .select(["cost", "batched.delivered", "share", "created_at"])
    .where("batched.message_id", "=", id)
    .where("state", "in", ["included", "final"])
    .execute();
  const total: Expenses = { spent: 0n, lost: 0n, reverts: 0, preparations: new Map() };
  for (const { cost, success, fills, purpose, raw, created_at: at } of rows) {
    if (purpose === "prepare" && success === 1) {
      const to = parseTransaction(raw).to?.toLowerCase() as Address;
      total.preparations.set(to, (total.preparations.get(to) ?? 0) + 1);
    }
    if (at <= since) continue;
    total.spent += BigInt(cost ?? 0);
    if (success === 0 || fills !== null) total.lost += BigInt(cost ?? 0);
    if (success === 0) total.reverts += 1;
  }
  for (const { cost, delivered, share, created_at: at } of batched) {
    if (at <= since) continue;
    const part = (BigInt(cost ?? 0) * BigInt(share)) / 1_000_000n;
    total.spent += part;
    if (delivered === 1) continue;
    total.lost += part;
    total.reverts += 1;
  }
  return total;
}
