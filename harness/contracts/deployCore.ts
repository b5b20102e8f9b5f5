import { type Address, isAddressEqual, type LocalAccount } from "viem";
import { AGGREGATION_HOOK_FACTORY } from "./aggregationHookFactory.ts";
import { readAbi } from "./artifact.ts";
import { assertSafeSet, type ValidatorSet } from "./assertSafeSet.ts";
import { createDeployer, type Deployer } from "./deployer.ts";
import { deployGasPaymaster } from "./deployGasPaymaster.ts";
import { deployPayOnDelivery } from "./deployPayOnDelivery.ts";
import type { GasPaymasterConfig } from "./gasPaymasterConfig.ts";
import { ISM_FACTORIES, ISM_FACTORY_NAMES, type IsmFactories } from "./ismFactories.ts";

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
  /** A paymaster to deploy too, and to make the default hook. Default: none, the tree alone. */
  gasPaymaster?: GasPaymasterConfig;
  /** Deploy pay on delivery too, at the quotes of that paymaster. Default: no. */
  payOnDelivery?: Address;
  /** A chain without value: allows one validator and threshold one, and deploys a recipient to play with. */
  development?: boolean;
  /** Called before each transaction with what it does. */
  onStep?: (step: string) => void;
};

export type CoreDeployment = IsmFactories & {
  domain: number;
  mailbox: Address;
  merkleTreeHook: Address;
  validatorAnnounce: Address;
  defaultIsm: Address;
  /** Makes aggregations of hooks. */
  aggregationHookFactory: Address;
  /** Block that the Mailbox was created in: no message is older. */
  fromBlock: number;
  /** Only if one was asked for. */
  interchainGasPaymasters?: Address[];
  /** To whom the Mailbox and the paymaster are offered: until it calls `acceptOwnership` on both, the deployer owns them. */
  pendingOwner?: Address;
  /** Only if pay on delivery was asked for: its two contracts, and the default module to verify receipts. */
  escrowPaymaster?: Address;
  deliveryReceipts?: Address;
  receiptIsms?: Address[];
  /** Only on development chains. */
  testRecipient?: Address;
};

/**
 * Deploys a Mailbox with its tree, the validators' announcements, the factories of modules and of hooks, the default module, and
 * a paymaster if one is asked for. Only then is the deployer the owner at first: it has to set the default hook.
 *
 * @throws UnsafeSetError when the set is not safe and the chain is not for development
 * @throws Error of viem when the RPC or a transaction fails; what was deployed before it stays and does no harm
 * @example await deployCore({ rpcUrl, account, set: { validators, threshold: 2 }, onStep: console.error })
 */
export async function deployCore(parameters: DeployCoreParameters): Promise<CoreDeployment> {
  const { account, set, ism = "message-id", development = false } = parameters;
  assertSafeSet(set, development);

  const deployer = await createDeployer(parameters);
  const { client, create } = deployer;
  const domain = parameters.domain ?? deployer.chainId;

  const factories = {} as IsmFactories;
  for (const name of ISM_FACTORY_NAMES) factories[name] = (await create(ISM_FACTORIES[name])).address;
  const aggregationHookFactory = await create(AGGREGATION_HOOK_FACTORY);

  const what = `the default module: ${ism} multisig, ${set.threshold} of ${set.validators.length}`;
  const factory = ism === "message-id" ? "messageIdMultisigIsmFactory" : "merkleRootMultisigIsmFactory";
  const maker = { address: factories[factory], abi: readAbi(ISM_FACTORIES[factory]) };
  const defaultIsm = await deployer.make(what, maker, [set.validators, set.threshold]);

  const owner = parameters.owner ?? account.address;
  const firstOwner = parameters.gasPaymaster === undefined ? owner : account.address;
  const mailbox = await create("Mailbox", [domain, firstOwner, defaultIsm]);
  const merkleTreeHook = (await client.readContract({ ...mailbox, functionName: "merkleTreeHook" })) as Address;
  const validatorAnnounce = await create("ValidatorAnnounce", [mailbox.address]);
  const paymaster =
    parameters.gasPaymaster &&
    (await payByDefault({ deployer, mailbox: mailbox.address, config: parameters.gasPaymaster, owner }));
  const prices = parameters.payOnDelivery;
  const escrow = prices && (await deployPayOnDelivery({ deployer, mailbox: mailbox.address, paymaster: prices }));
  const recipient = development ? await create("TestRecipient") : undefined;

  return {
    domain,
    mailbox: mailbox.address,
    merkleTreeHook,
    validatorAnnounce: validatorAnnounce.address,
    defaultIsm,
    ...factories,
    aggregationHookFactory: aggregationHookFactory.address,
    fromBlock: mailbox.block,
    ...paymaster,
    ...(escrow && { ...escrow, receiptIsms: [defaultIsm] }),
    ...(recipient && { testRecipient: recipient.address }),
  };
}

/** Has dispatches on a Mailbox of the deployer's pay a new paymaster, and offers both to the owner. */
async function payByDefault(parameters: {
  deployer: Deployer;
  mailbox: Address;
  config: GasPaymasterConfig;
  owner: Address;
}): Promise<Pick<CoreDeployment, "interchainGasPaymasters" | "pendingOwner">> {
  const { deployer, mailbox, config, owner } = parameters;
  const paymaster = await deployGasPaymaster({ deployer, mailbox, config, beneficiary: owner });
  const abi = readAbi("Mailbox");
  await deployer.write("making the paymaster the default hook", {
    address: mailbox,
    abi,
    functionName: "setDefaultHook",
    args: [paymaster],
  });
  if (isAddressEqual(owner, deployer.account.address)) return { interchainGasPaymasters: [paymaster] };

  for (const address of [mailbox, paymaster]) {
    const what = `offering ${address} to ${owner}, who must call acceptOwnership on it`;
    await deployer.write(what, { address, abi, functionName: "transferOwnership", args: [owner] });
  }
  return { interchainGasPaymasters: [paymaster], pendingOwner: owner };
}
