import { setTimeout as wait } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import { type Hex, keccak256, type LocalAccount, stringToHex } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { type ChainNodes, NodesDisagreeError, oneNode, TooFewNodesError } from "../../chains/chainNodes.ts";
import type { ChainClient } from "../../chains/client.ts";
import { describeError } from "../../chains/describeError.ts";
import { type Pause, type PauseTables, pauseMigrations, readPause } from "../../control/pause.ts";
import type { BlsSigner } from "../../protocol/bls.ts";
import type { CheckpointStorage, ReorgFlag } from "../../storage/checkpointStorage.ts";
import type { Migrations } from "../../store/openStore.ts";
import { createOriginIndex, type IndexState } from "../originIndex.ts";
import { ChainNotReadyError, TreeMismatchError } from "../originIndexErrors.ts";
import { type OriginIndexTables, originIndexMigrations } from "../originIndexTables.ts";
import { type AnnouncementWallet, createAnnouncer, signAnnouncement } from "./announcer.ts";
import { createHaltSwitch } from "./haltSwitch.ts";
import { createPublisher } from "./publisher.ts";
import { recoverHistory } from "./recoverHistory.ts";
import { createSigningHistory, type SigningHistoryTables, signingHistoryMigrations } from "./signingHistory.ts";
import { ValidatorHaltedError, ValidatorRefusedError } from "./validatorErrors.ts";

export type ValidatorTables = OriginIndexTables & SigningHistoryTables & PauseTables;
export const validatorMigrations: Migrations = {
  ...originIndexMigrations,
  ...signingHistoryMigrations,
  ...pauseMigrations,
};

export type ValidatorEvent = { origin: number; validator: Hex } & (
  | { type: "announced"; location: string }
  /** The signature can be read by everybody now. */
  | { type: "signed"; index: number; messageId: Hex; root: Hex }
  | { type: "halted"; flag: ReorgFlag }
);

export type CreateValidatorParameters = {
  chain: ChainConfig;
  client: ChainClient;
  /** Who must agree about the chain before anything is signed, or flagged. Default: `client` alone. */
  nodes?: ChainNodes;
  /** Signs checkpoints and nothing else. */
  account: LocalAccount;
  /** Signs the same checkpoints once more, for BLS multisig modules. */
  blsSigner?: BlsSigner;
  storage: CheckpointStorage;
  /** Must have run `validatorMigrations`, belongs to this validator alone, and must not be lost. */
  store: { db: Kysely<ValidatorTables> };
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  onEvent?: (event: ValidatorEvent) => void;
  /** For its public metadata, as hashes. Default: the chain's `rpcUrl`. */
  rpcUrls?: readonly string[];
  /** Who pays for the announcement. Without it, somebody else has to make it. */
  announce?: { walletClient: AnnouncementWallet };
  /** The operator's word that this key has signed nothing from this index on, although its history is lost. */
  acceptLostHistoryFrom?: number;
};

export type ValidatorState = {
  /** When a tick last ended without an error, in milliseconds since 1970. */
  tickedAt?: number;
  /** Messages that are final on its chain, and the block up to which that was seen. */
  final?: { count: number; block: bigint };
  /** The newest index whose signature can be read by everybody; -1 while there is none. */
  signedIndex?: number;
  /** Why it signs nothing, if so: an operator said so, or the last tick failed. */
  paused?: Pause;
  problem?: string;
  /** Whether it failed for its nodes: too few of them answered, or they contradict each other. */
  nodes?: "silent" | "disagree";
  /** It has stopped for good. */
  halted: boolean;
};

export type Validator = {
  /**
   * Signs everything that is final and not yet signed.
   * @throws ValidatorHaltedError, ValidatorRefusedError: it signs nothing until somebody acts
   * @throws Error for all else: nothing was signed that should not have been, and the next tick tries again
   */
  tick(): Promise<void>;
  /** Ticks until stopped. Settles when it ends; rejects with what `tick` can not recover from. It may be ignored. */
  start(): Promise<void>;
  /** Ends the loop after the current tick, which is cut short where that is safe. */
  stop(): Promise<void>;
  state(): ValidatorState;
};

