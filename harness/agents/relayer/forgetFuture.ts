import type { Kysely } from "kysely";
import { WORKABLE } from "./messages.ts";
import type { RelayerTables } from "./schema.ts";

/**
 * What was written in the future was written while the machine's clock was wrong: it is due now, and was done now. Otherwise it
 * would wait until that time has come.
 */
export async function forgetFuture(db: Kysely<RelayerTables>, now: number): Promise<void> {
  await db
    .updateTable("message")
    .set({ next_attempt_at: now, updated_at: now })
    .where("state", "in", WORKABLE)
    .where("updated_at", ">", now)
    .execute();
  await db.updateTable("transaction").set({ created_at: now }).where("created_at", ">", now).execute();
  await db.updateTable("transaction").set({ broadcast_at: now }).where("broadcast_at", ">", now).execute();
}
