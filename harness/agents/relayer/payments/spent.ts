import type { Kysely } from "kysely";
import type { Hash } from "viem";
import type { RelayerTables } from "../schema.ts";

export type Spent = {
  /** Wei that all transactions for the message have cost that are in a block. */
  spent: bigint;
  /** Of these, wei for those that reverted, and their number. */
  lost: bigint;
  reverts: number;
};

/**
 * What the relayer has spent on a message in the destination's token: preparations, deliveries and reverts.
 * @param since milliseconds since 1970: only transactions signed after that
 */
export async function readSpent(db: Kysely<RelayerTables>, id: Hash, since = 0): Promise<Spent> {
  const rows = await db
    .selectFrom("transaction")
    .select(["gas_used", "gas_price", "success"])
    .where("message_id", "=", id)
    .where("state", "in", ["included", "final"])
    .where("created_at", ">", since)
    .execute();
  const total: Spent = { spent: 0n, lost: 0n, reverts: 0 };
  for (const { gas_used: gas, gas_price: price, success } of rows) {
    const cost = BigInt(gas ?? 0) * BigInt(price ?? 0);
    total.spent += cost;
    if (success === 0) {
      total.lost += cost;
      total.reverts += 1;
    }
  }
  return total;
}
