import type { Kysely, Transaction } from "kysely";
import type { Address, Hash, Hex } from "viem";
import type { RawCheckpoint } from "../../../protocol/checkpoint.ts";
import type { ChallengeTable, TowerTables } from "../schema.ts";

export type StoredCheckpoint = { root: Hex; index: number };

/** What was read of a staking deployment's events, by whatever node. */
export type StakingEvents = {
  keys: readonly Address[];
  stored: readonly StoredCheckpoint[];
  challenges: readonly {
    id: Hash;
    validator: Address;
    reporter: Address;
    deadline: number;
    checkpoint: RawCheckpoint;
  }[];
};

const STORED_AT_ONCE = 50;

export type StakingRecords = ReturnType<typeof createStakingRecords>;

/** What is known of the staking deployment of one chain. What nodes told may be false, or gone: it is asked for before it counts. */
export function createStakingRecords(parameters: { db: Kysely<TowerTables>; chain: number; now: () => number }) {
  const { db, chain, now } = parameters;

  return {
    /** The next block to read by one node. */
    async next(view: string): Promise<number | undefined> {
      const row = await db
        .selectFrom("tower_scan")
        .select("next_block")
        .where("chain", "=", chain)
        .where("view", "=", view)
        .executeTakeFirst();
      return row?.next_block;
    },

    /** Keeps what was read, and how far; together: what was passed by would never be seen again. */
    async store(view: string, next_block: number, source: string, events: StakingEvents): Promise<void> {
      await db.transaction().execute(async (tx) => {
        await storeEvents(tx, source, events);
        await tx
          .insertInto("tower_scan")
          .values({ chain, view, next_block, last_hash: null })
          .onConflict((conflict) => conflict.columns(["chain", "view"]).doUpdateSet({ next_block }))
          .execute();
      });
    },

    /** Roots that were stored, by any node's word, with at least `from` and less than `below` as their last leaf; the newest, a few. */
    async stored(from: number, below?: number): Promise<StoredCheckpoint[]> {
      let query = db
        .selectFrom("tower_stored_checkpoint")
        .selectAll()
        .where("chain", "=", chain)
        .where("leaf_index", ">=", from)
        .orderBy("leaf_index", "desc")
        .limit(STORED_AT_ONCE);
      if (below !== undefined) query = query.where("leaf_index", "<", below);
      return (await query.execute()).map(({ root, leaf_index }) => ({ root, index: leaf_index }));
    },

    /** A root that is not stored, whoever said so. Should it be stored yet, that is told again. */
    async forget({ root, index }: StoredCheckpoint): Promise<void> {
      await db
        .deleteFrom("tower_stored_checkpoint")
        .where("chain", "=", chain)
        .where("leaf_index", "=", index)
        .where("root", "=", root)
        .execute();
    },

    /** Challenges that nothing was intended about. */
    async unhandledChallenges(): Promise<ChallengeTable[]> {
      return await db
        .selectFrom("tower_challenge")
        .selectAll()
        .where("chain", "=", chain)
        .where("handled", "=", 0)
        .limit(100)
        .execute();
    },

    async markHandled({ id, deadline }: Pick<ChallengeTable, "id" | "deadline">): Promise<void> {
      await db
        .updateTable("tower_challenge")
        .set({ handled: 1 })
        .where("chain", "=", chain)
        .where("id", "=", id)
        .where("deadline", "=", deadline)
        .execute();
    },
  };

  async function storeEvents(tx: Transaction<TowerTables>, source: string, events: StakingEvents): Promise<void> {
    for (const key of events.keys.map((address) => address.toLowerCase() as Address)) {
      await tx
        .insertInto("tower_key")
        .values({ key, source, seen_at: now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    for (const { root, index } of events.stored) {
      await tx
        .insertInto("tower_stored_checkpoint")
        .values({ chain, root, leaf_index: index })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    for (const { checkpoint, ...challenge } of events.challenges) {
      await tx
        .insertInto("tower_challenge")
        .values({ chain, ...challenge, checkpoint: JSON.stringify(checkpoint), handled: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }
}
