import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { LocalAccount } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import type { ChainClient } from "../../chains/client.ts";
import type { Leases } from "../../store/leases.ts";
import type { OriginIndex } from "../originIndex.ts";
import type { RelayerEvent } from "./events.ts";
import type { Commit } from "./groupCommit.ts";
import type { RelayerOptions } from "./options.ts";
import type { RelayerTables } from "./schema.ts";

/** A chain that messages come from. */
export type Origin = { chain: ChainConfig; client: ChainClient; index: OriginIndex };

/** A chain that messages are delivered to. */
export type Destination = {
  chain: ChainConfig;
  client: ChainClient;
  /** Pays for deliveries. Nobody else may send from it. */
  account: LocalAccount;
};

/** What every part of the relayer works with. */
export type RelayerContext = {
  db: Kysely<RelayerTables>;
  commit: Commit<RelayerTables>;
  /** Which of the work in the store is this process's. */
  leases: Leases;
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  emit: (event: RelayerEvent) => void;
  options: RelayerOptions;
};
