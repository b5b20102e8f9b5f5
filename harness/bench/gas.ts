// npm run bench:gas: what the protocol costs, as a Markdown table. Each figure is `gasUsed` of an anvil receipt (hardfork prague),
// one transaction per block so that all storage is cold, 32-byte bodies, a recipient that does nothing, and the signers
// that stand last in the set, which is the dearest order.
import {
  type Abi,
  type Address,
  createTestClient,
  type Hex,
  http,
  keccak256,
  parseEventLogs,
  publicActions,
  toHex,
  walletActions,
} from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { startAnvil } from "../chains/anvil.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { readArtifact } from "../contracts/artifact.ts";
import { deployCore, type IsmKind } from "../contracts/deployCore.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { checkpointDigest } from "../protocol/checkpoint.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { messageId } from "../protocol/message.ts";
import { encodeMerkleRootMetadata, encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";

const ORIGIN = 1000;
const DESTINATION = 2000;
const WARM_UP = 32;
const SAMPLES = 32;

/** Threshold, number of validators, and the goal for each kind of multisig. */
const QUORUMS = [
  { m: 1, n: 1, goal: { "message-id": 70_000, "merkle-root": 95_000 } },
  { m: 2, n: 3, goal: { "message-id": 75_000, "merkle-root": 99_000 } },
  { m: 5, n: 9, goal: { "message-id": 89_000, "merkle-root": 113_000 } },
  { m: 9, n: 16, goal: { "message-id": 108_000, "merkle-root": 132_000 } },
  { m: 13, n: 19, goal: { "message-id": 127_000, "merkle-root": 151_000 } },
] as const;

type Row = { operation: string; gas: number; goal: number };

const account = mnemonicToAccount("test test test test test test test test test test test junk");
const validators = Array.from({ length: 19 }, (_, i) => privateKeyToAccount(keccak256(toHex(`validator ${i}`))));

async function startChain(domain: number) {
  const anvil = await startAnvil({ chainId: domain });
  const client = createTestClient({ account, mode: "anvil", transport: http(anvil.rpcUrl), pollingInterval: 10 })
    .extend(publicActions)
    .extend(walletActions);
  const set = { validators: validators.slice(0, 3).map((v) => v.address), threshold: 2 };
  const core = await deployCore({ rpcUrl: anvil.rpcUrl, account, set, development: true });
  return { anvil, client, core };
}
type Chain = Awaited<ReturnType<typeof startChain>>;

/** Sends one call in a block of its own. */
async function call(chain: Chain, address: Address, abi: Abi, functionName: string, args: readonly unknown[]) {
  const hash = await chain.client.writeContract({ chain: null, address, abi, functionName, args });
  const receipt = await chain.client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`${functionName} was reverted: ${hash}`);
  return receipt;
}

async function dispatch(origin: Chain, recipient: Address, i: number) {
  const body = keccak256(toHex(`body ${i}`));
  const args = [DESTINATION, addressToBytes32(recipient), body];
  const receipt = await call(origin, origin.core.mailbox, mailboxAbi, "dispatch", args);
  const [event] = parseEventLogs({ abi: mailboxAbi, logs: receipt.logs, eventName: "Dispatch" });
  if (event === undefined) throw new Error("no Dispatch event");
  return { message: event.args.message, gas: Number(receipt.gasUsed) };
}

await using origin = disposable(await startChain(ORIGIN));
await using destination = disposable(await startChain(DESTINATION));
const { abi, bytecode } = readArtifact("PlainRecipient");
const deployed = await destination.client.deployContract({ chain: null, abi, bytecode });
const { contractAddress: recipient } = await destination.client.waitForTransactionReceipt({ hash: deployed });
if (recipient == null) throw new Error("the recipient was not created");

const tree = createMerkleTree();
const messages: Hex[] = [];
const costs: number[] = [];
for (let i = 0; i < WARM_UP + SAMPLES; i++) {
  const { message, gas } = await dispatch(origin, recipient, i);
  tree.append(messageId(message));
  messages.push(message);
  if (i >= WARM_UP) costs.push(gas);
}
const rows: Row[] = [
  { operation: "dispatch, tree, nothing else", gas: costs.reduce((a, b) => a + b) / costs.length, goal: 47_000 },
];

let next = 0;
for (const kind of ["message-id", "merkle-root"] as const) {
  for (const { m, n, goal } of QUORUMS) {
    const gas = await process(kind, m, n, next++);
    rows.push({ operation: `process, ${kind} multisig ${m}/${n}`, gas, goal: goal[kind] });
  }
}
print(rows);

/** Delivers message `index` through a module of the given kind and size; the gas of the delivery. */
async function process(kind: IsmKind, m: number, n: number, index: number): Promise<number> {
  const set = validators.slice(0, n);
  const factory = kind === "message-id" ? "StaticMessageIdMultisigIsmFactory" : "StaticMerkleRootMultisigIsmFactory";
  const at =
    kind === "message-id"
      ? destination.core.messageIdMultisigIsmFactory
      : destination.core.merkleRootMultisigIsmFactory;
  const factoryAbi = readArtifact(factory).abi;
  const args = [set.map((v) => v.address), m];
  await call(destination, at, factoryAbi, "deploy", args);
  const ism = await destination.client.readContract({ address: at, abi: factoryAbi, functionName: "getAddress", args });
  await call(destination, destination.core.mailbox, mailboxAbi, "setDefaultIsm", [ism]);

  const message = messages[index] ?? "0x";
  const merkleTreeHook = origin.core.merkleTreeHook;
  const signedIndex = kind === "message-id" ? index : tree.count - 1;
  const signedMessageId = tree.leaf(signedIndex);
  const root = tree.root(signedIndex + 1);
  const digest = checkpointDigest({
    origin: ORIGIN,
    merkleTreeHook,
    root,
    index: signedIndex,
    messageId: signedMessageId,
  });
  const signatures = await Promise.all(set.slice(n - m).map((v) => v.signMessage({ message: { raw: digest } })));
  const metadata =
    kind === "message-id"
      ? encodeMessageIdMetadata({ merkleTreeHook, root, index, signatures })
      : encodeMerkleRootMetadata({
          merkleTreeHook,
          messageIndex: index,
          signedMessageId,
          proof: tree.proof(index),
          signedIndex,
          signatures,
        });
  const receipt = await call(destination, destination.core.mailbox, mailboxAbi, "process", [metadata, message]);
  return Number(receipt.gasUsed);
}

/** A chain that stops its anvil when the benchmark ends. */
function disposable(chain: Chain) {
  return { ...chain, [Symbol.asyncDispose]: () => chain.anvil.stop() };
}

function print(table: readonly Row[]): void {
  const figure = (gas: number) => Math.round(gas).toLocaleString("en-US");
  console.log("| operation | gas | goal | |\n|---|---:|---:|---|");
  for (const { operation, gas, goal } of table) {
    console.log(`| ${operation} | ${figure(gas)} | ${figure(goal)} | ${gas <= goal ? "met" : "missed"} |`);
  }
}
