import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type LocalAccount,
  type TransactionReceipt,
} from "viem";
import { readArtifact } from "./artifact.ts";

export type Deployer = Awaited<ReturnType<typeof createDeployer>>;

/**
 * One account that creates contracts on one chain and calls them, a transaction at a time.
 *
 * @throws Error of viem when the RPC does not answer
 */
export async function createDeployer(parameters: {
  rpcUrl: string;
  /** Signs and pays for every transaction. */
  account: LocalAccount;
  /** Called before each transaction with what it does. */
  onStep?: (step: string) => void;
}) {
  const { rpcUrl, account, onStep = () => {} } = parameters;
  const client = createPublicClient({ transport: http(rpcUrl), pollingInterval: 100 });
  const chainId = await client.getChainId();
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const wallet = createWalletClient({ account, chain, transport: http(rpcUrl) });

  async function mined(what: string, hash: Hex) {
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== "success") {
      throw new Error(`${what} failed: transaction ${hash} on chain ${chainId} was reverted`);
    }
    return receipt;
  }

  return {
    account,
    chainId,
    client,

    /** Creates the compiled contract `name`. @throws Error when its transaction fails */
    async create(name: string, args: readonly unknown[] = []) {
      onStep(`creating ${name}`);
      const { abi, bytecode } = readArtifact(name);
      const { contractAddress, blockNumber } = await mined(name, await wallet.deployContract({ abi, bytecode, args }));
      if (contractAddress == null) throw new Error(`${name} failed: its transaction created no contract`);
      return { abi, address: contractAddress, block: Number(blockNumber) };
    },

    /** Calls a contract, with a value if there is one. Returns the receipt. @throws Error when the transaction fails */
    async write(
      what: string,
      call: { address: Address; abi: Abi; functionName: string; args: readonly unknown[]; value?: bigint },
    ): Promise<TransactionReceipt> {
      onStep(what);
      return mined(what, await wallet.writeContract(call));
    },

    /** Has a factory make the module for `args`, at the address that it tells. @throws Error when the transaction fails */
    async make(what: string, factory: { address: Address; abi: Abi }, args: readonly unknown[]): Promise<Address> {
      onStep(`creating ${what}`);
      await mined(what, await wallet.writeContract({ ...factory, functionName: "deploy", args }));
      return (await client.readContract({ ...factory, functionName: "getAddress", args })) as Address;
    },
  };
}
