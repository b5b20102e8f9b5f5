import type { Logger } from "pino";
import { type Address, keccak256, type LocalAccount, stringToHex } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { openStore, type Store } from "../../store/openStore.ts";
import { createOriginIndex } from "../originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../originIndexTables.ts";
import type { Protected } from "./classifyForeign.ts";
import { createWatchtower, type TowerChain, type Watchtower } from "./createWatchtower.ts";
import type { ChainView } from "./followChain.ts";
import { DEFAULT_WATCHTOWER_OPTIONS, type WatchtowerOptions } from "./options.ts";
import type { ModuleResponse } from "./responses.ts";
import { type TowerTables, towerMigrations } from "./schema.ts";
import { configuredKeys } from "./watchedKeys.ts";
import { createWebhook } from "./webhook.ts";

export type OpenedChain = {
  chain: ChainConfig;
  /** Nodes that do not belong to the same operator: at least two. */
  rpcUrls: readonly string[];
  /** How many of them must agree. Default: all. */
  quorum?: number;
  /** Keys that are watched beside those that have staked. */
  validators?: readonly Address[];
  /** `ValidatorStake` of its Mailbox. */
  stake?: Address;
  protects?: Protected;
};

export type OpenWatchtowerParameters = {
  chains: readonly OpenedChain[];
  modules?: readonly ModuleResponse[];
  /** Pauses and flags. Without it, nothing is. */
  guardian?: LocalAccount;
  /** Pays for fraud proofs, and gets the rewards. Without it, frauds are only told of. */
  reporter?: LocalAccount;
  /** The file of signatures, alerts and intentions; what each node told is kept in files beside it. */
  storeFile: string;
  webhookUrl?: string;
  log: Logger;
  now?: () => number;
  random?: () => number;
  /** Time for one request to a node, in milliseconds. */
  rpcTimeoutMs?: number;
  options?: Partial<WatchtowerOptions>;
};

export type OpenedWatchtower = Watchtower & { store: Store<TowerTables>; [Symbol.asyncDispose](): Promise<void> };

/** The watchtower's nodes, as configured, can not keep each other honest. */
export class WatchtowerConfigError extends Error {
  override name = "WatchtowerConfigError";
}

/**
 * A watchtower with its stores and its clients, ready to tick. Disposing it stops it and closes the stores.
 *
 * @throws StoreError when a store can not be opened; WatchtowerConfigError when a chain has not two different nodes
 */
export async function openWatchtower(parameters: OpenWatchtowerParameters): Promise<OpenedWatchtower> {
  const { storeFile, webhookUrl, log, now = Date.now, rpcTimeoutMs, chains: opened, ...rest } = parameters;
  for (const chain of opened) assertIndependent(chain);
  const stores: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const store of stores) await store.close();
  };

  async function openView(chain: ChainConfig, rpcUrl: string, position: number): Promise<ChainView> {
    // Of the URL only this much is written anywhere: it may hold a key.
    const id = keccak256(stringToHex(rpcUrl)).slice(2, 18);
    const name = `${chain.name} node ${position + 1}`;
    const file = `${storeFile.replace(/\.db$/, "")}-${chain.domain}-${id}.db`;
    const store = await openStore<OriginIndexTables>({ file, migrations: originIndexMigrations });
    stores.push(store);
    const client = createChainClient({ rpcUrl, ...(rpcTimeoutMs !== undefined && { timeoutMs: rpcTimeoutMs }) });
    const index = await createOriginIndex({ chain, client, store, log: log.child({ node: name }) });
    return { id, name, client, index };
  }

  async function openChain(parameters: OpenedChain): Promise<TowerChain> {
    const { chain, rpcUrls, quorum = rpcUrls.length, protects = { recipients: [], verifiers: [] }, stake } = parameters;
    const [first, second, ...others] = await Promise.all(rpcUrls.map((rpcUrl, i) => openView(chain, rpcUrl, i)));
    if (first === undefined || second === undefined) throw new WatchtowerConfigError(`${chain.name} needs two nodes`);
    const { recipients, verifiers } = protects;
    return {
      chain,
      views: [first, second, ...others],
      quorum,
      protects: { recipients: recipients.map(lower), verifiers: verifiers.map(lower) },
      ...(stake !== undefined && { stake: lower(stake) }),
    };
  }

  try {
    const store = await openStore<TowerTables>({ file: storeFile, migrations: towerMigrations });
    stores.push(store);
    const options = { ...DEFAULT_WATCHTOWER_OPTIONS, ...rest.options };
    const chains = await Promise.all(opened.map(openChain));
    const keySources = [configuredKeys(opened.flatMap(({ validators }) => validators ?? []))];
    const watchtower = await createWatchtower({
      ...rest,
      chains,
      keySources,
      modules: (rest.modules ?? []).map((module) => ({ ...module, address: lower(module.address) })),
      store,
      log,
      now,
      ...(webhookUrl !== undefined && {
        notify: createWebhook({ url: webhookUrl, timeoutMs: options.webhookTimeoutMs }),
      }),
    });
    return {
      ...watchtower,
      store,
      async [Symbol.asyncDispose]() {
        await watchtower.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}

/** Two nodes that are one can not tell when it lies. */
function assertIndependent({ chain, rpcUrls, quorum = rpcUrls.length }: OpenedChain): void {
  const different = new Set(rpcUrls.map((url) => new URL(url).href));
  if (different.size !== rpcUrls.length || different.size < 2) {
    throw new WatchtowerConfigError(
      `${chain.name} needs at least two different RPC URLs, of operators that are independent of each other: ` +
        `${rpcUrls.length} are configured, ${different.size} of them different`,
    );
  }
  if (quorum < 2 || quorum > rpcUrls.length) {
    throw new WatchtowerConfigError(
      `the quorum of ${chain.name} is ${quorum}: at least 2, and at most its ${rpcUrls.length} nodes, can agree`,
    );
  }
}
