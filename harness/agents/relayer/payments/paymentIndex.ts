import type { Insertable, Transaction } from "kysely";
import type { Hash } from "viem";
import { type BlockRef, blockHash, isTimeout, mayBeTooLarge } from "../../originIndexChain.ts";
import { ChainNotReadyError } from "../../originIndexErrors.ts";
import type { Origin, RelayerContext } from "../context.ts";
import { whereUnpaid } from "../messages.ts";
import { isMet } from "../rules/paymentPolicy.ts";
import type { PaymentTable, RelayerTables } from "../schema.ts";
import { readPayments } from "./paid.ts";
import { paymastersOf, readPaymentLogs } from "./paymentLogs.ts";

export type PaymentIndex = {
  /** Reads on towards that block, which is final. @throws what the RPC throws: the next tick goes on */
  follow(confirmed: BlockRef, signal?: AbortSignal): Promise<void>;
  /** Up to which block the payments are known; all where no paymaster is configured. */
  readTo(): Promise<number>;
};

const MAX_RANGE = 2_000;
/** Ranges per tick: a long history must not hold up the messages. */
const RANGES = 50;
/** Blocks whose hashes are kept to find out how far a reorganisation went; behind them all is read anew. */
const CHECKPOINTS = 256;
/** SQLite takes so many variables in one statement at least. */
const IDS = 500;

/**
 * Records what was paid to the configured paymasters of an origin for the delivery of messages, up to its final block. A
 * payment is known by its place on the chain: read twice it counts once, made twice it counts twice. What is reorganised
 * away is forgotten, and what another paymaster was paid when the configuration changes.
 */
export function createPaymentIndex(context: RelayerContext, { chain, client }: Origin): PaymentIndex {
  const { db, commit, log, now } = context;
  const { domain: origin, name } = chain;
  const paymasters = paymastersOf(chain);
  const source = paymasters.length === 0 ? "" : `${chain.fromBlock} ${[...paymasters].sort().join(" ")}`;
  let sourceChecked = false;
  let range = MAX_RANGE;

  async function checkSource(): Promise<void> {
    if (sourceChecked) return;
    const known = await db.selectFrom("payment_source").selectAll().where("origin", "=", origin).executeTakeFirst();
    if ((known?.source ?? "") !== source) {
      if (known !== undefined) log.warn({ origin: name }, "the paymasters have changed: payments are read anew");
      await commit(async (trx) => {
        await forget(trx, -1);
        await trx.deleteFrom("payment_source").where("origin", "=", origin).execute();
        if (source !== "") await trx.insertInto("payment_source").values({ origin, source }).execute();
      });
    }
    sourceChecked = true;
  }

  /** Within a transaction: forgets all behind that block. */
  async function forget(trx: Transaction<RelayerTables>, block: number): Promise<void> {
    const payments = trx
      .selectFrom("payment")
      .select("message_id")
      .where("origin", "=", origin)
      .where("block", ">", block);
    await trx // what these wait for is to be told anew
      .updateTable("message")
      .set({ next_attempt_at: now() })
      .where("id", "in", payments)
      .where(whereUnpaid)
      .execute();
    await trx.deleteFrom("payment").where("origin", "=", origin).where("block", ">", block).execute();
    await trx.deleteFrom("payment_block").where("origin", "=", origin).where("number", ">", block).execute();
  }

  /** Drops what the chain has dropped. Returns the first block to read. */
  async function rewindToCanonical(): Promise<bigint> {
    const blocks = await db
      .selectFrom("payment_block")
      .selectAll()
      .where("origin", "=", origin)
      .orderBy("number", "desc")
      .execute();
    const [newest] = blocks;
    if (newest === undefined) return BigInt(chain.fromBlock);
    let reorganised = false;
    for (const block of blocks) {
      const hash = await blockHash(client, BigInt(block.number));
      reorganised ||= hash !== undefined && hash !== block.hash;
      if (hash !== block.hash) continue;
      if (block !== newest) await rewind(block.number, reorganised);
      return BigInt(block.number) + 1n;
    }
    await rewind(-1, reorganised);
    return BigInt(chain.fromBlock);

    async function rewind(to: number, certain: boolean): Promise<void> {
      if (!certain) throw new ChainNotReadyError(`${name} has no block ${newest?.number}: its node lags behind`);
      log.warn({ origin: name, from: newest?.number, to }, "payments were reorganised away, reading them again");
      await commit((trx) => forget(trx, to));
    }
  }

  async function store(rows: readonly Insertable<PaymentTable>[], block: BlockRef): Promise<void> {
    await commit(async (trx) => {
      for (const row of rows) {
        await trx
          .insertInto("payment")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      const checkpoint = { origin, number: Number(block.number), hash: block.hash };
      await trx
        .insertInto("payment_block")
        .values(checkpoint)
        .onConflict((conflict) => conflict.columns(["origin", "number"]).doUpdateSet({ hash: block.hash }))
        .execute();
      const checkpoints = trx.selectFrom("payment_block").select("number").where("origin", "=", origin);
      await trx
        .deleteFrom("payment_block")
        .where("origin", "=", origin)
        .where("number", "<=", checkpoints.orderBy("number", "desc").limit(1).offset(CHECKPOINTS))
        .execute();
      if (rows.length > 0) await wake(trx, [...new Set(rows.map((row) => row.message_id))]);
    });
  }

  /** Within a transaction: messages that wait for a payment and now have what they wait for are due. Others are not disturbed. */
  async function wake(trx: Transaction<RelayerTables>, ids: readonly Hash[]): Promise<void> {
    for (let start = 0; start < ids.length; start += IDS) {
      const unpaid = await trx
        .selectFrom("message")
        .select(["id", "origin", "destination", "wanted_wei", "wanted_gas", "wanted_lock"])
        .where("id", "in", ids.slice(start, start + IDS))
        .where("origin", "=", origin)
        .where(whereUnpaid)
        .execute();
      const paid = await readPayments(trx, unpaid);
      for (const message of unpaid) {
        if (!isMet(message, paid.get(message.id) ?? { payment: 0n, gas: 0n })) continue;
        await trx.updateTable("message").set({ next_attempt_at: now() }).where("id", "=", message.id).execute();
      }
    }
  }

  return {
    async follow(confirmed, signal) {
      await checkSource();
      if (paymasters.length === 0) return;
      let from = await rewindToCanonical();
      for (let ranges = 0; from <= confirmed.number && ranges < RANGES; ranges++) {
        signal?.throwIfAborted();
        const wanted = from + BigInt(range) - 1n;
        // The hash is read before the logs: if the chain changes in between, the hash gives it away at the next tick.
        const to = wanted < confirmed.number ? await client.getBlock({ blockNumber: wanted }) : confirmed;
        try {
          await store(await readPaymentLogs({ chain, client, fromBlock: from, toBlock: to.number }), to);
          from = to.number + 1n;
          range = Math.min(MAX_RANGE, range * 2);
        } catch (error) {
          if (!mayBeTooLarge(error) || to.number === from) throw error;
          range = Math.ceil(Number(to.number - from + 1n) / 2);
          if (isTimeout(error)) throw error; // has taken long enough: the next tick goes on
        }
      }
    },

    async readTo() {
      if (paymasters.length === 0) return Number.POSITIVE_INFINITY;
      const newest = await db
        .selectFrom("payment_block")
        .select("number")
        .where("origin", "=", origin)
        .orderBy("number", "desc")
        .limit(1)
        .executeTakeFirst();
      return newest?.number ?? -1;
    },
  };
}
