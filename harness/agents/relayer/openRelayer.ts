import type { QueryExecutorProvider } from "kysely";
import type { Logger } from "pino";
import type { LocalAccount } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { countRequests, type RequestResult } from "../../control/countRequests.ts";
import { type OpenStoreParameters, openStore, type Store } from "../../store/openStore.ts";
import { createOriginIndex } from "../originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../originIndexTables.ts";
import { steadyNow } from "../steadyNow.ts";
import type { Destination, Origin } from "./context.ts";
import { createRelayer, type Relayer } from "./createRelayer.ts";
import type { RelayerEvent } from "./events.ts";
import { originLease } from "./fenced.ts";
import { forgetFuture } from "./forgetFuture.ts";
import type { RelayerOptions } from "./options.ts";
import { type RelayerTables, relayerMigrations } from "./schema.ts";

export type OpenRelayerParameters = {
  origins: readonly ChainConfig[];
  destinations: readonly ChainConfig[];
  /** Pays for deliveries on every destination. Nobody else may send from it. */
  account: LocalAccount;
  /** A file, or the URL of a PostgreSQL database that several relayers share, each with a key of its own. */
  storeFile: string;
  /** Of such a database: for how long a process that is gone keeps what it worked on. */
  leaseMs?: number;
  log: Logger;
  now?: () => number;
  onEvent?: (event: RelayerEvent) => void;
  /** Told of every request to a chain's node. */
  onRequest?: (chain: string, result: RequestResult) => void;
  options?: Partial<RelayerOptions>;
};

export type OpenedRelayer = Relayer & {
  store: RelayerStore;
  origins: readonly Origin[];
  destinations: readonly Destination[];
  [Symbol.asyncDispose](): Promise<void>;
};
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
  const { account, storeFile, leaseMs, log, onRequest = () => {}, ...rest } = parameters;
  const open = (chain: ChainConfig) =>
    countRequests(createChainClient(chain), (result) => onRequest(chain.name, result));
  const store = await openRelayerStore({ file: storeFile, exclusive: true, ...(leaseMs !== undefined && { leaseMs }) });
  try {
    const now = parameters.now ?? (await store.leases.clock(steadyNow));
    await forgetFuture(store.db, now());
    const origins = await Promise.all(
      rest.origins.map(async (chain) => {
        const client = open(chain);
        const guard = (trx: QueryExecutorProvider) => store.leases.hold(trx, originLease(chain.domain));
        return { chain, client, index: await createOriginIndex({ chain, client, store, guard, log }) };
      }),
    );
    const destinations = rest.destinations.map((chain) => ({ chain, client: open(chain), account }));
    const relayer = createRelayer({ ...rest, origins, destinations, store, log, now });
    return {
      ...relayer,
      store,
      origins,
      destinations,
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
