import type { Kysely } from "kysely";
import type { Migrations } from "../store/openStore.ts";

export type PauseTables = {
  /** One row, or none. */
  agent_pause: { id: number; reason: string; since: number };
};

export const pauseMigrations: Migrations = {
  pause_0001_create: {
    async up(db) {
      await db.schema
        .createTable("agent_pause")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("since", "bigint", (column) => column.notNull())
        .execute();
    },
  },
};

/** Why an agent pauses, and since when (milliseconds since 1970). */
export type Pause = { reason: string; since: number };

const ID = 1;

/** Why the agent of this store pauses; undefined when it does not. */
export async function readPause(db: Kysely<PauseTables>): Promise<Pause | undefined> {
  return db.selectFrom("agent_pause").select(["reason", "since"]).where("id", "=", ID).executeTakeFirst();
}

/** Has the agent pause, from its next step on and over restarts, until `resume`. A new reason replaces the one before. */
export async function pause(db: Kysely<PauseTables>, { reason, since }: Pause): Promise<void> {
  await db
    .insertInto("agent_pause")
    .values({ id: ID, reason, since })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ reason, since }))
    .execute();
}

/** @returns whether it did pause */
export async function resume(db: Kysely<PauseTables>): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("agent_pause").where("id", "=", ID).executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
