import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import {
  type Address,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  type LocalAccount,
  parseEventLogs,
  publicActions,
} from "viem";
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "../../chains/anvil.ts";
import type { ChainConfig, Finality } from "../../chains/chainConfig.ts";
import { createChainClient } from "../../chains/client.ts";
import { mailboxAbi, validatorAnnounceAbi } from "../../contracts/abi.ts";
import { readArtifact } from "../../contracts/artifact.ts";
import { deployCore, type IsmKind } from "../../contracts/deployCore.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployIsm } from "../../ism/deployIsm.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { announcementDigest, type Checkpoint, checkpointDigest } from "../../protocol/checkpoint.ts";
import { createMerkleTree } from "../../protocol/merkleTree.ts";
import { encodeMessageIdMetadata } from "../../protocol/multisigMetadata.ts";
import type { CheckpointStorage } from "../../storage/checkpointStorage.ts";
import { createFolderStorage } from "../../storage/folderStorage.ts";
import { openStore, type Store } from "../../store/openStore.ts";
import { createOriginIndex, type OriginIndex } from "../originIndex.ts";
import { type OriginIndexTables, originIndexMigrations } from "../originIndexTables.ts";
import { createRelayer, type Relayer } from "./createRelayer.ts";
import type { RelayerEvent } from "./events.ts";
import type { RelayerOptions } from "./options.ts";
import { type RelayerTables, relayerMigrations } from "./schema.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
export const deployer = mnemonicToAccount(MNEMONIC, { addressIndex: 0 });
export const relayerAccount = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
export const recipientAbi = readArtifact("TestRecipient").abi;

export type TestValidator = { account: LocalAccount; directory: string; storage: CheckpointStorage };
export type TestChain = ReturnType<typeof createTestChain>;
export type TestRelayer = {
  relayer: Relayer;
  store: Store<RelayerTables & OriginIndexTables>;
  index: OriginIndex;
  events: RelayerEvent[];
};

/** A chain of a test: its configuration, and the power over its node. */
export function createTestChain(anvil: Anvil, config: ChainConfig, testRecipient: Address) {
  const client = createTestClient({
    mode: "anvil",
    transport: http(anvil.rpcUrl),
    cacheTime: 0,
    pollingInterval: 20,
  }).extend(publicActions);
  const wallet = createWalletClient({ account: deployer, transport: http(anvil.rpcUrl) });
  return {
    anvil,
    config,
    client,
    recipient: testRecipient,
    /** Calls a contract as the deployer and waits for it to be mined. */
    async write(
      to: Address,
      data: Hex,
      fees: { maxFeePerGas?: bigint; maxPriorityFeePerGas?: bigint; gas?: bigint } = {},
    ) {
      const hash = await wallet.sendTransaction({ to, data, chain: null, ...fees });
      return client.waitForTransactionReceipt({ hash });
    },
    /** Calls the test recipient, for that many wei per gas when it matters. */
    async call(functionName: string, args: unknown[], fee?: bigint) {
      const fees = fee === undefined ? {} : { maxFeePerGas: fee, maxPriorityFeePerGas: fee };
      return this.write(testRecipient, encodeFunctionData({ abi: recipientAbi, functionName, args }), fees);
    },
    read: (functionName: string) => client.readContract({ address: testRecipient, abi: recipientAbi, functionName }),
    async isDelivered(id: Hash): Promise<boolean> {
      return client.readContract({ address: config.mailbox, abi: mailboxAbi, functionName: "delivered", args: [id] });
    },
  };
}

/**
 * An origin and a destination, each an anvil of its own, and validators that sign when the test says so. The clock of the
 * relayers is the test's, too.
 */
