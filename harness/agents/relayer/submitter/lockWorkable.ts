import type { Transaction } from "kysely";
import type { Hash } from "viem";
import { WORKABLE } from "../messages.ts";
import type { RelayerTables } from "../schema.ts";
import { LIVE } from "./slots.ts";

/** Another process has a message, or its origin dropped it, since it was looked at. Nothing was signed away: the next attempt finds out. */
export class TakenMeanwhileError extends Error {
  override name = "TakenMeanwhileError";
}

/**
 * Within the transaction that stores them: makes sure that no other process has stored a transaction for these messages, nor
 * does until this one is stored. So no lease that ran out has a message paid for twice.
 * @throws TakenMeanwhileError
 */
export async function lockWorkable(trx: Transaction<RelayerTables>, ids: readonly Hash[]): Promise<void> {
  if (ids.length === 0) return;
  const workable = await trx
    .selectFrom("message")
    .select("id")
    .where("id", "in", ids)
    .where("state", "in", WORKABLE)
    .orderBy("id")
    .forUpdate()
    .execute();
  const alone = await trx
    .selectFrom("transaction")
    .select("message_id")
    .where("message_id", "in", ids)
    .where("state", "in", LIVE)
    .execute();
  const together = await trx
    .selectFrom("batched")
    .innerJoin("transaction", "transaction.hash", "batched.hash")
    .select("batched.message_id")
    .where("batched.message_id", "in", ids)
    .where("transaction.state", "in", LIVE)
    .execute();
  const lost = ids.length - workable.length + alone.length + together.length;
  if (lost > 0) throw new TakenMeanwhileError(`${lost} of ${ids.length} messages were taken or changed meanwhile`);
}
