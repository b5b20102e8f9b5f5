import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type LocalAccount,
} from "viem";
import { readArtifact } from "./artifact.ts";
import { assertSafeSet, type ValidatorSet } from "./assertSafeSet.ts";

/** Multisig by the message's own checkpoint (cheapest), or by Merkle proof under any later one. */
export type IsmKind = "message-id" | "merkle-root";

export type DeployCoreParameters = {
  rpcUrl: string;
  /** Signs and pays for every transaction. */
  account: LocalAccount;
  /** uint32; by convention the chain id, and the default. */
  domain?: number;
  /** May set the default module and the hooks. Default: the deployer. */
  owner?: Address;
  /** Whose signatures the default module asks for: validators of the chains that messages come from. */
  set: ValidatorSet;
  /** Default: message-id. */
  ism?: IsmKind;
  /** A chain without value: allows one validator and threshold one, and deploys a recipient to play with. */
  development?: boolean;
  /** Called before each transaction with what it does. */
  onStep?: (step: string) => void;
};

export type CoreDeployment = {
  domain: number;
  mailbox: Address;
  merkleTreeHook: Address;
  validatorAnnounce: Address;
  defaultIsm: Address;
  messageIdMultisigIsmFactory: Address;
  merkleRootMultisigIsmFactory: Address;
  /** Block that the Mailbox was created in: no message is older. */
  fromBlock: number;
  /** Only on development chains. */
  testRecipient?: Address;
};

/**
 * Deploys a Mailbox with its tree, the validators' announcements, both multisig factories and the default module.
 *
 * @throws UnsafeSetError when the set is not safe and the chain is not for development
 * @throws Error of viem when the RPC or a transaction fails; what was deployed before it stays and does no harm
 * @example await deployCore({ rpcUrl, account, set: { validators, threshold: 2 }, onStep: console.error })
 */
export async function deployCore(parameters: DeployCoreParameters): Promise<CoreDeployment> {
  const { rpcUrl, account, set, ism = "message-id", development = false, onStep = () => {} } = parameters;
  assertSafeSet(set, development);

  const client = createPublicClient({ transport: http(rpcUrl), pollingInterval: 100 });
  const chainId = await client.getChainId();
  const domain = parameters.domain ?? chainId;
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

  async function create(name: string, args: readonly unknown[] = []) {
    onStep(`creating ${name}`);
    const { abi, bytecode } = readArtifact(name);
    const { contractAddress, blockNumber } = await mined(name, await wallet.deployContract({ abi, bytecode, args }));
    if (contractAddress == null) throw new Error(`${name} failed: its transaction created no contract`);
    return { abi, address: contractAddress, block: Number(blockNumber) };
  }

  const messageIdFactory = await create("StaticMessageIdMultisigIsmFactory");
  const merkleRootFactory = await create("StaticMerkleRootMultisigIsmFactory");
  const factory = ism === "message-id" ? messageIdFactory : merkleRootFactory;

  onStep(`creating the default module: ${ism} multisig, ${set.threshold} of ${set.validators.length}`);
  const moduleArgs = [set.validators, set.threshold];
  const module = { address: factory.address, abi: factory.abi as Abi, args: moduleArgs };
  await mined("the module", await wallet.writeContract({ ...module, functionName: "deploy" }));
  const defaultIsm = (await client.readContract({ ...module, functionName: "getAddress" })) as Address;

  const mailbox = await create("Mailbox", [domain, parameters.owner ?? account.address, defaultIsm]);
  const merkleTreeHook = (await client.readContract({ ...mailbox, functionName: "merkleTreeHook" })) as Address;
  const validatorAnnounce = await create("ValidatorAnnounce", [mailbox.address]);
  const recipient = development ? await create("TestRecipient") : undefined;

  return {
    domain,
    mailbox: mailbox.address,
    merkleTreeHook,
    validatorAnnounce: validatorAnnounce.address,
    defaultIsm,
    messageIdMultisigIsmFactory: messageIdFactory.address,
    merkleRootMultisigIsmFactory: merkleRootFactory.address,
    fromBlock: mailbox.block,
    ...(recipient && { testRecipient: recipient.address }),
  };
}
