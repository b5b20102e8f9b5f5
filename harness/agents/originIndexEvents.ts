import {
  type Address,
  decodeAbiParameters,
  formatLog,
  type Hash,
  type Hex,
  isAddressEqual,
  numberToHex,
  type RpcLog,
  toEventSelector,
} from "viem";
import type { ChainConfig } from "../chains/chainConfig.ts";
import type { ChainClient } from "../chains/client.ts";
import { decodeMessage, messageId } from "../protocol/message.ts";
import { InconsistentEventsError } from "./originIndexErrors.ts";
import type { IndexedMessage } from "./originIndexTables.ts";

const DISPATCH = toEventSelector("Dispatch(address,uint32,bytes32,bytes)");
const DISPATCH_ID = toEventSelector("DispatchId(bytes32)");
const INSERTED_INTO_TREE = toEventSelector("InsertedIntoTree(bytes32,uint32)");
const DISPATCH_DATA = [{ type: "bytes" }] as const;
const INSERTED_DATA = [{ type: "bytes32" }, { type: "uint32" }] as const;

/** An event of the Mailbox or its tree; null stands for what a log has not yet that is in no block. */
export type DispatchEvent = {
  address: Address;
  removed: boolean;
  blockNumber: bigint | null;
  logIndex: number | null;
  transactionHash: Hash | null;
  blockTimestamp?: bigint | null | undefined;
} & (
  | { eventName: "Dispatch"; args: { message: Hex } }
  | { eventName: "DispatchId"; args: { messageId: Hash } }
  | { eventName: "InsertedIntoTree"; args: { messageId: Hash; index: number } }
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
export async function fetchDispatchEvents(
  parameters: Omit<DispatchEventsParameters, "nextIndex">,
): Promise<DispatchEvent[]> {
  const { chain, client, fromBlock, toBlock } = parameters;
  const filter = {
    address: [chain.mailbox, chain.merkleTreeHook],
    topics: [[DISPATCH, DISPATCH_ID, INSERTED_INTO_TREE]],
    fromBlock: numberToHex(fromBlock),
    toBlock: numberToHex(toBlock),
  };
  return (await client.request({ method: "eth_getLogs", params: [filter] })).flatMap(decodeEvent);
}

/** Nothing for a log that is none of the three. viem's `getLogs` takes ten times as long, which a long history shows. */
function decodeEvent(log: RpcLog): DispatchEvent[] {
  const { topics, data, ...place } = formatLog(log);
  try {
    if (topics[0] === DISPATCH_ID && topics[1] !== undefined) {
      return [{ ...place, eventName: "DispatchId", args: { messageId: topics[1] } }];
    }
    if (topics[0] === INSERTED_INTO_TREE) {
      const [messageId, index] = decodeAbiParameters(INSERTED_DATA, data);
      return [{ ...place, eventName: "InsertedIntoTree", args: { messageId, index } }];
    }
    if (topics[0] === DISPATCH) {
      const [message] = decodeAbiParameters(DISPATCH_DATA, data);
      return [{ ...place, eventName: "Dispatch", args: { message } }];
    }
  } catch {
    // malformed: then it is missing, which is noticed
  }
  return [];
}

/**
 * The messages that the events of a range speak of, in order. Each must be told by all three of its events, alike:
 * leaf `index` inserted with the message's id, the message itself with that nonce, and its id.
 * Events of other contracts, of other blocks and those that the node calls removed are nobody's.
 * @throws InconsistentEventsError when they are not alike or an index is missing
 */
export function messagesOf(events: readonly DispatchEvent[], parameters: DispatchEventsParameters): IndexedMessage[] {
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
