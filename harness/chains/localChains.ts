import { type Address, bytesToHex, createTestClient, type HDAccount, type Hex, http } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { type CoreDeployment, deployCore, type IsmKind } from "../contracts/deployCore.ts";
import { createDeployer } from "../contracts/deployer.ts";
import type { GasPaymasterConfig } from "../contracts/gasPaymasterConfig.ts";
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

export type StartLocalChainsParameters = {
  /** Validators of each chain, and how many of them must sign. Default: 2 of 3. */
  validators?: number;
  threshold?: number;
  /** Kind of the default modules. Default: message-id. */
  ism?: IsmKind;
  /** Has both chains' dispatches pay for gas on the other by default, at these prices. Default: nothing is paid. */
  gasPaymaster?: GasPaymasterConfig["destinations"][string];
  /** Has each chain offer pay on delivery, at so many wei for each gas of the other. Default: no escrow. */
  escrowGasPrice?: bigint;
  /** Default: no block on top is needed. */
  finality?: Finality;
  /** Seconds between blocks. Default: a block for each transaction. */
  blockTime?: number;
  /** Milliseconds between an agent's looks at the chain. */
  pollIntervalMs?: number;
  onStep?: (step: string) => void;
};

export type LocalChains = { alpha: LocalChain; beta: LocalChain; [Symbol.asyncDispose](): Promise<void> };

const NAMES = { alpha: 31_337, beta: 31_338 } as const;

/**
 * Starts two anvil chains, alpha and beta, each with a Mailbox whose default module trusts the validators of the other.
 *
 * @example await using chains = await startLocalChains({ ism: "merkle-root" });
 */
export async function startLocalChains(parameters: StartLocalChainsParameters = {}): Promise<LocalChains> {
  const { validators = 3, threshold = 2, ism = "message-id", finality = { blocks: 0 }, onStep = () => {} } = parameters;
  const accounts = Array.from({ length: 2 * validators }, (_, i) =>
    mnemonicToAccount(MNEMONIC, { addressIndex: FIRST_VALIDATOR + i }),
  );
  const signers = { alpha: accounts.slice(0, validators), beta: accounts.slice(validators) };

  async function start(name: "alpha" | "beta", anvil: Anvil): Promise<LocalChain> {
    const set = { validators: signers[name === "alpha" ? "beta" : "alpha"].map((v) => v.address), threshold };
    const { gasPaymaster, escrowGasPrice: price } = parameters;
    const payOnDelivery = price === undefined ? undefined : await createFlatPaymaster(anvil.rpcUrl, price);
    const core = await deployCore({
      rpcUrl: anvil.rpcUrl,
      account: localAccounts.deployer,
      set,
      ism,
      development: true,
      ...(gasPaymaster && {
        gasPaymaster: { destinations: { [NAMES[name === "alpha" ? "beta" : "alpha"]]: gasPaymaster } },
      }),
      ...(payOnDelivery && { payOnDelivery }),
      onStep: (step) => onStep(`${name}: ${step}`),
    });
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
    return { config, core, anvil, validators: signers[name] };
  }

  const anvils: Anvil[] = [];
  const stop = async () => {
    await Promise.all(anvils.map((anvil) => anvil.stop()));
  };
  async function launch(name: "alpha" | "beta"): Promise<LocalChain> {
    const anvil = await startAnvil({ chainId: NAMES[name], accounts: FIRST_VALIDATOR + 2 * validators });
    anvils.push(anvil);
    return start(name, anvil);
  }
  const [alpha, beta] = await Promise.allSettled([launch("alpha"), launch("beta")]);
  if (alpha.status === "fulfilled" && beta.status === "fulfilled") {
    return { alpha: alpha.value, beta: beta.value, [Symbol.asyncDispose]: stop };
  }
  await stop();
  throw alpha.status === "rejected" ? alpha.reason : (beta as PromiseRejectedResult).reason;
}

/** What an escrow takes its prices from. */
async function createFlatPaymaster(rpcUrl: string, price: bigint): Promise<Address> {
  const deployer = await createDeployer({ rpcUrl, account: localAccounts.deployer });
  return (await deployer.create("FlatPaymaster", [price])).address;
}
