import type { Logger } from "pino";
import { createWalletClient, http, type LocalAccount } from "viem";
import type { ChainConfig } from "../../chains/chainConfig.ts";
import { oneNode } from "../../chains/chainNodes.ts";
import { createChainClient } from "../../chains/client.ts";
import { openChainNodes } from "../../chains/openChainNodes.ts";
import { countRequests, type RequestResult } from "../../control/countRequests.ts";
import type { BlsSigner } from "../../protocol/bls.ts";
import { openStorage } from "../../storage/openStorage.ts";
import { openStore, type Store } from "../../store/openStore.ts";
import { steadyNow } from "../steadyNow.ts";
import {
  createValidator,
  type Validator,
  type ValidatorEvent,
  type ValidatorTables,
  validatorMigrations,
} from "./validator.ts";

export type OpenValidatorParameters = {
  chain: ChainConfig;
  /** RPC URLs of other operators, beside the chain's own: then `quorum` (default: all) must agree, and none may contradict. */
  otherRpcUrls?: readonly string[];
  quorum?: number;
  rpcTimeoutMs?: number;
  /** Signs checkpoints. */
  account: LocalAccount;
  /** Signs the same checkpoints for BLS multisig modules. Default: nothing does. */
  blsSigner?: BlsSigner;
  /** Pays for the announcement. Default: the same account. */
  transactionAccount?: LocalAccount;
  /** Where checkpoints are published: `file:///absolute/folder` or `s3://bucket/region[/folder]`. */
  location: string;
  /** The file of its signing history. */
  storeFile: string;
  log: Logger;
  now?: () => number;
  onEvent?: (event: ValidatorEvent) => void;
  /** Told of every request to the chain's node. */
  onRequest?: (result: RequestResult) => void;
  acceptLostHistoryFrom?: number;
};

export type OpenedValidator = Validator & { store: Store<ValidatorTables>; [Symbol.asyncDispose](): Promise<void> };

/**
 * A validator with its store, its storage and its client, ready to tick. Disposing it stops it and closes the store.
 *
 * @throws NodesConfigError, StoreError, StorageError when the nodes do not do, or the store or the storage can not be opened
 */
export async function openValidator(parameters: OpenValidatorParameters): Promise<OpenedValidator> {
  const {
    chain,
    otherRpcUrls = [],
    quorum,
    rpcTimeoutMs,
    account,
    transactionAccount = account,
    location,
    storeFile,
    now = steadyNow,
    onRequest = () => {},
    ...rest
  } = parameters;
  const rpcUrls = [chain.rpcUrl, ...otherRpcUrls];
  const timeout = rpcTimeoutMs === undefined ? {} : { timeoutMs: rpcTimeoutMs };
  const client = countRequests(createChainClient({ rpcUrl: chain.rpcUrl, ...timeout }), onRequest);
  const nodes =
    otherRpcUrls.length === 0
      ? oneNode(client)
      : openChainNodes({ name: chain.name, rpcUrls, onRequest, ...(quorum !== undefined && { quorum }), ...timeout });
  const storage = openStorage(location);
  const store = await openStore<ValidatorTables>({
    file: storeFile,
    migrations: validatorMigrations,
    exclusive: true,
  });
  try {
    const validator = await createValidator({
      ...rest,
      chain,
      client,
      nodes,
      rpcUrls,
      account,
      storage,
      store,
      now,
      announce: {
        walletClient: createWalletClient({ account: transactionAccount, transport: http(chain.rpcUrl) }),
      },
    });
    return {
      ...validator,
      store,
      async [Symbol.asyncDispose]() {
        await validator.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
