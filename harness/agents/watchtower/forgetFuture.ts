import type { Kysely } from "kysely";
import type { TowerTables } from "./schema.ts";

/** A watchtower that starts tries at once what it had put off: a wrong clock may have put it off for ever. */
export async function forgetFuture(db: Kysely<TowerTables>, now: number): Promise<void> {
  for (const table of ["tower_action", "tower_alert"] as const) {
    await db.updateTable(table).set({ next_attempt_at: now }).where("next_attempt_at", ">", now).execute();
  }
  await db.updateTable("tower_transaction").set({ created_at: now }).where("created_at", ">", now).execute();
  await db.updateTable("tower_transaction").set({ broadcast_at: now }).where("broadcast_at", ">", now).execute();
}
