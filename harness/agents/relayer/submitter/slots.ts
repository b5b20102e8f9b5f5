import type { Kysely, Transaction } from "kysely";
import type { Address, Hash } from "viem";
import type { Destination } from "../context.ts";
import type { Purpose, RelayerTables } from "../schema.ts";
import type { Inclusion } from "./receipts.ts";

/** One nonce of one account and our transactions for it, of which at most one can ever be in a block. */
export type Slot = { account: Address; nonce: number; transactions: [LiveTransaction, ...LiveTransaction[]] };

/** A transaction that is not settled; the first of a slot is the newest. */
export type LiveTransaction = {
  hash: Hash;
  account: Address;
  nonce: number;
  message_id: Hash | null;
  purpose: Purpose;
  state: "pending" | "included";
  max_fee_per_gas: string;
  created_at: number;
  broadcast_at: number | null;
  block_number: number | null;
  block_hash: Hash | null;
  success: number | null;
};

/** States in which a transaction is not settled. */
export const LIVE = ["pending", "included"] as const;

/** All slots of a destination that are not settled, by nonce; or those of one account. */
export async function readSlots(db: Kysely<RelayerTables>, destination: number, account?: Address): Promise<Slot[]> {
  const all = db
    .selectFrom("transaction")
    .select(["hash", "account", "nonce", "message_id", "purpose", "state", "max_fee_per_gas", "created_at"])
    .select(["broadcast_at", "block_number", "block_hash", "success"])
    .where("destination", "=", destination)
    .where("state", "in", LIVE)
    .orderBy("nonce")
    .orderBy("created_at", "desc");
  const rows = await (account === undefined ? all : all.where("account", "=", account)).execute();
  const slots = new Map<string, Slot>();
  for (const row of rows) {
    const transaction = { ...row, state: row.state as LiveTransaction["state"] };
    const slot = slots.get(`${row.account} ${row.nonce}`);
    if (slot === undefined) {
      slots.set(`${row.account} ${row.nonce}`, { account: row.account, nonce: row.nonce, transactions: [transaction] });
    } else {
      slot.transactions.push(transaction);
    }
  }
  return [...slots.values()];
}

/** How many transactions of the account are not settled. */
export async function countUnsettled(
  db: Kysely<RelayerTables>,
  { chain, account }: Pick<Destination, "chain" | "account">,
): Promise<number> {
  const { count } = await db
    .selectFrom("transaction")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("destination", "=", chain.domain)
    .where("account", "=", account.address.toLowerCase() as Address)
    .where("state", "in", LIVE)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The message that a slot is for; undefined when it only uses its nonce up. */
export function messageOf(slot: Slot): Hash | undefined {
  return slot.transactions.find(({ message_id }) => message_id !== null)?.message_id ?? undefined;
}

/** Within a transaction: one of the slot's transactions is in a block. */
export async function storeInclusion(
  trx: Transaction<RelayerTables>,
  slot: Slot,
  inclusion: Inclusion,
  now: number,
): Promise<void> {
  const { hash, block, blockHash, gasUsed, cost, success } = inclusion;
  await trx
    .updateTable("transaction")
    .set({
      state: "included",
      block_number: block,
      block_hash: blockHash,
      gas_used: gasUsed,
      cost: cost.toString(),
      success: success ? 1 : 0,
    })
    .where("hash", "=", hash)
    .execute();
  const transaction = slot.transactions.find((candidate) => candidate.hash === hash);
  if (transaction?.message_id == null) return;
  const { message_id: id, purpose } = transaction;
  const delivers = success && purpose === "deliver";
  const happened = success ? "prepares it" : "reverted";
  await trx
    .updateTable("message")
    .set({
      state: "included",
      tx: hash,
      gas_used: purpose === "deliver" ? gasUsed : null,
      delivered_block: delivers ? block : null,
      delivered_tx: delivers ? hash : null,
      reason: delivers ? null : `transaction ${hash} ${happened} in block ${block}, which is not final yet`,
      updated_at: now,
    })
    .where("id", "=", id)
    .where("state", "!=", "delivered")
    .execute();
}

/** Within a transaction: the block that one of the slot's transactions was in is gone. */
export async function storeReorganisation(trx: Transaction<RelayerTables>, slot: Slot, now: number): Promise<void> {
  const hashes = slot.transactions.map(({ hash }) => hash);
  const nowhere = { block_number: null, block_hash: null, gas_used: null, cost: null };
  await trx
    .updateTable("transaction")
    .set({ state: "pending", broadcast_at: null, success: null, ...nowhere })
    .where("hash", "in", hashes)
    .execute();
  const id = messageOf(slot);
  if (id === undefined) return;
  await trx
    .updateTable("message")
    .set({
      state: "submitted",
      delivered_block: null,
      delivered_tx: null,
      gas_used: null,
      reason: "its block was reorganised out of the destination",
      updated_at: now,
    })
    .where("id", "=", id)
    .where("state", "=", "included")
    .execute();
}

/**
 * Within a transaction: the slot's nonce is settled for good, by our transaction `final` or by one that is not ours. A message
 * that was not in it is free to be tried again.
 */
export async function storeSettled(
  trx: Transaction<RelayerTables>,
  slot: Slot,
  final: Pick<LiveTransaction, "hash" | "message_id"> | undefined,
  now: number,
): Promise<void> {
  const hashes = slot.transactions.map(({ hash }) => hash);
  await trx.updateTable("transaction").set({ state: "superseded" }).where("hash", "in", hashes).execute();
  if (final !== undefined) {
    await trx.updateTable("transaction").set({ state: "final" }).where("hash", "=", final.hash).execute();
  }
  const id = messageOf(slot);
  if (id === undefined || final?.message_id === id) return;
  await trx
    .updateTable("message")
    .set({
      state: "pending",
      reason: `nonce ${slot.nonce} of ${slot.account} was used by another transaction`,
      next_attempt_at: now,
      updated_at: now,
    })
    .where("id", "=", id)
    .where("state", "in", ["submitted", "included"])
    .execute();
}

/** Within a transaction: what had to come before the delivery is final, and the message may be worked on again. */
export async function storePrepared(
  trx: Transaction<RelayerTables>,
  slot: Slot,
  final: { hash: Hash; message_id: Hash; block: number },
  now: number,
): Promise<void> {
  await storeSettled(trx, slot, final, now);
  await trx
    .updateTable("message")
    .set({
      state: "pending",
      reason: `prepared by transaction ${final.hash} in block ${final.block}`,
      next_attempt_at: now,
      updated_at: now,
    })
    .where("id", "=", final.message_id)
    .where("state", "in", ["submitted", "included"])
    .execute();
}
