import {
  createPublicClient,
  createTestClient,
  custom,
  type EIP1193RequestFn,
  encodeFunctionData,
  type Hex,
  http,
  publicActions,
  walletActions,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "../chains/anvil.ts";
import type { ChainConfig, Finality } from "../chains/chainConfig.ts";
import { type ChainClient, createChainClient } from "../chains/client.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { deployCore } from "../contracts/deployCore.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
/** Given, so that the node is not asked: with many transactions waiting, its answers become slow. */
const FEES = { gas: 300_000n, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n, type: "eip1559" } as const;

export const richAccount = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex });

/** Sees every request to the node, and may answer it in the node's place. */
export type Intercept = (
  request: { method: string; params: unknown },
  forward: () => Promise<unknown>,
) => Promise<unknown>;

export type Origin = Awaited<ReturnType<typeof startOrigin>>;

/** A real anvil with the real contracts, which a test sends messages on, reorganises and hides behind a faulty node. */
export async function startOrigin(parameters: { finality?: Finality; domain?: number } = {}) {
  const anvil: Anvil = await startAnvil({ chainId: 31_337 });
  const deployer = richAccount(0);
  const validators = [richAccount(3).address, richAccount(4).address];
  const core = await deployCore({
    rpcUrl: anvil.rpcUrl,
    account: deployer,
    set: { validators, threshold: 2 },
    ...(parameters.domain !== undefined && { domain: parameters.domain }),
  });
  const chain: ChainConfig = {
    name: "origin",
    domain: core.domain,
    rpcUrl: anvil.rpcUrl,
    mailbox: core.mailbox,
    merkleTreeHook: core.merkleTreeHook,
    validatorAnnounce: core.validatorAnnounce,
    fromBlock: core.fromBlock,
    finality: parameters.finality ?? { blocks: 0 },
    pollIntervalMs: 10,
  };
  const sender = richAccount(2);
  const node = createTestClient({
    mode: "anvil",
    account: sender,
    transport: http(anvil.rpcUrl),
    cacheTime: 0,
    pollingInterval: 10,
  })
    .extend(publicActions)
    .extend(walletActions);

  /** Sends messages to nobody, each in a block of its own or all in one. */
  async function dispatch(bodies: readonly string[], options: { oneBlock?: boolean } = {}): Promise<void> {
    if (options.oneBlock) await node.setAutomine(false);
    let nonce = await node.getTransactionCount({ address: sender.address });
    for (const body of bodies) {
      const args = [31_338, `0x${"00".repeat(32)}`, `0x${Buffer.from(body).toString("hex")}`] as const;
      const data = encodeFunctionData({ abi: mailboxAbi, functionName: "dispatch", args });
      const transaction = { chainId: anvil.chainId, to: chain.mailbox, data, nonce, ...FEES };
      const hash = await node.sendRawTransaction({ serializedTransaction: await sender.signTransaction(transaction) });
      if (!options.oneBlock) await node.waitForTransactionReceipt({ hash });
      nonce += 1;
    }
    if (options.oneBlock) {
      await node.mine({ blocks: 1 });
      await node.setAutomine(true);
    }
  }

  return {
    anvil,
    chain,
    node,
    client: createChainClient(chain),
    dispatch,
    /** A client of the same node with faults. */
    clientWith(intercept: Intercept): ChainClient {
      const request = (async (args: { method: string; params?: unknown }) =>
        intercept({ method: args.method, params: args.params }, () =>
          node.request(args as Parameters<typeof node.request>[0]),
        )) as EIP1193RequestFn;
      return createPublicClient({ transport: custom({ request }, { retryCount: 0 }), cacheTime: 0 });
    },
    /** Undoes all that happens in `action`, as a reorganisation to the state before it; the chain is shorter after it. */
    async undone(action: () => Promise<void>): Promise<void> {
      const id: Hex = await node.snapshot();
      await action();
      await node.revert({ id });
    },
    [Symbol.asyncDispose]: () => anvil.stop(),
  };
}

/** Whether a request is a call of that function, by its selector. */
export function isCallOf(request: { method: string; params: unknown }, selector: Hex): boolean {
  return request.method === "eth_call" && JSON.stringify(request.params).includes(`"${selector}`);
}
