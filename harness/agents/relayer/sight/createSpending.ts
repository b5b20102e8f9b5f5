import type { Kysely } from "kysely";
import type { RelayerTables } from "../schema.ts";

export type Spending = {
  /** Wei that transactions have cost that settled since the last call, and how much of it was lost on reverts. */
  next(db: Kysely<RelayerTables>): Promise<{ spent: bigint; lost: bigint }>;
};

/** Transactions looked at in a call; what is left is for the next one. */
const PAGE = 5_000;

/** Adds up what is spent on one destination from now on, each transaction once. What was spent before is not looked at. */
export function createSpending(destination: number): Spending {
  let counted: number | undefined;

  const newest = (db: Kysely<RelayerTables>) =>
    db
      .selectFrom("transaction")
      .select((select) => select.fn.max("nonce").as("nonce"))
      .where("destination", "=", destination)
      .where("state", "=", "final")
      .executeTakeFirstOrThrow();

  /** A nonce below which everything is settled: what is final above it waits, so that nothing is passed over. */
  async function settledBelow(db: Kysely<RelayerTables>): Promise<number> {
    const { nonce } = await db
      .selectFrom("transaction")
      .select((select) => select.fn.min("nonce").as("nonce"))
      .where("destination", "=", destination)
      .where("state", "in", ["pending", "included"])
      .executeTakeFirstOrThrow();
    return nonce ?? Number.MAX_SAFE_INTEGER;
  }

  return {
    async next(db) {
      const below = await settledBelow(db);
      if (counted === undefined) {
        counted = Math.min((await newest(db)).nonce ?? -1, below - 1);
        return { spent: 0n, lost: 0n };
      }
      const rows = await db
        .selectFrom("transaction")
        .select(["nonce", "cost", "success"])
        .where("destination", "=", destination)
        .where("state", "=", "final")
        .where("nonce", ">", counted)
        .where("nonce", "<", below)
        .orderBy("nonce")
        .limit(PAGE)
        .execute();
      const total = { spent: 0n, lost: 0n };
      for (const { nonce, cost, success } of rows) {
        const wei = BigInt(cost ?? 0);
        total.spent += wei;
        if (success === 0) total.lost += wei;
        counted = nonce;
      }
      return total;
    },
  };
}
