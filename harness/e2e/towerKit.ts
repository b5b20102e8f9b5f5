import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import {
  type Address,
  createWalletClient,
  type Hex,
  http,
  keccak256,
  type LocalAccount,
  parseEther,
  toHex,
} from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import {
  type OpenedWatchtower,
  type OpenWatchtowerParameters,
  openWatchtower,
} from "../agents/watchtower/openWatchtower.ts";
import type { WatchtowerOptions } from "../agents/watchtower/options.ts";
import type { OffenceTable } from "../agents/watchtower/schema.ts";
import type { Finality } from "../chains/chainConfig.ts";
import { type LocalChain, localAccounts } from "../chains/localChains.ts";
import { mailboxAbi, merkleTreeHookAbi, validatorAnnounceAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { announcementDigest, type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { createMerkleTree, type MerkleTree } from "../protocol/merkleTree.ts";
import { encodeMessage } from "../protocol/message.ts";
import { encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";
import { checkpointFile } from "../storage/folderReader.ts";
import { signedCheckpointToJson } from "../storage/signedCheckpointJson.ts";
import type { ChainName, World } from "../world/createWorld.ts";
import { control, deploy, write } from "./kit.ts";

/** Nothing is waited for that a test does not wait for. */
const IMPATIENT: Partial<WatchtowerOptions> = {
  allowLocalStorage: true,
  nodeAlertAfterMs: 0,
  prematurePatienceMs: 0,
  clockSkewSeconds: 0,
  retryBaseMs: 0,
};

export type TestTower = OpenedWatchtower & {
  /** Kinds of all alerts so far, sorted. */
  alertKinds(): Promise<string[]>;
  alertTexts(kind: string): Promise<string[]>;
  offences(): Promise<OffenceTable[]>;
  verdicts(): Promise<Record<string, number>>;
};

let towers = 0;

/** A watchtower over both chains of a world, each by its anvil and by `others`, with a store of its own or one that was there. */
export async function openTower(
  world: World,
  parameters: Omit<Partial<OpenWatchtowerParameters>, "chains"> & {
    /** Other nodes. Default: the same anvils by another name. */
    others?: Partial<Record<ChainName, string>>;
    /** All nodes of a chain. */
    nodes?: Partial<Record<ChainName, readonly string[]>>;
    /** They are named first. */
    othersFirst?: boolean;
    validators?: readonly Address[];
    recipients?: readonly Address[];
    verifiers?: readonly Address[];
    quorum?: number;
    stakes?: Partial<Record<ChainName, Address>>;
    /** What it takes for final. Default: every block. */
    finality?: Finality;
  } = {},
): Promise<TestTower> {
  const {
    others = {},
    nodes = {},
    othersFirst = false,
    validators = [],
    recipients = [],
    verifiers = [],
    quorum,
    stakes = {},
    finality,
    ...rest
  } = parameters;
  towers += 1;
  const chains = (["alpha", "beta"] as const).map((name) => {
    const { config } = world.chains[name];
    const chain = finality === undefined ? config : { ...config, finality };
    const other = others[name] ?? chain.rpcUrl.replace("127.0.0.1", "localhost");
    const protects = { recipients, verifiers };
    const rpcUrls = nodes[name] ?? (othersFirst ? [other, chain.rpcUrl] : [chain.rpcUrl, other]);
    const stake = stakes[name];
    return { chain, rpcUrls, validators, protects, ...(quorum !== undefined && { quorum }), ...(stake && { stake }) };
  });
  const tower = await openWatchtower({
    storeFile: join(world.directory, `tower-${towers}.db`),
    log: pino({ level: process.env.CAUSEWAY_LOG_LEVEL ?? "silent" }),
    now: world.now,
    ...rest,
    chains,
    options: { ...IMPATIENT, ...rest.options },
  });
  const { db } = tower.store;
  return {
    ...tower,
    async alertKinds() {
      const rows = await db.selectFrom("tower_alert").select("kind").orderBy("kind").execute();
      return rows.map(({ kind }) => kind);
    },
    async alertTexts(kind) {
      const rows = await db.selectFrom("tower_alert").select("text").where("kind", "=", kind).execute();
      return rows.map(({ text }) => text);
    },
    offences: () => db.selectFrom("tower_offence").selectAll().orderBy("leaf_index").execute(),
    async verdicts() {
      const rows = await db
        .selectFrom("tower_signature")
        .select("verdict")
        .select((select) => select.fn.countAll<number>().as("count"))
        .groupBy("verdict")
        .execute();
      return Object.fromEntries(rows.map(({ verdict, count }) => [verdict, Number(count)]));
    },
  };
}

/** A key with a folder that is announced on alpha, and whoever has it. */
export async function addHostile(world: World, privateKey: Hex = generatePrivateKey()) {
  const account = privateKeyToAccount(privateKey);
  const folder = join(world.directory, `hostile-${account.address}`);
  mkdirSync(folder);

  async function announce(storageLocation: string, chain: ChainName = "alpha"): Promise<void> {
    const { config } = world.chains[chain];
    const digest = announcementDigest({ origin: config.domain, mailbox: config.mailbox, storageLocation });
    const signature = await account.signMessage({ message: { raw: digest } });
    await write(world.chains[chain], {
      address: config.validatorAnnounce,
      abi: validatorAnnounceAbi as never,
      functionName: "announce",
      args: [account.address, storageLocation, signature],
    });
  }
  await announce(`file://${folder}`);

  return {
    account,
    address: account.address.toLowerCase() as Address,
    folder,
    announce,
    file: (index: number) => join(folder, checkpointFile(index)),
    /** Deletes all that it published. */
    clear(): void {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    },
    /** Publishes a checkpoint under an index, whatever it is. */
    publish: (checkpoint: Checkpoint, index?: number) => publish(account, folder, checkpoint, index),
  };
}

/** Signs a checkpoint, whatever it is, and puts it into a folder under an index. */
export async function publish(
  account: LocalAccount,
  folder: string,
  checkpoint: Checkpoint,
  index = checkpoint.index,
): Promise<void> {
  const signature = await account.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
  writeFileSync(join(folder, checkpointFile(index)), signedCheckpointToJson({ checkpoint, signature }));
}

export type Hostile = Awaited<ReturnType<typeof addHostile>>;

/** The tree of a chain, from its events. */
export async function treeOf(world: World, name: ChainName = "alpha"): Promise<MerkleTree> {
  const { merkleTreeHook } = world.chains[name].config;
  const events = await control(world.chains[name]).getContractEvents({
    address: merkleTreeHook,
    abi: merkleTreeHookAbi,
    eventName: "InsertedIntoTree",
    fromBlock: 0n,
    strict: true,
  });
  const tree = createMerkleTree();
  for (const { args } of events) tree.append(args.messageId);
  return tree;
}

/** What an honest validator of alpha signs for an index. */
export async function honestCheckpoint(world: World, index: number): Promise<Checkpoint> {
  const { domain, merkleTreeHook } = world.chains.alpha.config;
  const tree = await treeOf(world);
  return { origin: domain, merkleTreeHook, index, root: tree.root(index + 1), messageId: tree.leaf(index) };
}

/** A message from alpha that was never sent, and the metadata with which the default module of beta takes it. */
export async function forgeMessage(world: World, changes: { recipient?: Address; index?: number; body?: Hex } = {}) {
  const { alpha, beta } = world.chains;
  const index = changes.index ?? (await treeOf(world)).count + 1_000;
  const message = encodeMessage({
    version: 3,
    nonce: index,
    origin: alpha.config.domain,
    sender: addressToBytes32(localAccounts.sender.address.toLowerCase() as Address),
    destination: beta.config.domain,
    recipient: addressToBytes32(changes.recipient ?? beta.config.testRecipient),
    body: changes.body ?? toHex(`forged ${index} ${Math.random()}`),
  });
  const id = keccak256(message);
  const { domain: origin, merkleTreeHook } = alpha.config;
  const checkpoint: Checkpoint = { origin, merkleTreeHook, index, root: keccak256(id), messageId: id };
  const raw = checkpointDigest(checkpoint);
  const signers = alpha.validators.slice(0, 2);
  const signatures = await Promise.all(signers.map((signer) => signer.signMessage({ message: { raw } })));
  const metadata = encodeMessageIdMetadata({ ...checkpoint, signatures });
  return { id, message, checkpoint, metadata, signers: signers.map(({ address }) => address.toLowerCase() as Address) };
}

/** Delivers on beta whatever its modules take. */
export async function deliver(world: World, { metadata, message }: { metadata: Hex; message: Hex }): Promise<void> {
  const { mailbox } = world.chains.beta.config;
  await write(world.chains.beta, {
    address: mailbox,
    abi: mailboxAbi as never,
    functionName: "process",
    args: [metadata, message],
  });
}

/** Has a contract make a call on beta, in a transaction whose calldata does not show it. */
export async function callHidden(world: World, to: Address, data: Hex): Promise<void> {
  const { beta } = world.chains;
  const hidden = await deploy(beta, "ReentrantCaller");
  await write(beta, { ...hidden, functionName: "plan", args: [to, data] });
  const wallet = createWalletClient({ account: localAccounts.deployer, transport: http(beta.config.rpcUrl) });
  const hash = await wallet.sendTransaction({ to: hidden.address, gas: 3_000_000n, chain: null });
  await control(beta).waitForTransactionReceipt({ hash });
}

/** A rich account that nobody else uses. */
export async function newAccount(world: World) {
  const account = privateKeyToAccount(generatePrivateKey());
  for (const chain of [world.chains.alpha, world.chains.beta]) {
    await control(chain).setBalance({ address: account.address, value: parseEther("10") });
  }
  return account;
}

/** What a tower's final transactions on a chain have cost. */
export async function spentBy(tower: TestTower, chain: LocalChain): Promise<bigint> {
  const sent = await tower.store.db
    .selectFrom("tower_transaction")
    .select("hash")
    .where("chain", "=", chain.config.domain)
    .where("state", "=", "final")
    .execute();
  const receipts = await Promise.all(sent.map(({ hash }) => control(chain).getTransactionReceipt({ hash })));
  return receipts.reduce((sum, { gasUsed, effectiveGasPrice }) => sum + gasUsed * effectiveGasPrice, 0n);
}

/** Time passes on both chains; one of them goes on, with blocks at the end. */
export async function passTime(world: World, name: ChainName, seconds: number, blocks = 1): Promise<void> {
  for (const chain of [world.chains.alpha, world.chains.beta]) await control(chain).increaseTime({ seconds });
  await control(world.chains[name]).mine({ blocks });
}

/** Ticks until the condition holds. @throws Error when it never does */
export async function eventually(tower: TestTower, condition: () => Promise<boolean>, ticks = 30): Promise<void> {
  for (let i = 0; i < ticks; i++) {
    if (await condition()) return;
    await tower.tick();
  }
  if (!(await condition())) throw new Error(`not after ${ticks} ticks; alerts: ${await tower.alertKinds()}`);
}
