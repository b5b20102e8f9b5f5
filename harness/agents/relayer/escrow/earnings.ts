import type { Kysely } from "kysely";
import { type Address, type Hash, type Hex, zeroHash } from "viem";
import type { ChainConfig } from "../../../chains/chainConfig.ts";
import { addressToBytes32 } from "../../../protocol/address.ts";
import { type DeliveryReceipt, decodeDeliveryReceipt } from "../../../protocol/deliveryReceipt.ts";
import { decodeMessage } from "../../../protocol/message.ts";
import { type StoredMessage, WORKABLE } from "../messages.ts";
import type { RelayerTables } from "../schema.ts";
import type { LockTrust } from "./lockTrust.ts";

/** The receipt that a message to the escrow of `origin` is; undefined if it is another message. */
export function receiptIn(
  message: Pick<StoredMessage, "sender" | "recipient" | "raw">,
  { from, to }: { from: ChainConfig | undefined; to: ChainConfig | undefined },
): DeliveryReceipt | undefined {
  if (from?.deliveryReceipts === undefined || to?.escrowPaymaster === undefined) return undefined;
  if (message.sender !== addressToBytes32(from.deliveryReceipts)) return undefined;
  if (message.recipient !== addressToBytes32(to.escrowPaymaster)) return undefined;
  return receiptOf(message.raw);
}

/** The receipt in a message; undefined if it is none, which no contract of ours sends. */
export function receiptOf(raw: Hex): DeliveryReceipt | undefined {
  try {
    return decodeDeliveryReceipt(decodeMessage(raw).body);
  } catch {
    return undefined;
  }
}

/**
 * The messages in a receipt whose locks it opens for us, as far as the store knows: open ones that no other receipt is opening
 * already. Of a receipt that we have sent all count, of another those that name our account.
 */
export async function earningIds(
  db: Kysely<RelayerTables>,
  message: StoredMessage,
  parameters: { receipt: DeliveryReceipt; account: Address; trust: LockTrust },
): Promise<Hash[]> {
  const { receipt, trust } = parameters;
  const payee = parameters.account.toLowerCase();
  const isOurs = await isSentByUs(db, message.dispatched_tx);
  const ids = receipt.entries.filter((entry) => isOurs || entry.payee === payee).map(({ messageId }) => messageId);
  const locks = await db
    .selectFrom("escrow_lock")
    .select(["message_id", "origin", "destination", "receipt_ism", "receipt_sender"])
    .where("origin", "=", message.destination)
    .where("destination", "=", message.origin)
    .where("message_id", "in", ids.length === 0 ? [zeroHash] : ids)
    .where("state", "=", "open")
    .execute();
  const ours = locks.filter(({ origin, destination, receipt_ism: receiptIsm, receipt_sender: receiptSender }) => {
    const choice = { origin, destination, receiptIsm, receiptSender };
    return receiptIsm === receipt.receiptIsm && receiptSender === message.sender && trust(choice) === undefined;
  });
  if (ours.length === 0) return [];
  const opening = await beingOpened(db, message);
  return ours.map(({ message_id }) => message_id).filter((id) => !opening.has(id));
}

/** Whether a transaction of ours has dispatched it. */
export async function isSentByUs(db: Kysely<RelayerTables>, hash: Hash): Promise<boolean> {
  const query = db.selectFrom("transaction").select("hash").where("hash", "=", hash).where("purpose", "=", "claim");
  return (await query.executeTakeFirst()) !== undefined;
}

/** What other receipts open that are on their way to the escrow, or there and not read of yet. */
async function beingOpened(db: Kysely<RelayerTables>, message: StoredMessage): Promise<Set<Hash>> {
  const progress = await db
    .selectFrom("escrow_progress")
    .select("block")
    .where("origin", "=", message.destination)
    .executeTakeFirst();
  const rows = await db
    .selectFrom("message")
    .select(["raw"])
    .where("origin", "=", message.origin)
    .where("destination", "=", message.destination)
    .where("sender", "=", message.sender)
    .where("recipient", "=", message.recipient)
    .where("id", "!=", message.id)
    .where((row) =>
      row.or([
        row("state", "not in", [...WORKABLE, "excluded", "parked", "delivered"]),
        row("delivered_block", ">", progress?.block ?? 0),
      ]),
    )
    .execute();
  return new Set(rows.flatMap(({ raw }) => receiptOf(raw)?.entries.map((entry) => entry.messageId) ?? []));
}
