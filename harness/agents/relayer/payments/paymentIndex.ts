import type { Insertable } from "kysely";
import { type Address, decodeEventLog, type Hash, type Log, numberToHex } from "viem";
import { gasPaymasterAbi } from "../../../contracts/abi.ts";
import { mayBeTooLarge } from "../../originIndexChain.ts";
import type { Origin, RelayerContext } from "../context.ts";
import { WORKABLE } from "../messages.ts";
import type { Paid } from "../rules/paymentPolicy.ts";
import type { PaymentTable } from "../schema.ts";

export type PaymentIndex = {
  /** Reads on to that block, which is final. @throws what the RPC throws: the next tick goes on */
  follow(confirmed: { number: bigint; hash: Hash }): Promise<void>;
};

const MAX_RANGE = 2_000;
const EVENT = gasPaymasterAbi.find((item) => item.type === "event" && item.name === "GasPayment");

/**
 * Records what was paid to the configured paymasters of an origin for the delivery of messages, up to its final block. A
 * payment is known by its place on the chain: read twice it counts once, made twice it counts twice. If the chain is
 * reorganised below what was final, all is read anew.
 */
export function createPaymentIndex(context: RelayerContext, { chain, client }: Origin): PaymentIndex {
  const { db, commit, log, now } = context;
  const paymasters = (chain.interchainGasPaymasters ?? []).map((address) => address.toLowerCase() as Address);
  const source = `${chain.fromBlock} ${[...paymasters].sort().join(" ")}`;
  let range = MAX_RANGE;

  /** The first block to read. */
  async function start(): Promise<bigint> {
    const last = await db
      .selectFrom("payment_progress")
      .selectAll()
      .where("origin", "=", chain.domain)
      .executeTakeFirst();
    if (last === undefined) return BigInt(chain.fromBlock);
    const block = await client.request({ method: "eth_getBlockByNumber", params: [numberToHex(last.block), false] });
    if (block === null)
      throw new Error(`${chain.name} has no block ${last.block}, which was final before: its node lags behind`);
    if (block.hash === last.hash && last.source === source) return BigInt(last.block) + 1n;

    log.warn(
      { origin: chain.name, block: last.block },
      "payments are read anew: the chain or the paymasters have changed",
    );
    await commit(async (trx) => {
      await trx.deleteFrom("payment").where("origin", "=", chain.domain).execute();
      await trx.deleteFrom("payment_progress").where("origin", "=", chain.domain).execute();
    });
    return BigInt(chain.fromBlock);
  }

  async function read(from: bigint, to: bigint): Promise<Insertable<PaymentTable>[]> {
    const logs = await client.getLogs({ address: paymasters, fromBlock: from, toBlock: to });
    return logs.flatMap((entry) => toPayment(entry, { from, to }));
  }

  function toPayment(entry: Log, { from, to }: { from: bigint; to: bigint }): Insertable<PaymentTable>[] {
    const { blockNumber, transactionHash, logIndex, removed } = entry;
    if (removed || blockNumber === null || transactionHash === null || logIndex === null) return [];
    if (blockNumber < from || blockNumber > to || !paymasters.includes(entry.address.toLowerCase() as Address)) {
      throw new Error(
        `${chain.name}'s node answered with a log that was not asked for: ${transactionHash} ${logIndex}`,
      );
    }
    const payment = decodePayment(entry);
    if (payment === undefined) return [];
    return [
      {
        origin: chain.domain,
        tx: transactionHash,
        log_index: logIndex,
        message_id: payment.messageId.toLowerCase() as Hash,
        destination: payment.destinationDomain,
        gas: payment.gasAmount.toString(),
        payment: payment.payment.toString(),
      },
    ];
  }

  async function store(rows: readonly Insertable<PaymentTable>[], block: bigint, hash: Hash): Promise<void> {
    const progress = { origin: chain.domain, block: Number(block), hash, source };
    await commit(async (trx) => {
      for (const row of rows) {
        await trx
          .insertInto("payment")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        // It may be what the message waits for.
        await trx
          .updateTable("message")
          .set({ next_attempt_at: now() })
          .where("id", "=", row.message_id)
          .where("state", "in", WORKABLE)
          .execute();
      }
      await trx
        .insertInto("payment_progress")
        .values(progress)
        .onConflict((conflict) => conflict.column("origin").doUpdateSet(progress))
        .execute();
    });
  }

  return {
    async follow(confirmed) {
      if (paymasters.length === 0) return;
      for (let from = await start(); from <= confirmed.number; ) {
        const wanted = from + BigInt(range) - 1n;
        const to = wanted < confirmed.number ? wanted : confirmed.number;
        try {
          // The hash is read before the logs: if the chain changes in between, the hash gives it away at the next tick.
          const hash = to === confirmed.number ? confirmed.hash : (await client.getBlock({ blockNumber: to })).hash;
          await store(await read(from, to), to, hash);
          from = to + 1n;
          range = Math.min(MAX_RANGE, range * 2);
        } catch (error) {
          if (!mayBeTooLarge(error) || to === from) throw error;
          range = Math.ceil(Number(to - from + 1n) / 2);
        }
      }
    },
  };
}

/** What was paid for a message in all: only for its own destination. */
export async function readPaid(
  { db }: Pick<RelayerContext, "db">,
  { id, origin, destination }: { id: Hash; origin: number; destination: number },
): Promise<Paid> {
  const rows = await db
    .selectFrom("payment")
    .select(["gas", "payment"])
    .where("message_id", "=", id)
    .where("origin", "=", origin)
    .where("destination", "=", destination)
    .execute();
  return rows.reduce((sum, row) => ({ payment: sum.payment + BigInt(row.payment), gas: sum.gas + BigInt(row.gas) }), {
    payment: 0n,
    gas: 0n,
  });
}

function decodePayment(entry: Log) {
  if (EVENT === undefined) throw new Error("the paymaster's ABI has no GasPayment");
  try {
    const { eventName, args } = decodeEventLog({ abi: gasPaymasterAbi, data: entry.data, topics: entry.topics });
    return eventName === "GasPayment" ? args : undefined;
  } catch {
    return undefined; // another event, or one of a contract that is no paymaster of this kind
  }
}
