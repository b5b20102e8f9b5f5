import { type Address, type Hash, keccak256, numberToHex } from "viem";
import { expect, it } from "vitest";
import type { ChainClient } from "../../chains/client.ts";
import { InconsistentEventsError } from "../originIndexErrors.ts";
import { type DeliveryEvents, sightingsOf } from "./deliveryEvents.ts";

const mailbox: Address = `0x${"aa".repeat(20)}`;
const module: Address = `0x${"bb".repeat(20)}`;
const stranger: Address = `0x${"cc".repeat(20)}`;
const recipient: Address = `0x${"dd".repeat(20)}`;
const hash = (number: number): Hash => keccak256(numberToHex(number));

type Event = DeliveryEvents[number];
const place = (logIndex: number, changes: object = {}) => ({
  address: mailbox,
  blockNumber: 5n,
  blockHash: hash(5),
  transactionHash: hash(50),
  logIndex,
  removed: false,
  ...changes,
});
const process = (logIndex: number, changes: object = {}) =>
  ({
    ...place(logIndex, changes),
    eventName: "Process",
    args: { origin: 1, sender: hash(1), recipient },
  }) as unknown as Event;
const processId = (logIndex: number, changes: object = {}) =>
  ({ ...place(logIndex, changes), eventName: "ProcessId", args: { messageId: hash(9) } }) as unknown as Event;
const preVerified = (changes: object = {}) =>
  ({
    ...place(3, { address: module, ...changes }),
    eventName: "PreVerified",
    args: { messageId: hash(8), round: 2, submodule: stranger, deliverableAt: 1n },
  }) as unknown as Event;

const read = (events: readonly Event[]) =>
  sightingsOf(events as DeliveryEvents, {
    client: {} as ChainClient,
    name: "beta",
    mailbox,
    modules: [module],
    fromBlock: 1n,
    toBlock: 10n,
  });
const where = { block_number: 5, block_hash: hash(5), tx_hash: hash(50) };

it("reads deliveries with their origin and recipient, and pre-verifications with their round", () => {
  expect(read([process(0), processId(1), preVerified()])).toEqual([
    { kind: "delivery", emitter: mailbox, message_id: hash(9), round: 0, origin: 1, recipient, ...where },
    {
      kind: "pre-verification",
      emitter: module,
      message_id: hash(8),
      round: 2,
      origin: null,
      recipient: null,
      ...where,
    },
  ]);
});

it("ignores what strangers emit, what was removed, and what lies outside", () => {
  const foreign = [
    { address: stranger },
    { removed: true },
    { blockNumber: 11n },
    { blockNumber: 0n },
    { blockHash: null },
  ];
  for (const changes of foreign) {
    expect(read([process(0, changes), processId(1, changes), preVerified(changes)])).toEqual([]);
  }
});

it("takes no pre-verification of the Mailbox, and no delivery of a module", () => {
  expect(read([preVerified({ address: mailbox })])).toEqual([]);
  expect(read([process(0, { address: module }), processId(1, { address: module })])).toEqual([]);
});

it.each<[string, Event[]]>([
  ["the id of a delivery is missing", [process(0)]],
  ["its origin is", [processId(1)]],
  ["they do not stand side by side", [process(0), processId(2)]],
  ["they are of two transactions", [process(0), processId(1, { transactionHash: hash(51) })]],
  ["one of two is", [process(0), processId(1), process(2)]],
])("a node that tells half of it contradicts itself: %s", (_, events) => {
  expect(() => read(events)).toThrow(InconsistentEventsError);
});