export async function startTestWorld(
  parameters: { validators?: number; threshold?: number; ism?: IsmKind; finality?: Finality } = {},
) {
  const { threshold = 2, ism = "message-id", finality = { blocks: 0 } } = parameters;
  const directory = mkdtempSync(join(tmpdir(), "relayer-"));
  const validators = Array.from({ length: parameters.validators ?? 3 }, (_, i): TestValidator => {
    const folder = join(directory, `validator-${i}`);
    return {
      account: privateKeyToAccount(generatePrivateKey()),
      directory: folder,
      storage: createFolderStorage({ directory: folder }),
    };
  });
  const set = { validators: validators.map(({ account }) => account.address), threshold };

  async function startChain(name: string, chainId: number) {
    const anvil = await startAnvil({ chainId });
    const core = await deployCore({ rpcUrl: anvil.rpcUrl, account: deployer, set, ism, development: true });
    const { domain, mailbox, merkleTreeHook, validatorAnnounce, fromBlock, testRecipient } = core;
    if (testRecipient === undefined) throw new Error("a development chain has a test recipient");
    const config = {
      name,
      domain,
      rpcUrl: anvil.rpcUrl,
      mailbox,
      merkleTreeHook,
      validatorAnnounce,
      fromBlock,
      finality,
    };
    return { ...createTestChain(anvil, config, testRecipient), core };
  }
  const [origin, destination] = await Promise.all([startChain("origin", 31_001), startChain("destination", 31_002)]);
  const tree = createMerkleTree();
  const stores: Store<RelayerTables & OriginIndexTables>[] = [];
  let time = Date.now();

  async function announce({ account }: TestValidator, storageLocation: string): Promise<void> {
    const digest = announcementDigest({
      origin: origin.config.domain,
      mailbox: origin.config.mailbox,
      storageLocation,
    });
    const signature = await account.signMessage({ message: { raw: digest } });
    const args = [account.address, storageLocation, signature] as const;
    await origin.write(
      origin.config.validatorAnnounce,
      encodeFunctionData({ abi: validatorAnnounceAbi, functionName: "announce", args }),
    );
  }
  for (const validator of validators) await announce(validator, validator.storage.location);

  function checkpointAt(index: number): Checkpoint {
    const { domain, merkleTreeHook } = origin.config;
    return { origin: domain, merkleTreeHook, root: tree.root(index + 1), index, messageId: tree.leaf(index) };
  }

  return {
    origin,
    destination,
    validators,
    tree,
    directory,
    announce,
    checkpointAt,
    now: () => time,
    /** Lets time pass for the relayers. */
    pass(milliseconds: number) {
      time += milliseconds;
    },

    /** Sends one message per body in one block; returns their ids. */
    async dispatch(bodies: readonly Hex[], recipient: Hex = addressToBytes32(destination.recipient)): Promise<Hash[]> {
      const wallet = createWalletClient({ account: deployer, transport: http(origin.anvil.rpcUrl) });
      await origin.client.setAutomine(false);
      let nonce = await origin.client.getTransactionCount({ address: deployer.address });
      const hashes: Hash[] = [];
      for (const body of bodies) {
        const args = [destination.config.domain, recipient, body] as const;
        const data = encodeFunctionData({ abi: mailboxAbi, functionName: "dispatch", args });
        hashes.push(
          await wallet.sendTransaction({
            to: origin.config.mailbox,
            data,
            gas: 200_000n + 20n * BigInt(body.length),
            nonce: nonce++,
            chain: null,
          }),
        );
      }
      await origin.client.mine({ blocks: 1 });
      await origin.client.setAutomine(true);
      const ids: Hash[] = [];
      for (const hash of hashes) {
        const { logs } = await origin.client.waitForTransactionReceipt({ hash });
        const [event] = parseEventLogs({ abi: mailboxAbi, eventName: "DispatchId", logs });
        if (event === undefined) throw new Error("not dispatched");
        ids.push(event.args.messageId);
        tree.append(event.args.messageId);
      }
      return ids;
    },

    /** Has these validators sign the checkpoints at these indices, by default all of both. */
    async sign(who: readonly number[] = validators.map((_, i) => i), indices?: readonly number[]): Promise<void> {
      for (const i of who) {
        const validator = validators[i];
        if (validator === undefined) throw new Error(`no validator ${i}`);
        const { account, storage } = validator;
        const all = indices ?? Array.from({ length: tree.count }, (_, index) => index);
        const signed = await Promise.all(
          all.map(async (index) => {
            const checkpoint = checkpointAt(index);
            const signature = await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
            return { checkpoint, signature };
          }),
        );
        await storage.writeCheckpoints(signed);
        await storage.writeLatestIndex(Math.max(...all));
      }
    },

    /** Deploys a module on the destination and has the recipient there name it. */
    async guard(ism: IsmConfig): Promise<Address> {
      const { core, anvil, config } = destination;
      const by = await createDeployer({ rpcUrl: anvil.rpcUrl, account: deployer });
      const module = await deployIsm({ deployer: by, config: ism, mailbox: config.mailbox, factories: core });
      await destination.call("setInterchainSecurityModule", [module]);
      return module;
    },

    /** Metadata for a message-id module over the message at that index, of as many signatures as are needed. */
    async messageIdMetadata(index: number): Promise<Hex> {
      const signatures = await Promise.all(
        validators.slice(0, threshold).map(async ({ storage }) => (await storage.checkpoint(index))?.signature ?? "0x"),
      );
      return encodeMessageIdMetadata({ ...checkpointAt(index), signatures });
    },

    /** A relayer with the store of that name; one process at a time has it. */
    async startRelayer(
      options: Partial<RelayerOptions> = {},
      {
        name = "relayer",
        account = relayerAccount as LocalAccount,
        client = createChainClient(destination.config),
      } = {},
    ): Promise<TestRelayer> {
      const store = await openStore<RelayerTables & OriginIndexTables>({
        file: join(directory, `${name}.db`),
        migrations: { ...originIndexMigrations, ...relayerMigrations },
      });
      stores.push(store);
      const originClient = createChainClient(origin.config);
      const index = await createOriginIndex({ chain: origin.config, client: originClient, store });
      const events: RelayerEvent[] = [];
      const relayer = createRelayer({
        origins: [{ chain: origin.config, client: originClient, index }],
        destinations: [{ chain: destination.config, client, account }],
        store,
        log: pino({ level: process.env.LOG_LEVEL ?? "silent" }),
        now: () => time,
        random: () => 0.5,
        onEvent: (event) => events.push(event),
        options: { allowLocalStorage: true, tickBudgetMs: 20_000, ...options },
      });
      return { relayer, store, index, events };
    },

    async [Symbol.asyncDispose]() {
      for (const store of stores) await store.close();
      await Promise.all([origin.anvil.stop(), destination.anvil.stop()]);
      rmSync(directory, { recursive: true });
    },
  };
}

export type TestWorld = Awaited<ReturnType<typeof startTestWorld>>;
