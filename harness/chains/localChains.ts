import { type Address, bytesToHex, createTestClient, type HDAccount, type Hex, http } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { readAbi } from "../contracts/artifact.ts";
import { type CoreDeployment, deployCore, type IsmKind } from "../contracts/deployCore.ts";
import { createDeployer } from "../contracts/deployer.ts";
import type { GasPaymasterConfig } from "../contracts/gasPaymasterConfig.ts";
import { deployIsm } from "../ism/deployIsm.ts";
import type { IsmConfig } from "../ism/ismConfig.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import type { ChainConfig, Finality } from "./chainConfig.ts";

/** anvil's well-known mnemonic: its accounts are rich on every local chain, and worth nothing anywhere else. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** The rich accounts by their part; validators have the ones behind. */
export const localAccounts = {
  deployer: mnemonicToAccount(MNEMONIC, { addressIndex: 0 }),
  relayer: mnemonicToAccount(MNEMONIC, { addressIndex: 1 }),
  sender: mnemonicToAccount(MNEMONIC, { addressIndex: 2 }),
};
const FIRST_VALIDATOR = 3;

/** The private key of an account of the well-known mnemonic, to hand it to another process. */
export function localKey(account: HDAccount): Hex {
  const { privateKey } = account.getHdKey();
  if (privateKey === null) throw new Error("a key made from a mnemonic has a private part");
  return bytesToHex(privateKey);
}

export type LocalChain = {
  config: ChainConfig & { testRecipient: `0x${string}` };
  core: CoreDeployment;
  anvil: Anvil;
  /** Sign this chain's checkpoints; the modules of the other chain ask for their signatures. */
  validators: readonly HDAccount[];
};

/** Names of as many local chains. */
export type LocalChainNames = {
  2: "alpha" | "beta";
  3: "alpha" | "beta" | "gamma";
  4: "alpha" | "beta" | "gamma" | "delta";
};
export type ChainCount = keyof LocalChainNames;

export type StartLocalChainsParameters<Count extends ChainCount = ChainCount> = {
  /** How many chains. Default: 2. */
  chains?: Count;
  /** Validators of each chain, and how many of them must sign. Default: 2 of 3. */
  validators?: number;
  threshold?: number;
  /** Kind of the default modules. Default: message-id. */
  ism?: IsmKind;
  /** Has all chains' dispatches pay for gas on the others by default, at these prices. Default: nothing is paid. */
  gasPaymaster?: GasPaymasterConfig["destinations"][string];
  /** Has each chain offer pay on delivery, at so many wei for each gas of the others. Default: no escrow. */
  escrowGasPrice?: bigint;
  /** Default: no block on top is needed. */
  finality?: Finality;
  /** Seconds between blocks. Default: a block for each transaction. */
  blockTime?: number;
  /** Milliseconds between an agent's looks at the chain. */
  pollIntervalMs?: number;
  onStep?: (step: string) => void;
};

export type LocalChains<Count extends ChainCount = 2> = Record<LocalChainNames[Count], LocalChain> & {
  [Symbol.asyncDispose](): Promise<void>;
};

const NAMES = ["alpha", "beta", "gamma", "delta"] as const;
const FIRST_DOMAIN = 31_337;

/** The names of so many chains, in their order. */
export function localChainNames<Count extends ChainCount>(count: Count): readonly LocalChainNames[Count][] {
  return NAMES.slice(0, count) as LocalChainNames[Count][];
}

/**
 * Starts anvil chains, alpha, beta and so on, each with a Mailbox whose default module trusts, for messages of each other chain,
 * the validators of that one.
 *
 * @example await using chains = await startLocalChains({ ism: "merkle-root" });
 */
