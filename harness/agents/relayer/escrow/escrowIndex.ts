import type { Insertable, Transaction } from "kysely";
import { type Address, type Hash, isAddressEqual, numberToHex } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import type { ChainClient } from "../../../chains/client.ts";
import { escrowPaymasterAbi } from "../../../contracts/abi.ts";
import { type BlockRef, isTimeout, mayBeTooLarge } from "../../originIndexChain.ts";
import type { RelayerContext } from "../context.ts";
import { whereUnpaid } from "../messages.ts";
import type { RelayerTables } from "../schema.ts";
import type { EscrowLockTable } from "./escrowTables.ts";

export type EscrowIndex = {
  /** Reads on to that block, which is final. @throws what the RPC throws: the next tick goes on */
  follow(confirmed: BlockRef, signal?: AbortSignal): Promise<void>;
  /** Up to which block the locks are known; all where no escrow is configured. */
  readTo(): Promise<number>;
};

type EscrowEvents = Awaited<ReturnType<typeof readEvents>>;

const MAX_RANGE = 2_000;
/** Ranges per tick: a long history must not hold up the messages. */
const RANGES = 50;
const EVENTS = escrowPaymasterAbi.filter(
  (item) =>
    item.type === "event" &&
    (item.name === "Locked" || item.name === "ToppedUp" || item.name === "Paid" || item.name === "Refunded"),
);

/**
 * Records which payments are locked in the escrow of an origin, and what became of them, up to its final block. If the chain is
 * reorganised below what was final, or another escrow is configured, all is read anew: it is a cache of the chain. It says where to
 * look; before it spends anything the relayer asks the escrow itself.
 */
