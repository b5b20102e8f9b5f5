import type { Kysely, Selectable } from "kysely";
import type { Hash } from "viem";
import type { RelayerTables } from "../schema.ts";
import type { EscrowLockTable } from "./escrowTables.ts";
import type { LockTrust } from "./lockTrust.ts";

export type Lock = Selectable<EscrowLockTable>;

/** What is locked for a message, as far as the rules are concerned. */
export type Locked = {
  /** Wei of the origin's token. */
  amount: bigint;
  /** Last second for which it is locked, by the origin's clock. */
  escrowUntil: number;
  /** Why it would not be paid to who delivers; undefined if it would. */
  refused: string | undefined;
};

export type LockedMessage = { id: Hash; origin: number; destination: number };

/** SQLite takes so many variables in one statement at least. */
const IDS = 500;

/** What escrows lock for messages, those that nothing is locked for left out. */
export async function readLocks(
  db: Kysely<RelayerTables>,
  messages: readonly LockedMessage[],
): Promise<Map<Hash, Lock>> {
  const wanted = new Map(messages.map((message) => [message.id, message]));
  const ids = [...wanted.keys()];
  const locks = new Map<Hash, Lock>();
  for (let start = 0; start < ids.length; start += IDS) {
    const rows = await db
      .selectFrom("escrow_lock")
      .selectAll()
      .where("message_id", "in", ids.slice(start, start + IDS))
      .execute();
    for (const row of rows) {
      const message = wanted.get(row.message_id);
      if (message?.origin === row.origin && message.destination === row.destination) locks.set(message.id, row);
    }
  }
  return locks;
}

/** A lock as the rules see it. */
export function toLocked(lock: Lock | undefined, trust: LockTrust): Locked | undefined {
  if (lock === undefined) return undefined;
  const { origin, destination, receipt_ism: receiptIsm, receipt_sender: receiptSender, state, escrow_until } = lock;
  const settled = state === "open" ? undefined : `it is ${state} already`;
  return {
    amount: BigInt(lock.amount),
    escrowUntil: escrow_until,
    refused: settled ?? trust({ origin, destination, receiptIsm, receiptSender }),
  };
}
