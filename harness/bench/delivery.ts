// npm run bench:delivery: how fast 1,000 messages are delivered, 2-of-3 message-id multisig, blocks of one second and 30M gas. First the
// ceiling of single deliveries: `process` transactions signed beforehand and given to the node as fast as it takes them, without any
// relayer. Then, on the same chain set back, a relayer that delivers together. Seconds are from the first transaction, or the
// relayer's start, to the block of the last delivery; every message is looked for in the end.
import { createTestClient, encodeFunctionData, type Hash, type Hex, http, publicActions, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { batchOptionsSchema } from "../agents/relayer/batch/batchOptions.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { encodeMessageIdMetadata } from "../protocol/multisigMetadata.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createFolderReader } from "../storage/folderReader.ts";
import { createWorld } from "../world/createWorld.ts";

const COUNT = Number(process.argv[2] ?? 1_000);
const GAS = 250_000n;
const AT_ONCE = 100;
const PATIENCE_MS = 120_000;

const batch = batchOptionsSchema.parse({});
await using world = await createWorld({
  blockTime: 1,
  relayerOptions: { batch, pollIntervalMs: 200, concurrency: 128 },
});
const { beta } = world.chains;
const sent = await world.sendMany(
  "alpha",
  Array.from({ length: COUNT }, (_, i) => ({ body: toHex(i, { size: 32 }) })),
);
const signers = world.validators.filter(({ chain }) => chain === "alpha");
const readers = signers
  .slice(0, 2)
  .map(({ location }) => createFolderReader({ directory: locationToFolder(location) }));
while (
  (await readers[1]?.checkpoint(COUNT - 1)) === undefined ||
  (await readers[0]?.checkpoint(COUNT - 1)) === undefined
) {
  await Promise.all(signers.map((validator) => validator.tick()));
}
const client = createTestClient({
  mode: "anvil",
  transport: http(beta.config.rpcUrl, { batch: { batchSize: AT_ONCE }, timeout: 60_000 }),
  cacheTime: 0,
  pollingInterval: 50,
}).extend(publicActions);
const start = await client.snapshot();

const single = await timed("single `process`, signed beforehand", await rawTransactions());
await client.revert({ id: start });
await client.setIntervalMining({ interval: 1 });
const together = await timed("a relayer, together", undefined);
const ratio = (single / together).toFixed(2);
console.log(`\ndelivered together in 1/${ratio} of the time of the single-process ceiling`);

/** Gives these to the node, or has the relayer deliver; seconds until all messages are delivered. */
async function timed(what: string, transactions: readonly Hex[] | undefined): Promise<number> {
  const first = (await client.getBlock()).number;
  const began = Date.now();
  if (transactions === undefined) world.relayer.start();
  else {
    for (let i = 0; i < transactions.length; i += AT_ONCE) {
      const some = transactions.slice(i, i + AT_ONCE);
      await Promise.all(some.map((serializedTransaction) => client.sendRawTransaction({ serializedTransaction })));
    }
  }
  const events = { address: beta.config.mailbox, abi: mailboxAbi, eventName: "ProcessId", strict: true } as const;
  const ids = new Set<Hash>();
  while (ids.size < COUNT) {
    if (Date.now() - began > PATIENCE_MS)
      throw new Error(`${what}: ${ids.size} of ${COUNT} messages after ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { args } of await client.getContractEvents({ ...events, fromBlock: first + 1n }))
      ids.add(args.messageId);
  }
  const seconds = (Date.now() - began) / 1_000;
  for (const { id } of sent) if (!ids.has(id)) throw new Error(`${id} was not delivered`);
  let [gas, count] = [0n, 0];
  for (let number = first + 1n; number <= (await client.getBlockNumber()); number++) {
    const { gasUsed, transactions: included } = await client.getBlock({ blockNumber: number });
    gas += gasUsed;
    count += included.length;
  }
  const rate = (COUNT / seconds).toFixed(0);
  console.log(
    `${what}: ${COUNT} messages in ${seconds.toFixed(1)} s, ${rate}/s, ${count} transactions, ${gas / BigInt(COUNT)} gas each`,
  );
  return seconds;
}

/** A `process` of each message, signed by an account of its own. */
async function rawTransactions(): Promise<Hex[]> {
  const account = privateKeyToAccount(generatePrivateKey());
  await client.setBalance({ address: account.address, value: 10n ** 24n });
  const [chainId, fees] = [await client.getChainId(), { maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 9n }];
  const all: Hex[] = [];
  for (const { message, index } of sent) {
    const found = await Promise.all(readers.map((reader) => reader.checkpoint(index)));
    const signatures = found.flatMap((signed) => signed?.signature ?? []);
    const checkpoint = found[0]?.checkpoint;
    if (checkpoint === undefined) throw new Error(`message ${index} is not signed`);
    const { merkleTreeHook, root } = checkpoint;
    const metadata = encodeMessageIdMetadata({ merkleTreeHook, root, index, signatures });
    const data = encodeFunctionData({ abi: mailboxAbi, functionName: "process", args: [metadata, message] });
    const transaction = {
      type: "eip1559",
      chainId,
      nonce: all.length,
      to: beta.config.mailbox,
      data,
      gas: GAS,
    } as const;
    all.push(await account.signTransaction({ ...transaction, ...fees }));
  }
  return all;
}
