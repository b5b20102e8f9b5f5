import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Hash, Hex } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { describeError } from "../chains/describeError.ts";
import { createMerkleTree, type MerkleTree } from "../protocol/merkleTree.ts";
import {
  assertContracts,
  type BlockRef,
  blockHash,
  confirmedBlock,
  isTimeout,
  mayBeTooLarge,
  treeAt,
} from "./originIndexChain.ts";
import { ChainNotReadyError, InconsistentEventsError, TreeMismatchError } from "./originIndexErrors.ts";
import { fetchDispatchEvents, messagesOf } from "./originIndexEvents.ts";
import {
  type IndexedBlock,
  type IndexedMessage,
  type OriginIndexTables,
  openOriginRecords,
} from "./originIndexTables.ts";

export type IndexState = {
  /** Everything up to this block is indexed. It never goes back, unless the chain was reorganised below it. */
  confirmedBlock: bigint;
  confirmedHash: Hash;
  /** Messages dispatched up to there; the chain's tree has as many leaves and the same root. */
  count: number;
  root: Hex;
  /** The chain was reorganised below what was final: leaves from this index on were dropped and read anew. */
  rewoundTo?: number;
};

export type OriginIndex = {
  /** The leaves read so far. Only the first `count` of the last `IndexState` are certain. */
  readonly tree: MerkleTree;
  /** @throws Error when no such message is indexed */
  message(index: number): Promise<IndexedMessage>;
  /** The message with that id, undefined when none is indexed. */
  find(id: Hash): Promise<IndexedMessage | undefined>;
  /** Up to `limit` messages in order, from index `from` on. */
  messages(range: { from: number; limit: number }): Promise<IndexedMessage[]>;
  /**
   * Reads on to the block that is final now and compares the own tree with the chain's there.
   * @throws TreeMismatchError, InconsistentEventsError, ChainNotReadyError, viem's errors: the next tick tries again
   * @throws WrongChainError when the configuration does not fit the chain
   */
  tick(options?: { signal?: AbortSignal }): Promise<IndexState>;
};

export type CreateOriginIndexParameters = {
  chain: ChainConfig;
  client: ChainClient;
  /** Must have run `originIndexMigrations`. Several origins may share it. */
  store: { db: Kysely<OriginIndexTables> };
  log?: Logger;
  /** Blocks per request at most. Nodes that refuse so many are asked for fewer. */
  maxRange?: number;
};

const DEFAULT_MAX_RANGE = 2_000;
const RANGES_BEFORE_GROWING = 10;
const ATTEMPTS = 3;
/** Failures in a row after which what was confirmed before is not believed any more. */
const PATIENCE = 10;

/**
 * Follows one origin's Mailbox up to its final block. It survives restarts, notices reorganisations, and answers only
 * when its tree is the chain's.
 * @example
 * const index = await createOriginIndex({ chain, client: createChainClient(chain), store });
 * const { count, root } = await index.tick();
 */
