// npm run bench:gas: what the protocol costs, as a Markdown table. Each figure is `gasUsed` of an anvil receipt (hardfork prague),
// one transaction per block so that all storage is cold, 32-byte bodies, a recipient that does nothing, and the signers
// that stand last in the set, which is the dearest order. Messages of the modules that read an amount have a body of 64 bytes.
import { writeFileSync } from "node:fs";
import { type Address, concat, type Hex, keccak256, parseEventLogs, type TransactionReceipt, toHex } from "viem";
import { gasPaymasterAbi, mailboxAbi, optimisticIsmAbi } from "../contracts/abi.ts";
import type { IsmKind } from "../contracts/deployCore.ts";
import { createDeployer } from "../contracts/deployer.ts";
import { deployIsm } from "../ism/deployIsm.ts";
import type { IsmConfig } from "../ism/ismConfig.ts";
import { addressToBytes32 } from "../protocol/address.ts";
import { encodeAggregationMetadata } from "../protocol/aggregationMetadata.ts";
import { attestationDigest } from "../protocol/attestation.ts";
import { checkpointDigest } from "../protocol/checkpoint.ts";
import { createMerkleTree } from "../protocol/merkleTree.ts";
import { messageId } from "../protocol/message.ts";
import { encodeMerkleRootMetadata, encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";
import { accountRows, transferRemote } from "./applicationRows.ts";
import { batchOf } from "./batchGas.ts";
import { account, call, startChain, validators } from "./benchChain.ts";
import { formatRows, type Row } from "./gasTable.ts";
import { measurePeer, type Proven } from "./peer/measurePeer.ts";

const ORIGIN = 1000;
const DESTINATION = 2000;
const WARM_UP = 32;
const SAMPLES = 32;
/** Messages with the body of a token transfer. */
const TRANSFERS = 2;

const TABLE_HEAD = `# Gas

Written by \`npm run bench:gas:peer\`: \`gasUsed\` of anvil receipts (hardfork prague), one transaction per block, 32-byte bodies, a recipient whose code is
STOP, the signers that stand last in the set. "Peer" is the published bytecode of the npm package @hyperlane-xyz/core 12.1.0, in the same run on the same
anvils, behind proxies as in production; it has no batches, its column there is its single delivery. "Floor" counts only what can not be avoided: 21,000,
calldata, storage, logs, cold accounts, ecrecover.
`;

/** Threshold, number of validators, and for each kind of multisig the goal and the floor: what can not be avoided. */
const QUORUMS = [
  {
    m: 1,
    n: 1,
    goal: { "message-id": 70_000, "merkle-root": 95_000 },
    floor: { "message-id": 63_300, "merkle-root": 80_700 },
  },
  {
    m: 2,
    n: 3,
    goal: { "message-id": 75_000, "merkle-root": 99_000 },
    floor: { "message-id": 67_500, "merkle-root": 84_800 },
  },
  {
    m: 5,
    n: 9,
    goal: { "message-id": 89_000, "merkle-root": 113_000 },
    floor: { "message-id": 79_900, "merkle-root": 97_200 },
  },
  {
    m: 9,
    n: 16,
    goal: { "message-id": 108_000, "merkle-root": 132_000 },
    floor: { "message-id": 96_400, "merkle-root": 113_700 },
  },
  {
    m: 13,
    n: 19,
    goal: { "message-id": 127_000, "merkle-root": 151_000 },
    floor: { "message-id": 112_900, "merkle-root": 130_300 },
  },
] as const;

async function dispatch(body: Hex, value = 0n, to = recipient) {
  const args = [DESTINATION, addressToBytes32(to), body];
  const receipt = await call(origin, origin.core.mailbox, mailboxAbi, "dispatch", args, value);
  return note(receipt);
}

/** Keeps the message that a transaction dispatched; returns what it cost. */
function note(receipt: TransactionReceipt): number {
  const [event] = parseEventLogs({ abi: mailboxAbi, logs: receipt.logs, eventName: "Dispatch" });
  if (event === undefined) throw new Error("no Dispatch event");
  tree.append(messageId(event.args.message));
  messages.push(event.args.message);
  return Number(receipt.gasUsed);
}

await using origin = await startChain(ORIGIN);
await using destination = await startChain(DESTINATION);
// Its code is STOP, as in test/gas: it takes any message, names no module, and costs nothing.
const deployed = await destination.client.sendTransaction({ chain: null, data: "0x60015ff3" });
const { contractAddress } = await destination.client.waitForTransactionReceipt({ hash: deployed });
if (contractAddress == null) throw new Error("the recipient was not created");
const recipient: Address = contractAddress;

const tree = createMerkleTree();
const messages: Hex[] = [];
for (let i = 0; i < WARM_UP; i++) await dispatch(keccak256(toHex(`body ${i}`)));
const plainDispatch = await meanDispatch();
let next = 0;
let nextTransfer = messages.length;
for (let i = 0; i < TRANSFERS; i++) await dispatch(concat([keccak256("0x"), toHex(1n, { size: 32 })]));
const rows: Row[] = [
  { operation: "dispatch, tree, nothing else", gas: plainDispatch, goal: 47_000, floor: 42_800 },
  ...(await paymentRows()),
];

const proven: Proven[] = [];
for (const kind of ["message-id", "merkle-root"] as const) {
  for (const { m, n, goal, floor } of QUORUMS) {
    const operation = `process, ${kind} multisig ${m}/${n}`;
    const message = messages[next] ?? "0x";
    const metadata = await signed(kind, m, n, next);
    const gas = await deliver(multisig(kind, m, n), async () => metadata);
    rows.push({ operation, gas, goal: goal[kind], floor: floor[kind] });
    const set = validators.slice(0, n).map((v) => v.address);
    proven.push({ operation, kind, set, threshold: m, metadata, message });
  }
}
rows.push(...(await batchRows()));
for (const { operation, config, metadata, transfer } of moduleCases()) {
  rows.push({ operation: `process, ${operation}`, gas: await deliver(config, metadata, transfer) });
}
rows.push(...(await optimisticRows()));
const send = async (body: Hex, to: Address) => {
  await dispatch(body, 0n, to);
  return messages.at(-1) ?? "0x";
};
rows.push(...(await accountRows(destination, { origin: ORIGIN, send })));
if (process.argv.includes("--peer")) await compare();
console.log(formatRows(rows));

/** Measures the same on the contracts that the ecosystem publishes, and keeps the table. */
async function compare(): Promise<void> {
  const domains = { origin: ORIGIN, destination: DESTINATION };
  const found = await measurePeer({ origin, destination, domains, recipient, proven });
  for (const row of rows) {
    const gas = found.get(row.peerOperation ?? row.operation);
    if (gas !== undefined) row.peer = gas;
  }
  const file = new URL("../../docs/gas.md", import.meta.url);
  writeFileSync(file, `${TABLE_HEAD}\n${formatRows(rows)}\n`);
}

/** Batches, each with the smallest and the largest quorum; the peer has none, and delivers one by one. */
async function batchRows(): Promise<Row[]> {
  const found: Row[] = [];
  for (const [what, step] of [
    ["neighbouring", () => 1],
    ["spread over 1,024 leaves", (count: number) => Math.floor(1_016 / count)],
  ] as const) {
    for (const count of [10, 50]) {
      for (const { m, n } of [QUORUMS[1], QUORUMS[4]]) {
        await guard(multisig("merkle-root", m, n));
        const args = await batchOf({
          count,
          step: step(count),
          origin: ORIGIN,
          destination: DESTINATION,
          recipient,
          merkleTreeHook: origin.core.merkleTreeHook,
          signers: validators.slice(n - m, n),
        });
        const receipt = await call(destination, destination.core.mailbox, mailboxAbi, "processBatch", args);
        found.push({
          operation: `process a batch of ${count} ${what}, ${m}/${n}, each`,
          peerOperation: `process, message-id multisig ${m}/${n}`,
          gas: Number(receipt.gasUsed) / count,
          goal: step(count) === 1 ? (count === 10 ? 44_000 : 34_000) : count === 10 ? 49_000 : 38_000,
          ...(count === 50 && m === 2 && step(count) === 1 && { floor: 28_300 }),
        });
      }
    }
  }
  return found;
}

/** Dispatches as many messages as even out what the tree writes for each. */
async function meanDispatch(value = 0n): Promise<number> {
  let total = 0;
  for (let i = 0; i < SAMPLES; i++) total += await dispatch(keccak256(toHex(`body ${messages.length}`)), value);
  return total / SAMPLES;
}

/** What is paid on the origin. Afterwards nothing is. */
async function paymentRows(): Promise<Row[]> {
  const { mailbox, merkleTreeHook } = origin.core;
  const owner = account.address;
  const deployer = await createDeployer({ rpcUrl: origin.anvil.rpcUrl, account });

  const fee = await deployer.create("ProtocolFee", [10n ** 18n, 0n, owner, owner]);
  await call(origin, mailbox, mailboxAbi, "setRequiredHook", [fee.address]);
  const withProtocolFee = await meanDispatch();
  await call(origin, mailbox, mailboxAbi, "setRequiredHook", [merkleTreeHook]);

  const { address } = await deployer.create("InterchainGasPaymaster", [mailbox, owner, owner, owner]);
  const config = { remoteDomain: DESTINATION, config: { gasOracle: address, gasOverhead: 75_000n } };
  const prices = { remoteDomain: DESTINATION, tokenExchangeRate: 10n ** 10n, gasPrice: 7n * 10n ** 9n };
  await call(origin, address, gasPaymasterAbi, "setDestinationGasConfigs", [[config]]);
  await call(origin, address, gasPaymasterAbi, "setRemoteGasData", [prices]);
  const gasLimit = 125_000n; // of a dispatch that says nothing: 50,000 and the overhead
  const payment = gasLimit * prices.gasPrice;
  await call(origin, mailbox, mailboxAbi, "setDefaultHook", [address]);
  const withPayment = await meanDispatch(payment);
  const transfers = { domain: DESTINATION, router: recipient, times: SAMPLES, gas: 50_000n, value: payment };
  const transferred = (await transferRemote(origin, transfers)).map(note).reduce((sum, gas) => sum + gas) / SAMPLES;
  await call(origin, mailbox, mailboxAbi, "setDefaultHook", [merkleTreeHook]);
  const args = [tree.leaf(0), DESTINATION, gasLimit, owner];
  const paid = await call(origin, address, gasPaymasterAbi, "payForGas", args, payment);
  return [
    { operation: "dispatch + protocol fee hook at 0", gas: withProtocolFee, goal: 56_500, floor: 51_000 },
    { operation: "dispatch + gas payment (exact)", gas: withPayment, goal: 65_000, floor: 57_000 },
    { operation: "pay for gas (exact)", gas: Number(paid.gasUsed), goal: 27_500, floor: 26_400 },
    { operation: "token route transferRemote (synthetic, tree + gas payment)", gas: transferred, goal: 94_000 },
  ];
}

type ModuleCase = {
  operation: string;
  config: IsmConfig;
  metadata: (index: number) => Promise<Hex>;
  /** It reads an amount. */
  transfer?: true;
};

/** The other modules, each with the smallest real quorum below it where it has modules below. */
function moduleCases(): ModuleCase[] {
  const owner = account.address;
  const twoOfThree = multisig("message-id", 2, 3);
  const quorum = (index: number) => signed("message-id", 2, 3, index);
  const rooted = (index: number) => signed("merkle-root", 2, 3, index);
  const addresses = validators.slice(0, 3).map((v) => v.address);
  const weighted = { validators: addresses.map((address) => ({ address, weight: 1n })), thresholdWeight: 2n };
  const stored = { owner, validators: addresses, threshold: 2 };
  const beside = (module: IsmConfig): IsmConfig => ({
    type: "staticAggregationIsm",
    modules: [twoOfThree, module],
    threshold: 2,
  });
  const both = async (index: number) => encodeAggregationMetadata([await quorum(index), "0x"]);
  const domains = { [ORIGIN]: twoOfThree };
  const amounts = { type: "amountRoutingIsm", lowerIsm: twoOfThree, upperIsm: multisig("message-id", 3, 3) } as const;
  const limit = { type: "rateLimitedIsm", owner, maxCapacity: 2n ** 128n - 1n, duration: 3600n, recipient } as const;
  return [
    {
      operation: "weighted message-id 2/3",
      config: { type: "weightedMessageIdMultisigIsm", ...weighted },
      metadata: quorum,
    },
    {
      operation: "weighted merkle-root 2/3",
      config: { type: "weightedMerkleRootMultisigIsm", ...weighted },
      metadata: rooted,
    },
    {
      operation: "stored message-id 2/3",
      config: { type: "storageMessageIdMultisigIsm", ...stored },
      metadata: quorum,
    },
    {
      operation: "stored merkle-root 2/3",
      config: { type: "storageMerkleRootMultisigIsm", ...stored },
      metadata: rooted,
    },
    {
      operation: "aggregation 2/2 of message-id 2/3 and merkle-root 2/3",
      config: beside(multisig("merkle-root", 2, 3)),
      metadata: async (index) => encodeAggregationMetadata([await quorum(index), await rooted(index)]),
    },
    {
      operation: "the same, stored",
      config: {
        type: "storageAggregationIsm",
        owner,
        modules: [twoOfThree, multisig("merkle-root", 2, 3)],
        threshold: 2,
      },
      metadata: async (index) => encodeAggregationMetadata([await quorum(index), await rooted(index)]),
    },
    {
      operation: "routing by domain to message-id 2/3",
      config: { type: "domainRoutingIsm", owner, domains },
      metadata: quorum,
    },
    {
      operation: "routing with fallback to message-id 2/3",
      config: { type: "defaultFallbackRoutingIsm", owner, domains },
      metadata: quorum,
    },
    {
      operation: "routing by amount to message-id 2/3",
      config: { ...amounts, threshold: 2n ** 255n },
      metadata: quorum,
      transfer: true,
    },
    { operation: "pausable beside message-id 2/3", config: beside({ type: "pausableIsm", owner }), metadata: both },
    {
      operation: "trusted relayer beside message-id 2/3",
      config: beside({ type: "trustedRelayerIsm", relayer: owner }),
      metadata: both,
    },
    { operation: "rate limited beside message-id 2/3", config: beside(limit), metadata: both, transfer: true },
    {
      operation: "CCIP-read by an attester",
      config: { type: "attestationCcipReadIsm", owner, urls: ["https://gateway.example"], attester: owner },
      metadata: (index) => account.signMessage({ message: { raw: attestationDigest(tree.leaf(index)) } }),
    },
    { operation: "no-op", config: { type: "noopIsm" }, metadata: async () => "0x" },
  ];
}

function multisig(kind: IsmKind, m: number, n: number): IsmConfig {
  const type = kind === "message-id" ? "messageIdMultisigIsm" : "merkleRootMultisigIsm";
  return { type, validators: validators.slice(0, n).map((v) => v.address), threshold: m };
}

/** Metadata of a multisig whose last validators sign. */
async function signed(kind: IsmKind, m: number, n: number, index: number): Promise<Hex> {
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
  const signers = validators.slice(n - m, n);
  const signatures = await Promise.all(signers.map((v) => v.signMessage({ message: { raw: digest } })));
  if (kind === "message-id") return encodeMessageIdMetadata({ merkleTreeHook, root, index, signatures });
  return encodeMerkleRootMetadata({
    merkleTreeHook,
    messageIndex: index,
    signedMessageId,
    proof: tree.proof(index),
    signedIndex,
    signatures,
  });
}

/** Delivers the next message through a module; the gas of the delivery. */
async function deliver(
  config: IsmConfig,
  metadata: (index: number) => Promise<Hex>,
  transfer = false,
): Promise<number> {
  await guard(config);
  const index = transfer ? nextTransfer++ : next++;
  const args = [await metadata(index), messages[index] ?? "0x"];
  const receipt = await call(destination, destination.core.mailbox, mailboxAbi, "process", args);
  return Number(receipt.gasUsed);
}

/** Has the recipient guarded by a module. */
async function guard(config: IsmConfig): Promise<Address> {
  const { rpcUrl } = destination.anvil;
  const { mailbox } = destination.core;
  const deployer = await createDeployer({ rpcUrl, account });
  const ism = await deployIsm({ deployer, config, mailbox, factories: destination.core });
  await call(destination, mailbox, mailboxAbi, "setDefaultIsm", [ism]);
  return ism;
}

/** The two transactions of a message whose module wants it pre-verified. */
async function optimisticRows(): Promise<Row[]> {
  const watchers = validators.slice(0, 3).map((v) => v.address);
  const fraudWindow = 1_800;
  const submodule = multisig("message-id", 2, 3);
  const owner = account.address;
  const ism = await guard({ type: "optimisticIsm", owner, submodule, fraudWindow, watchers, threshold: 2 });
  const index = next++;
  const message = messages[index] ?? "0x";
  const args = [await signed("message-id", 2, 3, index), message];
  const prepared = await call(destination, ism, optimisticIsmAbi, "preVerify", args);
  await destination.client.increaseTime({ seconds: fraudWindow });
  const delivered = await call(destination, destination.core.mailbox, mailboxAbi, "process", ["0x", message]);
  return [
    { operation: "preVerify, optimistic over message-id 2/3", gas: Number(prepared.gasUsed) },
    { operation: "process, optimistic, pre-verified", gas: Number(delivered.gasUsed) },
  ];
}
