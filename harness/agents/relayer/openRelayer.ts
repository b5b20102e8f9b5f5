import type { Logger } from "pino";
import type { LocalAccount } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { type OpenStoreParameters, openStore, type Store } from "../../store/openStore.ts";
import { createOriginIndex } from "../originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../originIndexTables.ts";
import { createRelayer, type Relayer } from "./createRelayer.ts";
import type { RelayerEvent } from "./events.ts";
import type { RelayerOptions } from "./options.ts";
import { type RelayerTables, relayerMigrations } from "./schema.ts";

export type OpenRelayerParameters = {
  origins: readonly ChainConfig[];
  destinations: readonly ChainConfig[];
  /** Pays for deliveries on every destination. Nobody else may send from it. */
  account: LocalAccount;
  storeFile: string;
  log: Logger;
  now?: () => number;
  onEvent?: (event: RelayerEvent) => void;
  options?: Partial<RelayerOptions>;
};

export type OpenedRelayer = Relayer & { store: RelayerStore; [Symbol.asyncDispose](): Promise<void> };
export type RelayerStore = Store<RelayerTables & OriginIndexTables>;

/** The store of a relayer, for it or for who looks on while it runs. @throws StoreError when it can not be opened */
export function openRelayerStore(parameters: Omit<OpenStoreParameters, "migrations">): Promise<RelayerStore> {
  return openStore({ ...parameters, migrations: { ...originIndexMigrations, ...relayerMigrations } });
}

/**
 * A relayer with its store and its clients, ready to tick. Disposing it stops it and closes the store.
 *
 * @throws StoreError when the store can not be opened
 */
export async function openRelayer(parameters: OpenRelayerParameters): Promise<OpenedRelayer> {
  const { account, storeFile, log, now = Date.now, ...rest } = parameters;
  const store = await openRelayerStore({ file: storeFile, exclusive: true });
  try {
    const origins = await Promise.all(
      rest.origins.map(async (chain) => {
        const client = createChainClient(chain);
        return { chain, client, index: await createOriginIndex({ chain, client, store, log }) };
      }),
    );
    const destinations = rest.destinations.map((chain) => ({ chain, client: createChainClient(chain), account }));
    const relayer = createRelayer({ ...rest, origins, destinations, store, log, now });
    return {
      ...relayer,
      store,
      async [Symbol.asyncDispose]() {
        await relayer.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
