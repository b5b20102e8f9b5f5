import { encodeAbiParameters, encodeEventTopics, type Hex, pad, parseAbiParameters } from "viem";
import { expect, it } from "vitest";
import type { ChainClient } from "../chains/client.ts";
import { mailboxAbi, merkleTreeHookAbi } from "../contracts/abi.ts";
import { encodeMessage, messageId } from "../protocol/message.ts";
import { InconsistentEventsError } from "./originIndexErrors.ts";
import { type DispatchEvent, fetchDispatchEvents, messagesOf } from "./originIndexEvents.ts";

const chain = {
  name: "origin",
  domain: 1,
  mailbox: pad("0xaa", { size: 20 }),
  merkleTreeHook: pad("0xbb", { size: 20 }),
};
const range = { chain, fromBlock: 10n, toBlock: 20n, nextIndex: 5 } as Parameters<typeof messagesOf>[1];
const word = pad("0x00");

/** The three events of one message, as the node decodes them. */
function eventsOf(parameters: { index: number; nonce?: number; origin?: number; block?: bigint }): DispatchEvent[] {
  const { index, nonce = index, origin = 1, block = 12n } = parameters;
  const fields = { version: 3, nonce, origin, sender: word, destination: 2, recipient: word, body: "0x" } as const;
  const message = encodeMessage(fields);
  const id = messageId(message);
  const log = (address: Hex, eventName: string, args: object, logIndex: number) => ({
    address,
    eventName,
    args,
    blockNumber: block,
    logIndex: 3 * index + logIndex,
    transactionHash: word,
    removed: false,
  });
  return [
    log(chain.mailbox, "Dispatch", { message }, 0),
    log(chain.mailbox, "DispatchId", { messageId: id }, 1),
    log(chain.merkleTreeHook, "InsertedIntoTree", { messageId: id, index }, 2),
  ] as unknown as DispatchEvent[];
}

it("gives the messages in the order of their leaves, whatever the order of the events", () => {
  const events = [eventsOf({ index: 6, block: 13n }), eventsOf({ index: 5 })].flat().reverse();
  expect(messagesOf(events, range).map(({ index, blockNumber }) => [index, blockNumber])).toEqual([
    [5, 12n],
    [6, 13n],
  ]);
});

it.each<[string, DispatchEvent[], RegExp]>([
  ["another nonce than its leaf", eventsOf({ index: 5, nonce: 6 }), /has nonce 6, but is leaf 5/],
  ["another domain than the chain", eventsOf({ index: 5, origin: 9 }), /is of domain 9, not 1/],
  ["a leaf that is not next", eventsOf({ index: 6 }), /leaf 6 where 5 was next/],
  ["a leaf that was before", eventsOf({ index: 4 }), /leaf 4 where 5 was next/],
  ["the same leaf twice", [...eventsOf({ index: 5 }), ...eventsOf({ index: 5 })], /1 Dispatch, 1 DispatchId and 2 Ins/],
  [
    "the leaf of another message",
    [...eventsOf({ index: 5 }).slice(0, 2), ...eventsOf({ index: 5, origin: 9 }).slice(2)],
    /no message with the id/,
  ],
])("refuses a message with %s", (_, events, reason) => {
  expect(() => messagesOf(events, range)).toThrow(InconsistentEventsError);
  expect(() => messagesOf(events, range)).toThrow(reason);
});

it("ignores events outside the blocks that were asked for, and those of no block yet", () => {
  expect(messagesOf([...eventsOf({ index: 5, block: 9n }), ...eventsOf({ index: 5, block: 21n })], range)).toEqual([]);
  const pending = eventsOf({ index: 5 }).map((event) => ({ ...event, blockNumber: null }));
  expect(messagesOf(pending as unknown as DispatchEvent[], range)).toEqual([]);
});

it("reads what viem encodes, and of what is malformed or of another event nothing", async () => {
  const message: Hex = `0x${"03".repeat(100)}`;
  const abi = [...mailboxAbi, ...merkleTreeHookAbi] as const;
  const place = { blockNumber: "0xc", blockTimestamp: "0x5", logIndex: "0x1", transactionHash: word, removed: false };
  const log = (eventName: "Dispatch" | "DispatchId" | "InsertedIntoTree", types: string, values: unknown[]) => ({
    ...{ ...place, address: chain.mailbox },
    topics: encodeEventTopics({
      abi,
      eventName,
      args: { sender: chain.mailbox, destination: 2, recipient: word, messageId: word },
    } as never),
    data: encodeAbiParameters(parseAbiParameters(types), values as never),
  });
  const good = [
    log("Dispatch", "bytes", [message]),
    { ...log("DispatchId", "uint8", [0]), data: "0x" },
    log("InsertedIntoTree", "bytes32, uint32", [word, 7]),
  ];
  const [dispatch, id, inserted] = good as [(typeof good)[0], (typeof good)[0], (typeof good)[0]];
  const bad = [
    { ...dispatch, data: dispatch.data.slice(0, 140) },
    { ...dispatch, data: `0x${"ff".repeat(64)}` },
    { ...id, topics: id.topics.slice(0, 1) },
    { ...id, topics: [] },
    { ...inserted, data: `0x${"00".repeat(63)}` },
    { ...inserted, data: `0x${"ff".repeat(64)}` },
    { ...id, topics: [word, word] },
  ];
  const client = { request: async () => [...bad, ...good, ...bad] } as unknown as ChainClient;
  const events = await fetchDispatchEvents({ ...range, client });
  expect(events.map(({ eventName, args }) => ({ eventName, args }))).toEqual([
    { eventName: "Dispatch", args: { message } },
    { eventName: "DispatchId", args: { messageId: word } },
    { eventName: "InsertedIntoTree", args: { messageId: word, index: 7 } },
  ]);
  expect(events[0]).toMatchObject({ blockNumber: 12n, blockTimestamp: 5n, logIndex: 1, address: chain.mailbox });
});
