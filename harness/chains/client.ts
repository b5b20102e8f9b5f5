import { createPublicClient, http, type PublicClient, type Transport } from "viem";
import type { ChainConfig } from "./chainConfig.ts";

/** Reads one chain. It knows no `chain`: the domain of a chain need not be its id. */
export type ChainClient = PublicClient<Transport, undefined>;

const TIMEOUT_MS = 15_000;
const BATCH_SIZE = 100;

/**
 * Creates the client of a chain. Requests made together travel together; nothing is remembered between calls.
 * @example const client = createChainClient(chain);
 */
export function createChainClient(chain: Pick<ChainConfig, "rpcUrl"> & { timeoutMs?: number }): ChainClient {
  const timeout = chain.timeoutMs ?? TIMEOUT_MS;
  return createPublicClient({
    transport: http(chain.rpcUrl, { batch: { batchSize: BATCH_SIZE }, timeout, retryCount: 1 }),
    cacheTime: 0,
  });
}
