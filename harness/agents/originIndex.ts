import type { Kysely, Transaction } from "kysely";
import type { Logger } from "pino";
import type { Hash, Hex } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import { type ChainNodes, oneNode } from "../chains/chainNodes.ts";
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
import { loadTree, readStored } from "./originIndexStored.ts";
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
  tick(options?: {
    signal?: AbortSignal;
    /** Where processes share the store: another number whenever another may have written to it since the last tick. */
    term?: number;
  }): Promise<IndexState>;
  /** In place of a tick while another process writes: takes over what it has read, if that is the chain's. @throws as `tick` */
  look(): Promise<IndexState>;
};

export type CreateOriginIndexParameters = {
  chain: ChainConfig;
  client: ChainClient;
  /** Who is believed about blocks and the tree, and read events of: they are compared with that tree. Default: `client` alone. */
  nodes?: ChainNodes;
  /** Must have run `originIndexMigrations`. Several origins may share it. */
  store: { db: Kysely<OriginIndexTables> };
  /** Where processes share the store: throws in a transaction of one that is not the origin's writer (any more). */
  guard?: (trx: Transaction<OriginIndexTables>) => Promise<void>;
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
  const { chain, client, nodes = oneNode(client), store, guard, log, maxRange = DEFAULT_MAX_RANGE } = parameters;
  const source = {
    origin: chain.domain,
    mailbox: chain.mailbox,
    tree: chain.merkleTreeHook,
    fromBlock: chain.fromBlock,
  };
  const records = await openOriginRecords({ db: store.db, source, ...(guard && { guard }) });
  if (records.forgot) log?.warn(source, "the store holds another Mailbox or starts at another block, indexing anew");
  const tree = createMerkleTree();
  for await (const id of records.ids()) tree.append(id);

  let contractsSeen = false;
  let rangeSize = maxRange;
  let rangesSinceFailure = 0;
  let failures = 0;
  let rewoundTo: number | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let writtenTerm = 0;

  async function follow(signal?: AbortSignal, term = writtenTerm): Promise<IndexState> {
    if (term !== writtenTerm) await loadTree(records, tree);
    writtenTerm = term;
    await assertChain();
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
    const confirmed = await finalBlock();
    // Finality may seem to go back, for instance by another node of the same provider. What is indexed stays indexed.
    const target = last !== undefined && last.number >= confirmed.number ? last : confirmed;
    await indexUpTo(target, last, signal);

    const onChain = await nodes
      .agreed(`the tree at block ${target.number} of ${chain.name}`, (node) =>
        treeAt(node, chain.merkleTreeHook, target.hash),
      )
      .catch((error: unknown) => ({ error }));
    if ((await hashOf(target.number)) !== target.hash) return undefined;
    if ("error" in onChain) throw onChain.error; // of a block that is gone, a node may know nothing
    const own = { count: tree.count, root: tree.root() };
    if (onChain.count !== own.count || onChain.root !== own.root) {
      await distrust();
      throw new TreeMismatchError({ name: chain.name, block: target.number, own, chain: onChain });
    }
    await records.verify();
    return { confirmedBlock: target.number, confirmedHash: target.hash, ...own };
  }

  /** Once. */
  async function assertChain(): Promise<void> {
    if (contractsSeen) return;
    await nodes.agreed(`the contracts of ${chain.name}, and its chain id`, async (node) => {
      await assertContracts(node, chain);
      return await node.getChainId();
    });
    contractsSeen = true;
  }

  async function finalBlock(): Promise<BlockRef> {
    const what = `the final block of ${chain.name}`;
    return await blockAt(
      await nodes.reached(what, async (node) => (await confirmedBlock(node, chain.finality)).number),
    );
  }

  function hashOf(number: bigint): Promise<Hash | undefined> {
    return nodes.agreed(`the hash of block ${number} of ${chain.name}`, (node) => blockHash(node, number));
  }

  async function blockAt(number: bigint): Promise<BlockRef> {
    const hash = await hashOf(number);
    if (hash === undefined) throw new ChainNotReadyError(`${chain.name} lost block ${number}: try again later`);
    return { number, hash };
  }

  /** Drops what the chain has dropped. Returns the newest block that is indexed then. */
  async function rewindToCanonical(): Promise<IndexedBlock | undefined> {
    const newest = await records.newestBlock();
    if (newest === undefined || (await hashOf(newest.number)) === newest.hash) return newest;

    let reorganised = false;
    let canonical: IndexedBlock | undefined;
    for (const block of await records.blocks()) {
      const hash = await hashOf(block.number);
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
    const end = wanted < target.number ? await blockAt(wanted) : target;
    const range = { chain, client: nodes.client(), fromBlock, toBlock: end.number };
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

  /** One at a time, whatever became of the one before. */
  function alone(run: () => Promise<IndexState>): Promise<IndexState> {
    const state = running.then(run);
    running = state.catch(() => nodes.suspect());
    return state;
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
    tick: ({ signal, term } = {}) => alone(() => follow(signal, term)),
    look: () =>
      alone(async () => {
        await assertChain();
        return await readStored({ chain, client, records, tree });
      }),
  };
}
