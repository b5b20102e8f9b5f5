import { type Kysely, type RawBuilder, sql } from "kysely";
import type { RelayerTables } from "../schema.ts";

/** Wei per domain. */
export type Totals = {
  /** Paid to the configured paymasters, per origin; also for messages that are not this relayer's. */
  paid: { domain: number; wei: bigint }[];
  /** What escrows have paid for deliveries by this relayer, per origin. */
  earned: { domain: number; wei: bigint }[];
  /** What transactions of the relayer have cost that are in blocks, per destination, and how much of it was lost on reverts. */
  spent: { domain: number; wei: bigint; lost: bigint }[];
};

/** The sums over all that the relayer's store knows. */
export async function readTotals(db: Kysely<RelayerTables>): Promise<Totals> {
  const paid = await db
    .selectFrom("payment")
    .select(["origin", ...parts("payment")])
    .groupBy("origin")
    .orderBy("origin")
    .execute();
  const earned = await db
    .selectFrom("escrow_lock")
    .innerJoin("message", "message.id", "escrow_lock.message_id")
    .select(["escrow_lock.origin as domain", ...parts("amount")])
    .where("escrow_lock.state", "=", "paid")
    .where("message.delivered_tx", "is not", null)
    .groupBy("escrow_lock.origin")
    .orderBy("escrow_lock.origin")
    .execute();
  const spent = await db
    .selectFrom("transaction")
    .select(["destination", "success", ...parts("cost")])
    .where("state", "in", ["included", "final"])
    .groupBy(["destination", "success"])
    .orderBy("destination")
    .execute();
  const byDestination = new Map<number, { domain: number; wei: bigint; lost: bigint }>();
  for (const row of spent) {
    const sum = byDestination.get(row.destination) ?? { domain: row.destination, wei: 0n, lost: 0n };
    sum.wei += joined(row);
    if (row.success === 0) sum.lost += joined(row);
    byDestination.set(row.destination, sum);
  }
  return {
    paid: paid.map((row) => ({ domain: row.origin, wei: joined(row) })),
    earned: earned.map((row) => ({ domain: row.domain, wei: joined(row) })),
    spent: [...byDestination.values()],
  };
}

/** Texts where the database's sums have no limit. */
type Parts = { high: number | string; middle: number | string; low: number | string };

/** Databases count to 2^63: the sum of decimal texts is made of the sums of their last nine digits, the nine before, and what is above. */
function parts(column: "payment" | "cost" | "amount") {
  const text = sql`('000000000000000000' || ${sql.ref(column)})`;
  const sum = (digits: RawBuilder<unknown>) => sql<number | string>`coalesce(sum(cast(${digits} as bigint)), 0)`;
  return [
    sum(sql`substr(${text}, 1, length(${text}) - 18)`).as("high"),
    sum(sql`substr(${text}, length(${text}) - 17, 9)`).as("middle"),
    sum(sql`substr(${text}, length(${text}) - 8)`).as("low"),
  ] as const;
}

function joined({ high, middle, low }: Parts): bigint {
  return BigInt(high) * 10n ** 18n + BigInt(middle) * 10n ** 9n + BigInt(low);
}
