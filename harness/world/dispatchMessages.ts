import {
  type Address,
  createTestClient,
  encodeFunctionData,
  type Hash,
  type Hex,
  http,
  parseEventLogs,
  publicActions,
  size,
  type TestClient,
  type TransactionReceipt,
} from "viem";
import { type LocalChain, localAccounts } from "../chains/localChains.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { addressToBytes32 } from "../protocol/address.ts";

export type Outgoing = {
  body: Hex;
  /** 20 bytes, or 32 to be sent as they are. Default: the destination's test recipient. */
  recipient?: Address | Hex;
  /** Wei to send along. Default: what the Mailbox quotes where the origin has a paymaster, else nothing. */
  value?: bigint;
};
export type Sent = { id: Hash; message: Hex; index: number; receipt: TransactionReceipt };

/** Gas of a dispatch without its body: a bound, with room for a tree of any shape. */
const DISPATCH_GAS = 150_000n;
/** Messages given to a node at once: so many fill no block, which would raise the price of the next one. */
const AT_ONCE = 100;
/** Gas of a byte of body: calldata at its highest price, and the event. */
const BYTE_GAS = 50n;

/**
 * Dispatches messages from the sender's account, signed at once and all in the pool before any of them is waited for.
 *
 * @returns what was sent, in the order given
 * @throws Error when one of them dispatched nothing
 */
export async function dispatchMessages(parameters: {
  origin: LocalChain;
  destination: LocalChain;
  messages: readonly Outgoing[];
}): Promise<Sent[]> {
  const { origin, destination, messages } = parameters;
  const { domain, testRecipient } = destination.config;
  const { address } = localAccounts.sender;
  const client = createTestClient({
    mode: "anvil",
    transport: http(origin.config.rpcUrl, { batch: { batchSize: AT_ONCE } }),
    cacheTime: 0,
    pollingInterval: 20,
  }).extend(publicActions);
  const [chainId, nonce, fees] = await Promise.all([
    client.getChainId(),
    client.getTransactionCount({ address, blockTag: "pending" }),
    client.estimateFeesPerGas({ type: "eip1559", chain: null }),
  ]);
  const { mailbox, interchainGasPaymasters } = origin.config;
  const signed = await Promise.all(
    messages.map(async ({ body, recipient = testRecipient, ...message }, i) => {
      const to = size(recipient) === 20 ? addressToBytes32(recipient) : recipient;
      const call = { abi: mailboxAbi, args: [domain, to, body] as const };
      const value =
        message.value ??
        (interchainGasPaymasters === undefined
          ? 0n
          : await client.readContract({ ...call, address: mailbox, functionName: "quoteDispatch", account: address }));
      return localAccounts.sender.signTransaction({
        type: "eip1559",
        chainId,
        nonce: nonce + i,
        to: mailbox,
        value,
        data: encodeFunctionData({ ...call, functionName: "dispatch" }),
        gas: DISPATCH_GAS + BYTE_GAS * BigInt(size(body)),
        ...fees,
      });
    }),
  );
  const hashes: Hash[] = [];
  for (let first = 0; first < signed.length; first += AT_ONCE) {
    const some = signed.slice(first, first + AT_ONCE);
    const send = () =>
      Promise.all(some.map((serializedTransaction) => client.sendRawTransaction({ serializedTransaction })));
    hashes.push(...(await withoutAutomine(client, send)));
  }
  const receipts = await Promise.all(hashes.map((hash) => client.waitForTransactionReceipt({ hash })));
  return receipts.map(sentIn);
}

/**
 * Lets no block be mined while `send` gives transactions to an anvil that else mines each at once, then as many as they
 * take. A transaction that comes while its predecessor is mined may stay queued in anvil's pool for ever.
 */
export async function withoutAutomine<T>(
  client: Pick<TestClient, "getAutomine" | "setAutomine" | "mine" | "getTxpoolStatus">,
  send: () => Promise<T>,
): Promise<T> {
  if (!(await client.getAutomine())) return await send();
  await client.setAutomine(false);
  try {
    return await send();
  } finally {
    for (let left = Number.POSITIVE_INFINITY, pending = 0; ; left = pending) {
      await client.mine({ blocks: 1 });
      ({ pending } = await client.getTxpoolStatus());
      if (pending === 0 || pending >= left) break;
    }
    await client.setAutomine(true);
  }
}

/** The message that a transaction dispatched. @throws Error when it dispatched none, or was reverted */
export function sentIn(receipt: TransactionReceipt): Sent {
  const [dispatch] = parseEventLogs({ abi: mailboxAbi, logs: receipt.logs, eventName: "Dispatch" });
  const [dispatchId] = parseEventLogs({ abi: mailboxAbi, logs: receipt.logs, eventName: "DispatchId" });
  if (dispatch === undefined || dispatchId === undefined) {
    throw new Error(`transaction ${receipt.transactionHash} dispatched no message: ${receipt.status}`);
  }
  const { message } = dispatch.args;
  return { id: dispatchId.args.messageId, message, index: Number.parseInt(message.slice(4, 12), 16), receipt };
}
