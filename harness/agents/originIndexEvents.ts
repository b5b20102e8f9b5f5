import { type Hash, type Hex, isAddressEqual } from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi, merkleTreeHookAbi } from "../contracts/abi.ts";
import { decodeMessage, messageId } from "../protocol/message.ts";
import { InconsistentEventsError } from "./originIndexErrors.ts";
import type { IndexedMessage } from "./originIndexTables.ts";

const EVENTS = [...mailboxAbi, ...merkleTreeHookAbi].filter(
  (item) =>
    item.type === "event" &&
    (item.name === "Dispatch" || item.name === "DispatchId" || item.name === "InsertedIntoTree"),
);

export type DispatchEventsParameters = {
  chain: Pick<ChainConfig, "name" | "domain" | "mailbox" | "merkleTreeHook">;
  client: ChainClient;
  fromBlock: bigint;
  toBlock: bigint;
  /** The index that the first message in the range must have. */
  nextIndex: number;
};

/** Asks for all events of the Mailbox and its tree in a range of blocks; viem's errors when the node refuses. */
export async function fetchDispatchEvents(parameters: Omit<DispatchEventsParameters, "nextIndex">) {
  const { chain, client, fromBlock, toBlock } = parameters;
  const address = [chain.mailbox, chain.merkleTreeHook];
  return await client.getLogs({ address, events: EVENTS, fromBlock, toBlock, strict: true });
}

export type DispatchEvents = Awaited<ReturnType<typeof fetchDispatchEvents>>;

/**
 * The messages that the events of a range speak of, in order. Each must be told by all three of its events, alike:
 * leaf `index` inserted with the message's id, the message itself with that nonce, and its id.
 * Events of other contracts, of other blocks and those that the node calls removed are nobody's.
 * @throws InconsistentEventsError when they are not alike or an index is missing
 */
export function messagesOf(events: DispatchEvents, parameters: DispatchEventsParameters): IndexedMessage[] {
  const { chain, fromBlock, toBlock, nextIndex } = parameters;
  const fail = (what: string) =>
    new InconsistentEventsError(
      `the events of ${chain.name} in blocks ${fromBlock} to ${toBlock} contradict each other: ${what}. They are read ` +
        "again; if this stays, use another RPC node",
    );

  const insertions: { index: number; id: Hash; blockNumber: bigint; logIndex: number }[] = [];
  const dispatches = new Map<Hash, { message: Hex; transactionHash: Hash; blockTimestamp?: number }>();
  const ids = new Set<Hash>();
  for (const event of events) {
    const { blockNumber, logIndex, transactionHash, blockTimestamp } = event;
    if (event.removed || blockNumber === null || logIndex === null || transactionHash === null) continue;
    if (blockNumber < fromBlock || blockNumber > toBlock) continue;
    const emitter = event.eventName === "InsertedIntoTree" ? chain.merkleTreeHook : chain.mailbox;
    if (!isAddressEqual(event.address, emitter)) continue;

    if (event.eventName === "InsertedIntoTree") {
      insertions.push({ index: event.args.index, id: event.args.messageId, blockNumber, logIndex });
    } else if (event.eventName === "DispatchId") {
      ids.add(event.args.messageId);
    } else if (event.eventName === "Dispatch") {
      const { message } = event.args;
      const time = blockTimestamp == null ? {} : { blockTimestamp: Number(blockTimestamp) };
      dispatches.set(messageId(message), { message, transactionHash, ...time });
    }
  }
  if (dispatches.size !== insertions.length || ids.size !== insertions.length) {
    throw fail(`${dispatches.size} Dispatch, ${ids.size} DispatchId and ${insertions.length} InsertedIntoTree`);
  }

  insertions.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
  return insertions.map(({ index, id, blockNumber }, position) => {
    if (index !== nextIndex + position) throw fail(`leaf ${index} where ${nextIndex + position} was next`);
    const dispatch = dispatches.get(id);
    if (dispatch === undefined || !ids.has(id)) throw fail(`no message with the id ${id} of leaf ${index}`);
    const { nonce, origin } = decodeMessage(dispatch.message);
    if (nonce !== index) throw fail(`message ${id} has nonce ${nonce}, but is leaf ${index}`);
    if (origin !== chain.domain) throw fail(`message ${id} is of domain ${origin}, not ${chain.domain}`);
    return { index, id, blockNumber, ...dispatch };
  });
}
