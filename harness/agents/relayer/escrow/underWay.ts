import type { Kysely } from "kysely";
import { type Address, decodeFunctionData, type Hash, type Hex, parseTransaction } from "viem";
import { deliveryReceiptsAbi } from "../../../contracts/abi.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import { decodeDeliveryReceipt } from "../../../protocol/deliveryReceipt.ts";
import { decodeMessage } from "../../../protocol/message.ts";
import type { RelayerTables } from "../schema.ts";

/** A way that receipts take: from what was delivered on `destination` back to the escrow on `origin`. */
export type ReceiptRoute = {
  origin: number;
  destination: number;
  escrow: Address;
  receipts: Address;
  /** Block up to which the origin's escrow is read. */
  escrowBlock: number;
};

/**
 * The claims that need no further transaction now, as `claimKey`: those that a transaction of ours is making, and those whose
 * receipt was sent, by whomever, and either is not delivered yet or was delivered after what is known of the escrow.
 * @param forgetAt milliseconds since 1970: what was signed before that and is final, and whose receipt never showed up, counts no more
 */
export async function readUnderWay(
  db: Kysely<RelayerTables>,
  route: ReceiptRoute,
  forgetAt: number,
): Promise<Set<string>> {
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
      .select(["raw", "dispatched_tx", "state", "delivered_block"])
      .where("origin", "=", route.destination)
      .where("destination", "=", route.origin)
      .where("sender", "=", addressToBytes32(route.receipts))
      .where("recipient", "=", addressToBytes32(route.escrow))
      .where((row) => row.or([row("state", "!=", "delivered"), row("delivered_block", ">", route.escrowBlock)]))
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
  for (const { raw } of messages) for (const key of keysOfReceipt(raw)) keys.add(key);
  return keys;
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

/** Of a message by the contract that sends receipts: its body is one. */
function keysOfReceipt(raw: Hex): string[] {
  const { receiptIsm, entries } = decodeDeliveryReceipt(decodeMessage(raw).body);
  return entries.map(({ messageId }) => claimKey(receiptIsm, messageId));
}
