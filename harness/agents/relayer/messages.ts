import type { ExpressionBuilder, Kysely, Selectable, Transaction } from "kysely";
import type { Hash } from "viem";
import { expectingDelay, retryDelay, waitingDelay } from "./backoff.ts";
import type { RelayerContext } from "./context.ts";
import type { Shortfall } from "./rules/paymentPolicy.ts";
import { MESSAGE_STATES, type MessageState, type MessageTable, type RelayerTables } from "./schema.ts";

export type StoredMessage = Selectable<MessageTable>;

/** States in which no transaction of ours is unsettled. */
export const WORKABLE = ["pending", "waiting"] as const;

const UNDELIVERED = MESSAGE_STATES.filter((state) => state !== "delivered");

/** The reason of a message that is not paid for, with how to pay. */
export function howToPay(id: Hash, { reason, wantedWei, wantedGas }: Shortfall): string {
  return wantedWei === null && wantedGas === null ? reason : `${reason}; \`causeway pay ${id}\` pays for it`;
}

const NOTHING_WANTED = { wanted_wei: null, wanted_gas: null, wanted_lock: null };

/** The messages whose next attempt is due, longest due first; where processes share them, such that are leased to this one then. */
export async function dueMessages(
  { db, now, leases }: Pick<RelayerContext, "db" | "now" | "leases">,
  parameters: { destination: number; limit: number; offset?: number },
): Promise<StoredMessage[]> {
  const due = (trx: Kysely<RelayerTables>) =>
    trx
      .selectFrom("message")
      .selectAll("message")
      .where("destination", "=", parameters.destination)
      .where("state", "in", WORKABLE)
      .where("next_attempt_at", "<=", now())
      .orderBy("next_attempt_at")
      .orderBy("message.nonce")
      .limit(parameters.limit)
      .offset(parameters.offset ?? 0);
  if (leases.alone) return due(db).execute();
  return await db.transaction().execute(async (trx) => {
    const rows = await due(trx).where(leases.isFree("message.id")).forUpdate("message").skipLocked().execute();
    const ours = await leases.claim(
      trx,
      rows.map(({ id }) => id),
    );
    return rows.filter(({ id }) => ours.has(id));
  });
}

/** Whether a message waits for a payment alone. */
export function isUnpaid({
  state,
  wanted_wei,
  wanted_gas,
  wanted_lock,
}: Pick<StoredMessage, "state" | "wanted_wei" | "wanted_gas" | "wanted_lock">): boolean {
  return state === "waiting" && (wanted_wei !== null || wanted_gas !== null || wanted_lock !== null);
}

/** The same as a condition on rows. */
export function whereUnpaid(message: ExpressionBuilder<RelayerTables, "message">) {
  return message.and([
    message("state", "=", "waiting"),
    message.or([
      message("wanted_wei", "is not", null),
      message("wanted_gas", "is not", null),
      message("wanted_lock", "is not", null),
    ]),
  ]);
}

/**
 * Time has to bring something; the message is looked at again soon, at first.
 * @param expectedAt when that is expected, if that is known
 */
export async function markWaiting(
  context: RelayerContext,
  message: StoredMessage,
  { reason, expectedAt }: { reason: string; expectedAt?: number },
): Promise<void> {
  const { commit, now, random, options, emit } = context;
  const age = { ageMs: now() - message.recorded_at, minMs: options.waitingMinMs, capMs: options.waitingCapMs, random };
  const delay =
    expectedAt === undefined ? waitingDelay(age) : expectingDelay({ ...age, expectedInMs: expectedAt - now() });
  await commit(async (trx) => {
    await trx
      .updateTable("message")
      .set({ state: "waiting", reason, ...NOTHING_WANTED, next_attempt_at: now() + delay, updated_at: now() })
      .where("id", "=", message.id)
      .where("state", "in", WORKABLE)
      .execute();
  });
  if (reason !== message.reason) emit({ type: "waiting", id: message.id, reason });
}

/** Too little is paid for the message. A new payment that is enough has it looked at at once, else it is not for long. */
export async function markUnpaid(context: RelayerContext, message: StoredMessage, lacks: Shortfall): Promise<void> {
  await context.commit((trx) => storeUnpaid(context, trx, message, lacks));
  if (message.reason?.startsWith(lacks.reason) !== true) {
    context.emit({ type: "waiting", id: message.id, reason: lacks.reason });
  }
}

