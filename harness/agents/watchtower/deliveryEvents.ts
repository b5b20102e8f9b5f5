import { type Address, type Hash, isAddressEqual } from "viem";
import type { ChainClient } from "../../chains/client.ts";
import { mailboxAbi, optimisticIsmAbi } from "../../contracts/abi.ts";
import { InconsistentEventsError } from "../originIndexErrors.ts";
import type { SightingTable } from "./schema.ts";

const EVENTS = [...mailboxAbi, ...optimisticIsmAbi].filter(
  (item) =>
    item.type === "event" && (item.name === "Process" || item.name === "ProcessId" || item.name === "PreVerified"),
);

/** What a node told of one delivery or pre-verification. */
export type Sighting = Omit<SightingTable, "chain" | "view" | "block_timestamp">;

export type DeliveryEventsParameters = {
  client: ChainClient;
  name: string;
  mailbox: Address;
  /** Optimistic modules whose pre-verifications are looked for, too. */
  modules: readonly Address[];
  fromBlock: bigint;
  toBlock: bigint;
};

/** Asks for all deliveries and pre-verifications in a range of blocks; viem's errors when the node refuses. */
export async function fetchDeliveryEvents(parameters: DeliveryEventsParameters) {
  const { client, mailbox, modules, fromBlock, toBlock } = parameters;
  return await client.getLogs({ address: [mailbox, ...modules], events: EVENTS, fromBlock, toBlock, strict: true });
}

export type DeliveryEvents = Awaited<ReturnType<typeof fetchDeliveryEvents>>;

/**
 * The deliveries and pre-verifications that events speak of. Of a delivery the Mailbox tells the origin and, right after it, the id.
 * Events of other contracts, of other blocks and those that the node calls removed are nobody's.
 * @throws InconsistentEventsError when one of a delivery's two events is missing
 */
export function sightingsOf(events: DeliveryEvents, parameters: DeliveryEventsParameters): Sighting[] {
  const { name, mailbox, modules, fromBlock, toBlock } = parameters;
  const deliveries = new Map<string, { origin: number; recipient: Address }>();
  const sightings: Sighting[] = [];
  let processes = 0;
  let ids = 0;
  for (const event of events) {
    const { blockNumber, blockHash, logIndex, transactionHash } = event;
    if (event.removed || blockNumber === null || blockHash === null || logIndex === null || transactionHash === null) {
      continue;
    }
    if (blockNumber < fromBlock || blockNumber > toBlock) continue;
    const emitter = event.address.toLowerCase() as Address;
    const isMailbox = isAddressEqual(emitter, mailbox);
    const where = { block_number: Number(blockNumber), block_hash: blockHash, tx_hash: transactionHash };
    if (event.eventName === "Process" && isMailbox) {
      const recipient = event.args.recipient.toLowerCase() as Address;
      deliveries.set(place(transactionHash, logIndex), { origin: event.args.origin, recipient });
      processes += 1;
    } else if (event.eventName === "ProcessId" && isMailbox) {
      ids += 1;
      const delivery = deliveries.get(place(transactionHash, logIndex - 1));
      if (delivery === undefined) continue; // counted, and told below
      const { messageId: message_id } = event.args;
      sightings.push({ kind: "delivery", emitter, message_id, round: 0, ...delivery, ...where });
    } else if (event.eventName === "PreVerified" && modules.some((module) => isAddressEqual(module, emitter))) {
      const { messageId: message_id, round } = event.args;
      sightings.push({ kind: "pre-verification", emitter, message_id, round, origin: null, recipient: null, ...where });
    }
  }
  const whole = sightings.filter(({ kind }) => kind === "delivery").length;
  if (processes !== ids || whole !== ids) {
    throw new InconsistentEventsError(
      `the events of ${name} in blocks ${fromBlock} to ${toBlock} contradict each other: ${processes} Process and ` +
        `${ids} ProcessId, ${whole} of them side by side. If this stays, use another RPC node`,
    );
  }
  return sightings;
}

function place(transaction: Hash, logIndex: number): string {
  return `${transaction} ${logIndex}`;
}
