import {
  type Abi,
  type Address,
  createTestClient,
  createWalletClient,
  type Hash,
  type Hex,
  http,
  publicActions,
} from "viem";
import { expect } from "vitest";
import { getMessage, type MessageStatus } from "../agents/relayer/messageStatus.ts";
import { type LocalChain, localAccounts } from "../chains/localChains.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { readArtifact } from "../contracts/artifact.ts";
import { encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";
import type { SignedCheckpoint } from "../storage/checkpointStorage.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createFolderReader } from "../storage/folderReader.ts";
import { CHAIN_NAMES, type ChainName, type World } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";

const testRecipientAbi = readArtifact("TestRecipient").abi;

/** The power over a chain's node: its blocks, its clock, its accounts' code. */
export function control({ config }: LocalChain) {
  return createTestClient({
    mode: "anvil",
    transport: http(config.rpcUrl),
    cacheTime: 0,
    pollingInterval: 20,
  }).extend(publicActions);
}

/** Creates a compiled contract, as the deployer. */
export async function deploy(chain: LocalChain, name: string, args: readonly unknown[] = []) {
  const { abi, bytecode } = readArtifact(name);
  const wallet = createWalletClient({ account: localAccounts.deployer, transport: http(chain.config.rpcUrl) });
  const hash = await wallet.deployContract({ abi, bytecode, args, chain: null });
  const { contractAddress } = await control(chain).waitForTransactionReceipt({ hash });
  if (contractAddress == null) throw new Error(`${name} was not created`);
  return { abi, address: contractAddress };
}

/** Calls a contract as the deployer. @throws Error when it reverts */
export async function write(
  chain: LocalChain,
  call: { address: Address; abi: Abi; functionName: string; args?: readonly unknown[]; value?: bigint },
): Promise<void> {
  const wallet = createWalletClient({ account: localAccounts.deployer, transport: http(chain.config.rpcUrl) });
  const hash = await wallet.writeContract({ ...call, chain: null });
  const { status } = await control(chain).waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error(`${call.functionName} was reverted`);
}

/** The test recipient of a chain, or another instance of it. */
export function recipientOn(chain: LocalChain, address: Address = chain.config.testRecipient) {
  const client = control(chain);
  const contract = { address, abi: testRecipientAbi };
  const read = (functionName: string) => client.readContract({ ...contract, functionName });
  return {
    address,
    /** What it has seen: how many messages, and the last one. */
    async view(): Promise<{ received: unknown; lastSender: unknown; lastData: unknown }> {
      const [received, lastSender, lastData] = await Promise.all(["received", "lastSender", "lastData"].map(read));
      return { received, lastSender, lastData };
    },
    setRefuses: (refuses: boolean) => write(chain, { ...contract, functionName: "setRefuses", args: [refuses] }),
    setModule: (module: Address) =>
      write(chain, { ...contract, functionName: "setInterchainSecurityModule", args: [module] }),
  };
}

/** The messages that a chain has processed, in order. */
export async function processed(chain: LocalChain): Promise<Hash[]> {
  const events = await control(chain).getContractEvents({
    address: chain.config.mailbox,
    abi: mailboxAbi,
    eventName: "ProcessId",
    fromBlock: 0n,
    strict: true,
  });
  return events.map(({ args }) => args.messageId);
}

/** Transactions that an account has sent and paid for. */
export function transactionCount(chain: LocalChain, address: Address = localAccounts.relayer.address): Promise<number> {
  return control(chain).getTransactionCount({ address });
}

/** Every message was delivered exactly once, nothing else was, and the relayer paid for nothing else. */
export async function expectEachPaidOnce(
  world: Pick<World, "chains">,
  expected: Record<ChainName, readonly { id: Hash }[]>,
): Promise<void> {
  for (const name of CHAIN_NAMES) {
    const chain = world.chains[name];
    const ids = expected[name].map(({ id }) => id);
    expect((await processed(chain)).sort()).toEqual(ids.sort());
    expect(await transactionCount(chain)).toBe(ids.length);
  }
}

/** What the relayer knows of a message. @throws Error when it knows nothing */
export async function statusOf(world: Pick<World, "relayer">, id: Hash): Promise<MessageStatus> {
  const found = await getMessage(world.relayer.store.db, id);
  if (found === undefined) throw new Error(`the relayer does not know ${id}`);
  return found.message;
}

/** Bytes of which no two messages have the same. */
export function bodies(count: number, from = 0): { body: Hex }[] {
  return Array.from({ length: count }, (_, i) => ({ body: `0x${(from + i).toString(16).padStart(8, "0")}` }));
}

/** What a validator has published for an index. @throws Error when it has nothing there */
export async function publishedBy(validator: { location: string }, index: number): Promise<SignedCheckpoint> {
  const reader = createFolderReader({ directory: locationToFolder(validator.location) });
  const signed = await reader.checkpoint(index);
  if (signed === undefined) throw new Error(`${validator.location} has no signature for index ${index}`);
  return signed;
}

/** The sender delivers a message from alpha to beta by hand, with the signatures of two validators. */
export async function deliverByHand(world: World, { message, index }: Pick<Sent, "message" | "index">): Promise<void> {
  const { beta } = world.chains;
  const two = world.validators.filter(({ chain }) => chain === "alpha").slice(0, 2);
  const published = await Promise.all(two.map((validator) => publishedBy(validator, index)));
  const checkpoint = published[0]?.checkpoint ?? expect.unreachable();
  const metadata = encodeMessageIdMetadata({ ...checkpoint, signatures: published.map(({ signature }) => signature) });
  const wallet = createWalletClient({ account: localAccounts.sender, transport: http(beta.config.rpcUrl) });
  const hash = await wallet.writeContract({
    chain: null,
    address: beta.config.mailbox,
    abi: mailboxAbi,
    functionName: "process",
    args: [metadata, message],
  });
  expect((await control(beta).waitForTransactionReceipt({ hash })).status).toBe("success");
}
