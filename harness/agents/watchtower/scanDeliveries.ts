import type { Address } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { blockHash, mayBeTooLarge } from "../originIndexChain.ts";
import { remember } from "../relayer/remember.ts";
import { messagesInCalldata } from "./calldataSignatures.ts";
import type { TowerContext } from "./context.ts";
import { fetchDeliveryEvents, type Sighting, sightingsOf } from "./deliveryEvents.ts";
import type { ChainView } from "./followChain.ts";
import type { ScanTable, SightingTable } from "./schema.ts";

export type DeliveryScanner = {
  /**
   * Reads on what one node tells of deliveries, up to its newest block. What is not final is read anew each time.
   * @param confirmed the node's final block
   * @returns the block up to which everything is read now
   * @throws viem's errors, InconsistentEventsError: the next tick goes on
   */
  scan(view: ChainView, confirmed: bigint, signal: AbortSignal): Promise<bigint>;
};

/** Read again when the chain was reorganised below what was final. */
const REWIND_BLOCKS = 10_000;

/** Looks for deliveries on one chain, by each of its nodes alone. Kept is only what its origin does not explain. */
export function createDeliveryScanner(
  context: TowerContext,
  parameters: {
    chain: ChainConfig;
    /** Optimistic modules on that chain. */
    modules: readonly Address[];
    isWatched: (origin: number) => boolean;
    /** Whether the origin is known, by all of its nodes, to have dispatched it; any watched one when `origin` is null. */
    isDispatched: (id: `0x${string}`, origin: number | null) => Promise<boolean>;
  },
): DeliveryScanner {
  const { db, options } = context;
  const { chain, modules, isWatched, isDispatched } = parameters;
  const ranges = new Map<string, number>();

  async function start(view: ChainView): Promise<number> {
    const row = await db
      .selectFrom("tower_scan")
      .selectAll()
      .where("chain", "=", chain.domain)
      .where("view", "=", view.id)
      .executeTakeFirst();
    if (row === undefined) return chain.fromBlock;
    if (row.last_hash === null || (await blockHash(view.client, BigInt(row.next_block) - 1n)) === row.last_hash) {
      return row.next_block;
    }
    return Math.max(chain.fromBlock, row.next_block - REWIND_BLOCKS);
  }

  async function scan(view: ChainView, confirmed: bigint, signal: AbortSignal): Promise<bigint> {
    let next = BigInt(await start(view));
    const head = await view.client.getBlockNumber();
    for (let requests = 0; next <= head && requests < options.scanRequests; requests++) {
      signal.throwIfAborted();
      const range = BigInt(ranges.get(view.id) ?? options.scanRange);
      const boundary = next <= confirmed ? confirmed : head;
      const end = next + range - 1n < boundary ? next + range - 1n : boundary;
      try {
        await scanRange(view, next, end, end <= confirmed);
      } catch (error) {
        if (!mayBeTooLarge(error) || end === next) throw error;
        ranges.set(view.id, Math.max(1, Math.ceil(Number(end - next + 1n) / 2)));
        continue;
      }
      next = end + 1n;
    }
    return next - 1n;
  }

  async function scanRange(view: ChainView, fromBlock: bigint, toBlock: bigint, isFinal: boolean): Promise<void> {
    const { client } = view;
    const where = { client, name: chain.name, mailbox: chain.mailbox, modules, fromBlock, toBlock };
    // The hash is read before the events: if the chain changes in between, the hash gives it away later.
    const last = isFinal ? await client.getBlock({ blockNumber: toBlock }) : undefined;
    const sightings = sightingsOf(await fetchDeliveryEvents(where), where);
    const timestamp = remember(async (number: number) => {
      const block = await client.getBlock({ blockNumber: BigInt(number) });
      return Number(block.timestamp);
    });
    const rows: SightingTable[] = [];
    const transactions = new Set<`0x${string}`>();
    for (const sighting of sightings) {
      const { message_id, tx_hash, block_number } = sighting;
      if (sighting.origin !== null && !isWatched(sighting.origin)) continue;
      transactions.add(tx_hash);
      if (await isDispatched(message_id, sighting.origin)) continue;
      const origin = sighting.origin ?? (await originOf(view, sighting));
      if (origin !== null && !isWatched(origin)) continue;
      const block_timestamp = await timestamp(block_number);
      rows.push({ chain: chain.domain, view: view.id, ...sighting, origin, block_timestamp });
    }
    const scanned: ScanTable | undefined = last && {
      chain: chain.domain,
      view: view.id,
      next_block: Number(toBlock) + 1,
      last_hash: last.hash,
    };
    await store(view, Number(fromBlock), rows, [...transactions], scanned);
  }

  /** The module tells no origin; the transaction does, if it shows the message. */
  async function originOf({ client }: ChainView, { message_id, tx_hash }: Sighting): Promise<number | null> {
    const { input } = await client.getTransaction({ hash: tx_hash });
    return messagesInCalldata(input).find(({ id }) => id === message_id)?.origin ?? null;
  }

  /** All that was known from `from` on is replaced: the blocks may be others now. */
  async function store(
    view: ChainView,
    from: number,
    rows: readonly SightingTable[],
    transactions: readonly `0x${string}`[],
    scanned: ScanTable | undefined,
  ): Promise<void> {
    await db.transaction().execute(async (tx) => {
      await tx
        .deleteFrom("tower_sighting")
        .where("chain", "=", chain.domain)
        .where("view", "=", view.id)
        .where("block_number", ">=", from)
        .execute();
      for (const row of rows) {
        await tx
          .insertInto("tower_sighting")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      for (const tx_hash of transactions) {
        await tx
          .insertInto("tower_harvest")
          .values({ chain: chain.domain, tx_hash, done: 0, attempts: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      if (scanned === undefined) return;
      const { next_block, last_hash } = scanned;
      await tx
        .insertInto("tower_scan")
        .values(scanned)
        .onConflict((conflict) => conflict.columns(["chain", "view"]).doUpdateSet({ next_block, last_hash }))
        .execute();
    });
  }

  return { scan };
}
