import {
  type Abi,
  type Chain,
  createPublicClient,
  createWalletClient,
  getContract,
  type Hex,
  http,
  type LocalAccount,
} from "viem";

/** A compiled contract, with its code as forge writes it, or as others do. */
export type Artifact = { abi: Abi; bytecode: Hex | { object: Hex } };

/**
 * Creates a contract on a local chain. The account signs what is written to it.
 *
 * @returns viem's contract: `contract.read.count?.([])`, `contract.write.sign?.([31337, "hello"], { value })`
 * @throws Error when the transaction creates nothing
 */
export async function deployContract(parameters: {
  rpcUrl: string;
  chainId: number;
  account: LocalAccount;
  artifact: Artifact;
  args: readonly unknown[];
}) {
  const { rpcUrl, chainId, account, args } = parameters;
  const { abi, bytecode } = parameters.artifact;
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  const rpcUrls = { default: { http: [rpcUrl] } };
  const chain: Chain = { id: chainId, name: `chain ${chainId}`, nativeCurrency, rpcUrls };
  const client = createPublicClient({ chain, transport: http(rpcUrl), cacheTime: 0, pollingInterval: 20 });
  const wallet = createWalletClient({ chain, transport: http(rpcUrl), account });
  const code = typeof bytecode === "string" ? bytecode : bytecode.object;

  const hash = await wallet.deployContract({ abi, bytecode: code, args });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (contractAddress == null) throw new Error(`transaction ${hash} on chain ${chainId} created no contract`);
  return getContract({ address: contractAddress, abi, client: { public: client, wallet } });
}