export async function startLocalChains<Count extends ChainCount = 2>(
  parameters: StartLocalChainsParameters<Count> = {},
): Promise<LocalChains<Count>> {
  const { validators = 3, threshold = 2, ism = "message-id", finality = { blocks: 0 }, onStep = () => {} } = parameters;
  const names = localChainNames((parameters.chains ?? 2) as Count);
  const all = names.map((name, i) => ({
    name,
    domain: FIRST_DOMAIN + i,
    signers: Array.from({ length: validators }, (_, j) =>
      mnemonicToAccount(MNEMONIC, { addressIndex: FIRST_VALIDATOR + i * validators + j }),
    ),
  }));

  async function start({ name, signers }: (typeof all)[number], anvil: Anvil): Promise<LocalChain> {
    const others = all.filter((chain) => chain.name !== name);
    const sets = others.map((chain) => ({ validators: chain.signers.map(({ address }) => address), threshold }));
    const [set = { validators: [], threshold }] = sets;
    const { gasPaymaster, escrowGasPrice: price } = parameters;
    const payOnDelivery = price === undefined ? undefined : await createFlatPaymaster(anvil.rpcUrl, price);
    const core = await deployCore({
      rpcUrl: anvil.rpcUrl,
      account: localAccounts.deployer,
      set,
      ism,
      development: true,
      ...(gasPaymaster && {
        gasPaymaster: { destinations: Object.fromEntries(others.map(({ domain }) => [domain, gasPaymaster])) },
      }),
      ...(payOnDelivery && { payOnDelivery }),
      onStep: (step) => onStep(`${name}: ${step}`),
    });
    if (others.length > 1) {
      const type = ism === "message-id" ? "messageIdMultisigIsm" : "merkleRootMultisigIsm";
      await trustByOrigin(
        anvil.rpcUrl,
        core,
        Object.fromEntries(others.map(({ domain }, i) => [domain, { type, ...(sets[i] ?? set) }])),
      );
    }
    const { mailbox, merkleTreeHook, validatorAnnounce, fromBlock, testRecipient } = core;
    const { interchainGasPaymasters, escrowPaymaster, deliveryReceipts, receiptIsms } = core;
    if (testRecipient === undefined) throw new Error("a development chain has a test recipient");
    if (parameters.blockTime !== undefined) {
      const control = createTestClient({ mode: "anvil", transport: http(anvil.rpcUrl) });
      await control.setIntervalMining({ interval: parameters.blockTime });
    }
    const config = {
      name,
      domain: core.domain,
      rpcUrl: anvil.rpcUrl,
      mailbox,
      merkleTreeHook,
      validatorAnnounce,
      ...(interchainGasPaymasters && { interchainGasPaymasters }),
      testRecipient,
      fromBlock,
      finality,
      ...(escrowPaymaster && deliveryReceipts && receiptIsms && { escrowPaymaster, deliveryReceipts, receiptIsms }),
      ...(parameters.pollIntervalMs !== undefined && { pollIntervalMs: parameters.pollIntervalMs }),
    };
    return { config, core, anvil, validators: signers };
  }

  const anvils: Anvil[] = [];
  const stop = async () => {
    await Promise.all(anvils.map((anvil) => anvil.stop()));
  };
  async function launch(chain: (typeof all)[number]): Promise<[string, LocalChain]> {
    const anvil = await startAnvil({ chainId: chain.domain, accounts: FIRST_VALIDATOR + all.length * validators });
    anvils.push(anvil);
    return [chain.name, await start(chain, anvil)];
  }
  const launched = await Promise.allSettled(all.map(launch));
  const failed = launched.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const chains = Object.fromEntries(
    launched.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
  );
  return { ...(chains as Record<LocalChainNames[Count], LocalChain>), [Symbol.asyncDispose]: stop };
}

/** Has a Mailbox ask the validators of each origin for its messages. */
async function trustByOrigin(rpcUrl: string, core: CoreDeployment, domains: Record<string, IsmConfig>): Promise<void> {
  const deployer = await createDeployer({ rpcUrl, account: localAccounts.deployer });
  const config: IsmConfig = { type: "domainRoutingIsm", owner: localAccounts.deployer.address, domains };
  const module = await deployIsm({ deployer, config, mailbox: core.mailbox, factories: core });
  const call = { address: core.mailbox, abi: readAbi("Mailbox"), functionName: "setDefaultIsm", args: [module] };
  await deployer.write("trusting each origin's own validators", call);
}

/** What an escrow takes its prices from. */
async function createFlatPaymaster(rpcUrl: string, price: bigint): Promise<Address> {
  const deployer = await createDeployer({ rpcUrl, account: localAccounts.deployer });
  return (await deployer.create("FlatPaymaster", [price])).address;
}
