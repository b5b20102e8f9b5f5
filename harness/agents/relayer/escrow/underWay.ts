import type { Kysely } from "kysely";
import { type Address, decodeFunctionData, type Hash, type Hex, parseTransaction } from "viem";
import { deliveryReceiptsAbi } from "../../../contracts/abi.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import type { DeliveryReceipt } from "../../../protocol/deliveryReceipt.ts";
import { isUnpaid, WORKABLE } from "../messages.ts";
import type { MessageState, RelayerTables } from "../schema.ts";
import { receiptOf } from "./earnings.ts";

/** A way that receipts take: from what was delivered on `destination` back to the escrow on `origin`. */
export type ReceiptRoute = {
  origin: number;
  destination: number;
  escrow: Address;
  receipts: Address;
  /** Block up to which the origin's escrow is read. */
  escrowBlock: number;
};

export type UnderWay = {
  /** As `claimKey`. */
  keys: Set<string>;
  /**
   * Receipts that others have had sent, that nobody is delivering, and that this relayer has not declined to deliver: they are
   * worth waiting for if delivering them is.
   */
  offered: DeliveryReceipt[];
};

/** Most receipts of others that are looked at, newest first: anyone can have any number sent. */
const MAX_OFFERED = 100;
/** States of a message that nothing is on its way for. */
const IDLE: ReadonlySet<MessageState> = new Set([...WORKABLE, "excluded", "parked"]);

/**
 * The claims that need no further transaction now: those that a transaction of ours is making, and those whose receipt was sent
 * and is ours, or is being delivered, or was delivered after what is known of the escrow.
 * @param forgetAt milliseconds since 1970: what was signed before that and is final, and whose receipt never showed up, counts no more
 */
export async function readUnderWay(
  db: Kysely<RelayerTables>,
  route: ReceiptRoute,
  forgetAt: number,
): Promise<UnderWay> {
  const [transactions, messages] = await Promise.all([
    db
      .selectFrom("transaction")
      .select(["hash", "raw", "state", "success", "created_at"])
      .where("destination", "=", route.destination)
      .where("purpose", "=", "claim")
      .where("state", "in", ["pending", "included", "final"])
      .where((row) => row.or([row("state", "!=", "final"), row("created_at", ">", forgetAt)]))
      .execute(),
    db
      .selectFrom("message")
      .leftJoin("transaction", (join) =>
        join.onRef("transaction.hash", "=", "message.dispatched_tx").on("transaction.purpose", "=", "claim"),
      )
      .select(["message.raw", "message.state", "transaction.hash as ours", "wanted_wei", "wanted_gas", "wanted_lock"])
      .where("message.origin", "=", route.destination)
      .where("message.destination", "=", route.origin)
      .where("sender", "=", addressToBytes32(route.receipts))
      .where("recipient", "=", addressToBytes32(route.escrow))
      .where((row) => row.or([row("message.state", "!=", "delivered"), row("delivered_block", ">", route.escrowBlock)]))
      .orderBy("message.nonce", "desc")
      .execute(),
  ]);
  const recorded = await readRecorded(
    db,
    transactions.map(({ hash }) => hash),
  );
  const keys = new Set<string>();
  for (const { hash, raw, state, success } of transactions) {
    if (state === "final" && (success !== 1 || recorded.has(hash))) continue;
    for (const key of keysOfTransaction(raw, route)) keys.add(key);
  }
  const offered: DeliveryReceipt[] = [];
  for (const message of messages) {
    const { raw, state, ours } = message;
    const isOffer = ours === null && IDLE.has(state);
    const isDeclined = !WORKABLE.some((one) => one === state) || isUnpaid(message);
    if (isOffer && (isDeclined || offered.length === MAX_OFFERED)) continue;
    const receipt = receiptOf(raw);
    if (receipt === undefined) continue;
    if (isOffer) offered.push(receipt);
    else for (const { messageId } of receipt.entries) keys.add(claimKey(receipt.receiptIsm, messageId));
  }
  return { keys, offered };
}

/** What one claim is about: a module that vouches, and a message. */
export function claimKey(receiptIsm: Address, messageId: Hash): string {
  return `${receiptIsm.toLowerCase()} ${messageId.toLowerCase()}`;
}

/** Which of these transactions have sent a message that is recorded. */
async function readRecorded(db: Kysely<RelayerTables>, hashes: readonly Hash[]): Promise<Set<Hash>> {
  if (hashes.length === 0) return new Set();
  const rows = await db.selectFrom("message").select("dispatched_tx").where("dispatched_tx", "in", hashes).execute();
  return new Set(rows.map(({ dispatched_tx }) => dispatched_tx));
}

function keysOfTransaction(raw: Hex, route: ReceiptRoute): string[] {
  const { to, data = "0x" } = parseTransaction(raw);
  if (to?.toLowerCase() !== route.receipts.toLowerCase()) return [];
  const { functionName, args } = decodeFunctionData({ abi: deliveryReceiptsAbi, data });
  if (functionName !== "sendReceipts") return [];
  const [origin, escrow, receiptIsm, messageIds] = args;
  if (origin !== route.origin || escrow.toLowerCase() !== addressToBytes32(route.escrow)) return [];
  return messageIds.map((id) => claimKey(receiptIsm, id));
}
