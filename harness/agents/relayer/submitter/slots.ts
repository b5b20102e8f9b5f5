import type { Kysely, Transaction } from "kysely";
import type { Address, Hash } from "viem";
import type { Destination } from "../context.ts";
import type { Purpose, RelayerTables } from "../schema.ts";
import type { Deliveries } from "./deliveriesIn.ts";
import type { Inclusion } from "./receipts.ts";
import type { Part } from "./signer.ts";

/** One nonce of one account and our transactions for it, of which at most one can ever be in a block. */
export type Slot = { account: Address; nonce: number; transactions: [LiveTransaction, ...LiveTransaction[]] };

/** A transaction that is not settled; the first of a slot is the newest. */
export type LiveTransaction = {
  hash: Hash;
  account: Address;
  nonce: number;
  message_id: Hash | null;
  purpose: Purpose;
  /** Of a batch: what it delivers, and once it is included whether it has. */
  batched: (Part & { delivered: boolean | undefined })[];
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
  const batched = await readBatched(
    db,
    rows.flatMap(({ hash, purpose }) => (purpose === "batch" ? [hash] : [])),
  );
  const slots = new Map<string, Slot>();
  for (const row of rows) {
    const state = row.state as LiveTransaction["state"];
    const transaction = { ...row, state, batched: batched.get(row.hash) ?? [] };
    const slot = slots.get(`${row.account} ${row.nonce}`);
    if (slot === undefined) {
      slots.set(`${row.account} ${row.nonce}`, { account: row.account, nonce: row.nonce, transactions: [transaction] });
    } else {
      slot.transactions.push(transaction);
    }
  }
  return [...slots.values()];
}

/** What batches deliver, by the hash of the transaction. */
export async function readBatched(
  db: Kysely<RelayerTables>,
  hashes: readonly Hash[],
): Promise<Map<Hash, LiveTransaction["batched"]>> {
  const found = new Map<Hash, LiveTransaction["batched"]>(hashes.map((hash) => [hash, []]));
  if (hashes.length === 0) return found;
  const rows = await db.selectFrom("batched").selectAll().where("hash", "in", hashes).execute();
  for (const { hash, message_id: id, share, delivered } of rows) {
    found.get(hash)?.push({ id, share, delivered: delivered === null ? undefined : delivered === 1 });
  }
  return found;
}

/** The messages that a slot is for; none when it only uses its nonce up. */
export function messagesOf({
  transactions,
}: {
  transactions: readonly Pick<LiveTransaction, "message_id" | "batched">[];
}): Hash[] {
  for (const { message_id: id, batched } of transactions) {
    if (id !== null) return [id];
    if (batched.length > 0) return batched.map((part) => part.id);
  }
  return [];
}

/** Which nonces of the account are not settled, and for which of the messages a transaction is not, of whatever account. */
export async function readTaken(
  db: Kysely<RelayerTables>,
  { chain, account }: Pick<Destination, "chain" | "account">,
  ids: readonly Hash[],
): Promise<{ nonces: Set<number>; messages: Set<Hash> }> {
  const live = db.selectFrom("transaction").where("destination", "=", chain.domain).where("state", "in", LIVE);
  const address = account.address.toLowerCase() as Address;
  const nonces = await live.select("nonce").where("account", "=", address).execute();
  const messages = new Set<Hash>();
  if (ids.length > 0) {
    for (const { id } of await live.select("message_id as id").where("message_id", "in", ids).execute()) {
      if (id !== null) messages.add(id);
    }
    const batched = live.innerJoin("batched", "batched.hash", "transaction.hash").select("batched.message_id as id");
    for (const { id } of await batched.where("batched.message_id", "in", ids).execute()) messages.add(id);
  }
  return { nonces: new Set(nonces.map(({ nonce }) => nonce)), messages };
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

/** Within a transaction: one of the slot's transactions is in a block. */
export async function storeInclusion(
  trx: Transaction<RelayerTables>,
  slot: Slot,
  inclusion: Inclusion & Deliveries,
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
  if (transaction === undefined) return;
  const { message_id: id, purpose } = transaction;
  const happened = success ? "prepares it" : "reverted";
  if (id !== null) {
    await store(id, success && purpose === "deliver", happened, purpose === "deliver" ? gasUsed : null);
  }
  for (const { id: part, share } of transaction.batched) {
    const delivers = success && inclusion.delivered.has(part);
    await trx
      .updateTable("batched")
      .set({ delivered: delivers ? 1 : 0 })
      .where("hash", "=", hash)
      .where("message_id", "=", part)
      .execute();
    const refusal = inclusion.refused.get(part) ?? "it was delivered already";
    await store(part, delivers, success ? `did not deliver it (${refusal})` : happened, partOf(gasUsed, share));
  }

  async function store(message: Hash, delivers: boolean, otherwise: string, gas: number | null): Promise<void> {
    await trx
      .updateTable("message")
      .set({
        state: "included",
        tx: hash,
        gas_used: gas,
        delivered_block: delivers ? block : null,
        delivered_tx: delivers ? hash : null,
        reason: delivers ? null : `transaction ${hash} ${otherwise} in block ${block}, which is not final yet`,
        updated_at: now,
      })
      .where("id", "=", message)
      .where("state", "!=", "delivered")
      .execute();
  }
}

/** A message's part of what a batch used. */
function partOf(gasUsed: number, share: number): number {
  return Math.round((gasUsed * share) / 1_000_000);
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
  await trx.updateTable("batched").set({ delivered: null }).where("hash", "in", hashes).execute();
  const ids = messagesOf(slot);
  if (ids.length === 0) return;
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
    .where("id", "in", ids)
    .where("state", "=", "included")
    .execute();
}

/** Within a transaction: these are in final blocks. */
export async function storeFinal(trx: Transaction<RelayerTables>, hashes: readonly Hash[]): Promise<void> {
  if (hashes.length === 0) return;
  await trx.updateTable("transaction").set({ state: "final" }).where("hash", "in", hashes).execute();
}

/**
 * Within a transaction: the slot's nonce is settled for good, by our transaction `final` or by one that is not ours. A message
 * that was not in it is free to be tried again.
 */
export async function storeSettled(
  trx: Transaction<RelayerTables>,
  slot: Slot,
  final: Pick<LiveTransaction, "hash" | "message_id" | "batched"> | undefined,
  now: number,
): Promise<void> {
  const others = slot.transactions.flatMap(({ hash }) => (hash === final?.hash ? [] : [hash]));
  if (others.length > 0) {
    await trx.updateTable("transaction").set({ state: "superseded" }).where("hash", "in", others).execute();
  }
  if (final !== undefined) await storeFinal(trx, [final.hash]);
  const settled = final === undefined ? [] : messagesOf({ transactions: [final] });
  const ids = messagesOf(slot).filter((id) => !settled.includes(id));
  if (ids.length === 0) return;
  await trx
    .updateTable("message")
    .set({
      state: "pending",
      reason: `nonce ${slot.nonce} of ${slot.account} was used by another transaction`,
      next_attempt_at: now,
      updated_at: now,
    })
    .where("id", "in", ids)
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
  await storeSettled(trx, slot, { ...final, batched: [] }, now);
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