const VERSION = "causeway 0.1.0";
const DEFAULT_POLL_INTERVAL_MS = 1_000;
/** While much is left to sign, the chain is looked at again after this many. */
const SIGNED_PER_LOOK = 4_096;

/**
 * A validator of one origin chain. It signs a checkpoint for every message that is final, once, and publishes it.
 * Each digest is recorded before it is signed, each signature is published before the index that points to it, so that
 * whatever it was doing when it was killed, it goes on from there.
 *
 * @example
 * const validator = await createValidator({ chain, client, account, storage, store, log, now: Date.now });
 * validator.start();
 */
export async function createValidator(parameters: CreateValidatorParameters): Promise<Validator> {
  const {
    chain,
    client,
    nodes = oneNode(client),
    account,
    blsSigner,
    storage,
    store,
    now,
    onEvent = () => {},
  } = parameters;
  const { rpcUrls = [chain.rpcUrl] } = parameters;
  const validator = account.address.toLowerCase() as Hex;
  const identity = { origin: chain.domain, validator };
  const log = parameters.log.child(identity);
  const tree = { origin: chain.domain, merkleTreeHook: chain.merkleTreeHook };
  const index = await createOriginIndex({ chain, client, nodes, store, log });
  const history = createSigningHistory({ db: store.db, ...tree });
  const announcer = createAnnouncer({
    chain,
    client,
    account,
    storage,
    log,
    ...parameters.announce,
    onAnnounced: () => onEvent({ type: "announced", ...identity, location: storage.location }),
  });

  const { halt, throwIfHalted } = createHaltSwitch({
    validator,
    history,
    storage,
    reorgPeriod: typeof chain.finality === "string" ? chain.finality : chain.finality.blocks,
    log,
    now,
    onHalted: (flag) => onEvent({ type: "halted", ...identity, flag }),
  });

  const publisher = createPublisher({
    origin: tree,
    tree: index.tree,
    history,
    account,
    ...(blsSigner && { blsSigner }),
    storage,
    halt,
    onPublished(signed) {
      const last = signed.at(-1)?.checkpoint.index;
      if (last === undefined) return;
      nextToPublish = last + 1;
      log.info({ count: signed.length, last }, "signed");
      for (const { checkpoint } of signed) {
        const { index, messageId, root } = checkpoint;
        onEvent({ type: "signed", ...identity, index, messageId, root });
      }
    },
  });

  /** The first index that is not yet published; undefined until the history is known to be complete. */
  let nextToPublish: number | undefined;
  let seen: Omit<ValidatorState, "signedIndex"> = { halted: false };
  let controller = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let loop: Promise<void> | undefined;

  async function tickOnce(signal: AbortSignal): Promise<void> {
    for (;;) {
      await throwIfHalted();
      const state = await readChain(signal);
      seen = { ...seen, final: { count: state.count, block: state.confirmedBlock } };
      nextToPublish ??= await prepare(state);
      await compareWithHistory(state);
      if (await isPaused()) return;
      await announcer.announce();
      const end = Math.min(nextToPublish + SIGNED_PER_LOOK, state.count);
      await publisher.publish(nextToPublish, end, signal);
      if (end === state.count) return;
    }
  }

  /** A pause is in the store, so that it outlives this process. It is seen before each part of what is signed. */
  async function isPaused(): Promise<boolean> {
    const { paused: before, ...others } = seen;
    const paused = await readPause(store.db);
    if (paused?.reason !== before?.reason) {
      if (paused === undefined) log.info("no longer paused");
      else log.warn({ reason: paused.reason }, "paused: nothing is signed");
    }
    seen = { ...others, ...(paused !== undefined && { paused }) };
    return paused !== undefined;
  }

  async function readChain(signal: AbortSignal): Promise<IndexState> {
    try {
      return await index.tick({ signal });
    } catch (error) {
      // Missing events contradict no signature; a chain that has another root for a signed index does.
      const latest = error instanceof TreeMismatchError ? await history.latest() : undefined;
      if (error instanceof TreeMismatchError && latest !== undefined) {
        const { count, root } = error.chain;
        const contradicted = count <= latest.index || (count === latest.index + 1 && root !== latest.root);
        if (contradicted) await halt(latest, root);
      }
      throw error;
    }
  }

  /** Once after each start. Returns the first index to publish. */
  async function prepare(state: IndexState): Promise<number> {
    const { acceptLostHistoryFrom } = parameters;
    const recovered = await recoverHistory({
      history,
      storage,
      validator,
      ...tree,
      tree: index.tree,
      count: state.count,
      announced: () => nodes.agreed("where the validator is announced", announcer.locations),
      ...(acceptLostHistoryFrom !== undefined && { acceptLostHistoryFrom }),
    });
    if (recovered.status === "contradicted") {
      return await halt(recovered.signed, index.tree.root(recovered.signed.index + 1));
    }
    await storage.writeAnnouncement(await signAnnouncement({ chain, account, storage }));
    await storage.writeMetadata({ version: VERSION, rpcHashes: rpcUrls.map((url) => keccak256(stringToHex(url))) });
    return Math.max(recovered.firstIndex, ((await storage.latestIndex()) ?? -1) + 1);
  }

  /** All that was signed is below the latest root that was signed, so this one comparison covers it. */
  async function compareWithHistory(state: IndexState): Promise<void> {
    const latest = await history.latest();
    if (latest === undefined) return;
    const known = latest.index < state.count;
    const root = known ? index.tree.root(latest.index + 1) : state.root;
    const rewound = state.rewoundTo !== undefined && state.rewoundTo <= latest.index;
    if (rewound || (known && root !== latest.root)) await halt(latest, root);
    if (!known) {
      throw new ChainNotReadyError(
        `index ${latest.index} is signed, but the final block ${state.confirmedBlock} of ${chain.name} has only ` +
          `${state.count} messages: try again later`,
      );
    }
  }

  function tick(): Promise<void> {
    const { signal } = controller;
    const result = running.then(() => tickOnce(signal));
    running = result.then(
      () => {
        const { problem: _, nodes: __, ...others } = seen;
        seen = { ...others, tickedAt: now() };
      },
      (error: unknown) => {
        const { nodes: _, ...others } = seen;
        seen = { ...others, ...nodesProblem(error), problem: describeError(error), halted: isFinal(error) };
      },
    );
    return result;
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await tick();
      } catch (error) {
        if (signal.aborted) return;
        if (isFinal(error)) throw error;
        log.error({ reason: describeError(error) }, "nothing signed, trying again");
      }
      await wait(chain.pollIntervalMs ?? DEFAULT_POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
  }

  return {
    tick,
    state: () => ({ ...seen, ...(nextToPublish !== undefined && { signedIndex: nextToPublish - 1 }) }),
    start() {
      if (loop === undefined) {
        loop = run(controller.signal);
        loop.catch((error) => log.fatal({ reason: describeError(error) }, "the validator has stopped"));
      }
      return loop;
    },
    async stop() {
      controller.abort();
      await Promise.allSettled([loop, running]);
      loop = undefined;
      controller = new AbortController();
    },
  };
}

function nodesProblem(error: unknown): Pick<ValidatorState, "nodes"> {
  if (error instanceof TooFewNodesError) return { nodes: "silent" };
  return error instanceof NodesDisagreeError ? { nodes: "disagree" } : {};
}

function isFinal(error: unknown): boolean {
  return error instanceof ValidatorHaltedError || error instanceof ValidatorRefusedError;
}
