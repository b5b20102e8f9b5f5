import { type Hash, type Hex, keccak256, parseEventLogs } from "viem";
import { mayBeTooLarge } from "../agents/originIndexChain.ts";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi } from "../contracts/abi.ts";

export type FoundDispatch = {
  chain: ChainConfig;
  client: ChainClient;
  /** All bytes of the message; their hash is its id. */
  message: Hex;
  block: bigint;
  tx: Hash;
  /** Blocks of the chain now. */
  latest: bigint;
};

const dispatchId = mailboxAbi.find((item) => item.type === "event" && item.name === "DispatchId");
const SMALLEST_RANGE = 100n;

/**
 * Looks for the dispatch of a message on one chain, final or not.
 * @returns undefined when this chain's Mailbox dispatched no such message
 * @throws viem's errors when the node does not answer; Error when it contradicts itself
 */
export async function findDispatch(
  chain: ChainConfig,
  client: ChainClient,
  id: Hash,
): Promise<FoundDispatch | undefined> {
  const latest = await client.getBlockNumber();
  const log = await findLog(chain, client, id, BigInt(chain.fromBlock), latest);
  if (log === undefined) return undefined;
  const { logs, blockNumber } = await client.getTransactionReceipt({ hash: log.transactionHash });
  const ours = logs.filter(({ address }) => address.toLowerCase() === chain.mailbox.toLowerCase());
  for (const { args } of parseEventLogs({ abi: mailboxAbi, eventName: "Dispatch", logs: ours })) {
    if (keccak256(args.message) !== id) continue;
    return { chain, client, message: args.message, block: blockNumber, tx: log.transactionHash, latest };
  }
  throw new Error(`${chain.name} tells of the id in transaction ${log.transactionHash}, and of no message with it`);
}

/** Asks for all blocks at once, the id being indexed; of a node that refuses so many, for halves. */
async function findLog(
  chain: ChainConfig,
  client: ChainClient,
  id: Hash,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<{ transactionHash: Hash } | undefined> {
  if (dispatchId?.type !== "event" || fromBlock > toBlock) return undefined;
  try {
    const event = dispatchId;
    const logs = await client.getLogs({ address: chain.mailbox, event, args: { messageId: id }, fromBlock, toBlock });
    return logs.find(({ removed }) => !removed);
  } catch (error) {
    if (toBlock - fromBlock < SMALLEST_RANGE || !mayBeTooLarge(error)) throw error;
    const middle = (fromBlock + toBlock) / 2n;
    // The younger half first: one asks for messages that have just been sent.
    return (await findLog(chain, client, id, middle + 1n, toBlock)) ?? findLog(chain, client, id, fromBlock, middle);
  }
}