/** Within a transaction: as `markUnpaid`. */
export async function storeUnpaid(
  { now, random, options }: RelayerContext,
  trx: Transaction<RelayerTables>,
  message: Pick<StoredMessage, "id" | "recorded_at">,
  lacks: Shortfall,
): Promise<void> {
  const { wantedWei, wantedGas, wantedLock } = lacks;
  const { unpaidMinMs: minMs, unpaidCapMs: capMs } = options;
  // Waits double: eight times what `waitingDelay` makes of the age.
  const delay = waitingDelay({ ageMs: 8 * (now() - message.recorded_at), minMs, capMs, random });
  await trx
    .updateTable("message")
    .set({
      state: "waiting",
      reason: howToPay(message.id, lacks),
      wanted_wei: wantedWei?.toString() ?? null,
      wanted_gas: wantedGas?.toString() ?? null,
      wanted_lock: wantedLock?.toString() ?? null,
      next_attempt_at: now() + delay,
      updated_at: now(),
    })
    .where("id", "=", message.id)
    .where("state", "in", WORKABLE)
    .execute();
}

/** Within a transaction: the message is not to be relayed. */
export async function storeExcluded(
  { now }: RelayerContext,
  trx: Transaction<RelayerTables>,
  id: Hash,
  reason: string,
): Promise<void> {
  await trx
    .updateTable("message")
    .set({ state: "excluded", reason, updated_at: now() })
    .where("id", "=", id)
    .where("state", "in", [...WORKABLE, "excluded"])
    .execute();
}

/** An attempt failed; the next one is later each time, and there is always a next one. */
export async function markFailed(context: RelayerContext, message: StoredMessage, reason: string): Promise<void> {
  await context.commit((trx) => failAttempt(context, trx, message, reason, { from: WORKABLE }));
  context.emit({ type: "failed", id: message.id, reason });
}

/** Within a transaction: counts a failed attempt and makes the message pending again. */
export async function failAttempt(
  { now, random, options }: RelayerContext,
  trx: Transaction<RelayerTables>,
  message: { id: Hash; attempts: number },
  reason: string,
  { capMs = options.retryCapMs, from = UNDELIVERED }: { capMs?: number; from?: readonly MessageState[] } = {},
): Promise<void> {
  const attempts = message.attempts + 1;
  const delay = retryDelay({ attempts, baseMs: options.retryBaseMs, capMs, random });
  await trx
    .updateTable("message")
    .set({ state: "pending", attempts, reason, next_attempt_at: now() + delay, updated_at: now() })
    .where("id", "=", message.id)
    .where("state", "in", from)
    .execute();
}

/** The message has cost too much: nothing more is done until an operator says so (`retryMessage`). */
export async function markParked(context: RelayerContext, message: StoredMessage, reason: string): Promise<void> {
  const { commit, now, emit } = context;
  await commit(async (trx) => {
    await trx
      .updateTable("message")
      .set({ state: "parked", reason, updated_at: now() })
      .where("id", "=", message.id)
      .where("state", "in", WORKABLE)
      .execute();
  });
  emit({ type: "failed", id: message.id, reason });
}

/**
 * Has a message tried again at once. What it has cost before is forgiven; a relayer that runs on the same store sees it at its
 * next tick.
 * @returns whether there was anything to retry: not if it is delivered, under way, or unknown
 */
export async function retryMessage(db: Kysely<RelayerTables>, id: Hash, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("message")
    .set({ state: "pending", attempts: 0, next_attempt_at: 0, retried_at: now, updated_at: now })
    .where("id", "=", id)
    .where("state", "in", [...WORKABLE, "parked"])
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** Somebody else delivered the message, and that is final. */
export async function markDeliveredElsewhere(
  { commit, now, emit }: RelayerContext,
  message: StoredMessage,
  parameters: { reason: string; block: number },
): Promise<void> {
  await commit(async (trx) => {
    await trx
      .updateTable("message")
      .set({ state: "delivered", reason: parameters.reason, delivered_block: parameters.block, updated_at: now() })
      .where("id", "=", message.id)
      .where("state", "in", WORKABLE)
      .execute();
  });
  const { id, destination } = message;
  emit({ type: "delivered", id, destination, tx: null, block: parameters.block });
}
