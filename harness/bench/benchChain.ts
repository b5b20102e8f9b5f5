import {
  type Abi,
  type Address,
  createTestClient,
  http,
  keccak256,
  publicActions,
  type TransactionReceipt,
  toHex,
  walletActions,
} from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { startAnvil } from "../chains/anvil.ts";
import { deployCore } from "../contracts/deployCore.ts";

/** Sends everything. */
export const account = mnemonicToAccount("test test test test test test test test test test test junk");
export const validators = Array.from({ length: 19 }, (_, i) => privateKeyToAccount(keccak256(toHex(`validator ${i}`))));

export type BenchChain = Awaited<ReturnType<typeof startChain>>;

/** An anvil with the protocol on it. */
export async function startChain(domain: number) {
  const anvil = await startAnvil({ chainId: domain });
  const client = createTestClient({ account, mode: "anvil", transport: http(anvil.rpcUrl), pollingInterval: 10 })
    .extend(publicActions)
    .extend(walletActions);
  const set = { validators: validators.slice(0, 3).map((v) => v.address), threshold: 2 };
  const core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, development: true });
  return { anvil, client, core, [Symbol.asyncDispose]: () => anvil.stop() };
}

/** Sends one call in a block of its own. @throws Error when it reverts */
export async function call(
  chain: Pick<BenchChain, "client">,
  address: Address,
  abi: Abi,
  functionName: string,
  args: readonly unknown[],
  value = 0n,
): Promise<TransactionReceipt> {
  const hash = await chain.client.writeContract({ chain: null, address, abi, functionName, args, value });
  const receipt = await chain.client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`${functionName} was reverted: ${hash}`);
  return receipt;
}