export function createEscrowIndex(
  context: Pick<RelayerContext, "db" | "commit" | "log" | "now">,
  { chain, client }: { chain: ChainConfig; client: ChainClient },
): EscrowIndex {
  const { db, commit, log, now } = context;
  const escrow = chain.escrowPaymaster;
  const origin = chain.domain;
  const source = `${chain.fromBlock} ${escrow}`;
  let range = MAX_RANGE;

  /** The first block to read. */
  async function start(): Promise<bigint> {
    const last = await db.selectFrom("escrow_progress").selectAll().where("origin", "=", origin).executeTakeFirst();
    if (last === undefined) return BigInt(chain.fromBlock);
    const block = await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(last.block), false] });
    if (block === null) {
      throw new Error(`${chain.name} has no block ${last.block}, which was final before: its node lags behind`);
    }
    if (block.hash === last.hash && last.source === source) return BigInt(last.block) + 1n;

    log.warn({ origin: chain.name, block: last.block }, "the escrow is read anew: the chain or the escrow has changed");
    await commit(async (trx) => {
      await trx.deleteFrom("escrow_lock").where("origin", "=", origin).execute();
      await trx.deleteFrom("escrow_progress").where("origin", "=", origin).execute();
    });
    return BigInt(chain.fromBlock);
  }

  async function store(events: EscrowEvents, block: bigint, hash: Hash): Promise<void> {
    const progress = { origin, block: Number(block), hash, source };
    await commit(async (trx) => {
      for (const event of events) {
        const id = event.args.messageId.toLowerCase() as Hash;
        await apply(trx, event, id);
        if (event.eventName === "Locked" || event.eventName === "ToppedUp") await wake(trx, id);
      }
      await trx
        .insertInto("escrow_progress")
        .values(progress)
        .onConflict((conflict) => conflict.column("origin").doUpdateSet(progress))
        .execute();
    });
  }

  async function apply(trx: Transaction<RelayerTables>, event: EscrowEvents[number], id: Hash): Promise<void> {
    if (event.eventName === "Locked") {
      const row = toLock(origin, event.args);
      await trx
        .insertInto("escrow_lock")
        .values(row)
        .onConflict((conflict) => conflict.columns(["origin", "message_id"]).doUpdateSet(row))
        .execute();
      return;
    }
    const lock = () => trx.updateTable("escrow_lock").where("origin", "=", origin).where("message_id", "=", id);
    if (event.eventName === "Paid") {
      const { amount, payee } = event.args;
      await lock()
        .set({ state: "paid", amount: amount.toString(), paid_to: lower(payee) })
        .execute();
    } else if (event.eventName === "Refunded") {
      await lock().set({ state: "refunded", amount: event.args.amount.toString() }).execute();
    } else {
      const held = await trx
        .selectFrom("escrow_lock")
        .select("amount")
        .where("origin", "=", origin)
        .where("message_id", "=", id)
        .executeTakeFirst();
      const amount = BigInt(held?.amount ?? 0) + event.args.amount;
      await lock().set({ amount: amount.toString() }).execute();
    }
  }

  /** Within a transaction: a message that waits for a lock and now has it is due. Others are not disturbed. */
  async function wake(trx: Transaction<RelayerTables>, id: Hash): Promise<void> {
    const message = await trx
      .selectFrom("message")
      .innerJoin("escrow_lock", "escrow_lock.message_id", "message.id")
      .select(["wanted_lock", "amount"])
      .where("message.id", "=", id)
      .where("message.origin", "=", origin)
      .where("escrow_lock.origin", "=", origin)
      .executeTakeFirst();
    if (message === undefined || message.wanted_lock === null) return;
    if (BigInt(message.amount) < BigInt(message.wanted_lock)) return;
    await trx.updateTable("message").set({ next_attempt_at: now() }).where("id", "=", id).where(whereUnpaid).execute();
  }

  return {
    async follow(confirmed, signal) {
      if (escrow === undefined) return;
      let from = await start();
      for (let ranges = 0; from <= confirmed.number && ranges < RANGES; ranges++) {
        signal?.throwIfAborted();
        const wanted = from + BigInt(range) - 1n;
        const to = wanted < confirmed.number ? wanted : confirmed.number;
        try {
          // The hash is read before the events: if the chain changes in between, the hash gives it away at the next tick.
          const hash = to === confirmed.number ? confirmed.hash : (await client.getBlock({ blockNumber: to })).hash;
          await store(await readEvents(client, { escrow, from, to }), to, hash);
          from = to + 1n;
          range = Math.min(MAX_RANGE, range * 2);
        } catch (error) {
          if (!mayBeTooLarge(error) || to === from) throw error;
          range = Math.ceil(Number(to - from + 1n) / 2);
          if (isTimeout(error)) throw error; // has taken long enough: the next tick goes on
        }
      }
    },

    async readTo() {
      if (escrow === undefined) return Number.POSITIVE_INFINITY;
      const progress = await db
        .selectFrom("escrow_progress")
        .select("block")
        .where("origin", "=", origin)
        .executeTakeFirst();
      return progress?.block ?? -1;
    },
  };
}

/** The events of the escrow in a range of blocks, in order. @throws Error when the node answers with something else */
async function readEvents(client: ChainClient, { escrow, from, to }: { escrow: Address; from: bigint; to: bigint }) {
  const events = await client.getLogs({ address: escrow, events: EVENTS, fromBlock: from, toBlock: to, strict: true });
  for (const { address, blockNumber, removed } of events) {
    if (removed || !isAddressEqual(address, escrow) || blockNumber < from || blockNumber > to) {
      throw new Error(
        `asked for the events of ${escrow} in blocks ${from} to ${to}, the node answered with one of ${address} in ` +
          `block ${blockNumber}${removed ? ", removed" : ""}: it is read again; if this stays, use another RPC node`,
      );
    }
  }
  return events.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

function toLock(
  origin: number,
  args: Extract<EscrowEvents[number], { eventName: "Locked" }>["args"],
): Insertable<EscrowLockTable> {
  return {
    origin,
    destination: args.destination,
    message_id: args.messageId.toLowerCase() as Hash,
    receipt_ism: lower(args.receiptIsm),
    receipt_sender: args.receiptSender.toLowerCase() as Hash,
    deadline: args.deadline,
    escrow_until: args.escrowUntil,
    amount: args.amount.toString(),
    state: "open",
    paid_to: null,
    claims: 0,
  };
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
