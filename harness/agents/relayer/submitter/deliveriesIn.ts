import { type Address, type Hash, type Log, parseEventLogs, type RpcLog } from "viem";
import { mailboxAbi } from "../../../contracts/abi.ts";
import { revertReason } from "../rpcError.ts";

/** What came of the messages of a batch. */
export type Deliveries = {
  delivered: ReadonlySet<Hash>;
  /** Why others were not delivered; the recipients' words, bounded. */
  refused: ReadonlyMap<Hash, string>;
};

/** What the Mailbox says in the logs of a transaction; logs of others do not count. */
export function deliveriesIn(logs: readonly RpcLog[], mailbox: Address): Deliveries {
  const own = logs.filter(({ address }) => address.toLowerCase() === mailbox.toLowerCase());
  const events = parseEventLogs({
    abi: mailboxAbi,
    eventName: ["ProcessId", "ProcessFailed"],
    logs: own as unknown as Log[],
  });
  const delivered = new Set<Hash>();
  const refused = new Map<Hash, string>();
  for (const event of events) {
    if (event.eventName === "ProcessId") delivered.add(event.args.messageId);
    else refused.set(event.args.messageId, revertReason(event.args.reason));
  }
  return { delivered, refused };
}