export async function createOriginIndex(parameters: CreateOriginIndexParameters): Promise<OriginIndex> {
  const { chain, client, store, log, maxRange = DEFAULT_MAX_RANGE } = parameters;
  const source = {
    origin: chain.domain,
    mailbox: chain.mailbox,
    tree: chain.merkleTreeHook,
    fromBlock: chain.fromBlock,
  };
  const records = await openOriginRecords({ db: store.db, source });
  if (records.forgot) log?.warn(source, "the store holds another Mailbox or starts at another block, indexing anew");
  const tree = createMerkleTree();
  for await (const id of records.ids()) tree.append(id);

  let contractsSeen = false;
  let rangeSize = maxRange;
  let rangesSinceFailure = 0;
  let failures = 0;
  let rewoundTo: number | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function follow(signal?: AbortSignal): Promise<IndexState> {
    if (!contractsSeen) await assertContracts(client, chain);
    contractsSeen = true;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const state = await followOnce(signal);
      if (state === undefined) continue;
      failures = 0;
      const result = rewoundTo === undefined ? state : { ...state, rewoundTo };
      rewoundTo = undefined;
      return result;
    }
    throw new ChainNotReadyError(`the final block of ${chain.name} changes while it is read: try again later`);
  }

  /** Undefined when the chain was reorganised meanwhile. */
  async function followOnce(signal: AbortSignal | undefined): Promise<IndexState | undefined> {
    const last = await rewindToCanonical();
    const confirmed = await confirmedBlock(client, chain.finality);
    // Finality may seem to go back, for instance by another node of the same provider. What is indexed stays indexed.
    const target = last !== undefined && last.number >= confirmed.number ? last : confirmed;
    await indexUpTo(target, last, signal);

    const onChain = await treeAt(client, chain.merkleTreeHook, target.number);
    if ((await blockHash(client, target.number)) !== target.hash) return undefined;
    const own = { count: tree.count, root: tree.root() };
    if (onChain.count !== own.count || onChain.root !== own.root) {
      await distrust();
      throw new TreeMismatchError({ name: chain.name, block: target.number, own, chain: onChain });
    }
    await records.verify();
    return { confirmedBlock: target.number, confirmedHash: target.hash, ...own };
  }

  /** Drops what the chain has dropped. Returns the newest block that is indexed then. */
  async function rewindToCanonical(): Promise<IndexedBlock | undefined> {
    const newest = await records.newestBlock();
    if (newest === undefined || (await blockHash(client, newest.number)) === newest.hash) return newest;

    let reorganised = false;
    let canonical: IndexedBlock | undefined;
    for (const block of await records.blocks()) {
      const hash = await blockHash(client, block.number);
      if (hash === block.hash) {
        canonical = block;
        break;
      }
      reorganised ||= hash !== undefined;
    }
    if (!reorganised) {
      // A chain that is merely shorter than before may be a node that lags behind.
      throw new ChainNotReadyError(
        `${chain.name} has no block ${newest.number}, which was final before: its node lags behind, try again later`,
      );
    }
    const count = canonical?.count ?? 0;
    rewoundTo = Math.min(rewoundTo ?? count, count);
    log?.warn(
      { origin: chain.domain, block: newest.number, canonical: canonical?.number, from: tree.count, to: count },
      "the chain was reorganised below its final block, reading again from the last block that is still there",
    );
    await truncate(canonical);
    return canonical;
  }

  async function indexUpTo(target: BlockRef, last: IndexedBlock | undefined, signal?: AbortSignal): Promise<void> {
    const first = last === undefined ? BigInt(chain.fromBlock) : last.number + 1n;
    let percent = 0;
    for (let fromBlock = first; fromBlock <= target.number; ) {
      signal?.throwIfAborted();
      const end = await indexRange(fromBlock, target);
      fromBlock = end + 1n;

      const done = Number(((fromBlock - first) * 100n) / (target.number - first + 1n));
      if (done > percent && done < 100) {
        log?.info({ origin: chain.domain, block: end, of: target.number, count: tree.count }, `${done} % indexed`);
        percent = done;
      }
    }
  }

  /** Indexes from `fromBlock` as far as the node lets it, at most to `target`. Returns the last block it did. */
  async function indexRange(fromBlock: bigint, target: BlockRef): Promise<bigint> {
    const wanted = fromBlock + BigInt(rangeSize) - 1n;
    // The hash is read before the events: if the chain changes in between, the hash gives it away later.
    const end = wanted < target.number ? await client.getBlock({ blockNumber: wanted }) : target;
    const range = { chain, client, fromBlock, toBlock: end.number };
    try {
      const events = await fetchDispatchEvents(range);
      const messages = messagesOf(events, { ...range, nextIndex: tree.count });
      const count = tree.count + messages.length;
      await records.append({ block: { number: end.number, hash: end.hash, count, verified: false }, messages });
      for (const { id } of messages) tree.append(id);
    } catch (error) {
      if (error instanceof InconsistentEventsError) await distrust();
      const tooLarge = mayBeTooLarge(error) && end.number > fromBlock;
      if (!tooLarge) throw error;
      rangeSize = Math.ceil(Number(end.number - fromBlock + 1n) / 2);
      rangesSinceFailure = 0;
      log?.debug(
        { origin: chain.domain, rangeSize, reason: describeError(error) },
        "the node refused a range, asking for a smaller one",
      );
      if (isTimeout(error)) throw error; // has taken long enough: the next tick goes on
      return fromBlock - 1n;
    }
    rangesSinceFailure += 1;
    if (rangesSinceFailure % RANGES_BEFORE_GROWING === 0) rangeSize = Math.min(maxRange, rangeSize * 2);
    return end.number;
  }

  /**
   * Forgets the newest ranges that the chain's tree has not confirmed, so that they are read again: one after the first
   * failure, twice as many after each further one, for a gap may lie further back than where it shows. After many failures
   * what it has confirmed is forgotten in the same way: the node may have lied then, and be honest now.
   */
  async function distrust(): Promise<void> {
    const blocks = await records.blocks();
    const verified = blocks.findIndex((block) => block.verified);
    const unverified = verified === -1 ? blocks.length : verified;
    const patient = Math.min(2 ** failures, unverified);
    const impatient = failures < PATIENCE ? 0 : Math.min(2 ** (failures - PATIENCE), blocks.length);
    const drop = Math.max(patient, impatient);
    failures += 1;
    if (drop > 0) await truncate(blocks[drop]);
  }

  async function truncate(block: IndexedBlock | undefined): Promise<void> {
    await records.truncate(block);
    tree.truncate(block?.count ?? 0);
  }

  return {
    tree,
    async message(index) {
      const message = await records.message(index);
      if (message === undefined) throw new Error(`message ${index} of ${chain.name} is not indexed`);
      return message;
    },
    find: records.find,
    messages: records.messages,
    tick(options = {}) {
      const state = running.then(() => follow(options.signal));
      running = state.catch(() => {}); // one at a time, whatever became of the one before
      return state;
    },
  };
}
