import { type Address, concat, type Hash, type Hex } from "viem";
import { checkedAddress, checkedHex, FormatError, hexSize, hexSlice } from "./wireFormat.ts";

/**
 * The body of a message that says of others that they were delivered, and whom to pay for it; at least one entry.
 *
 * | offset      | bytes | field       |
 * |-------------|-------|-------------|
 * | 0           | 1     | version = 1 |
 * | 1           | 20    | receiptIsm  |
 * | 21 + 52 · i | 32    | messageId   |
 * | 53 + 52 · i | 20    | payee       |
 */
export type DeliveryReceipt = {
  /** Module that vouches for this receipt where it arrives. */
  receiptIsm: Address;
  entries: { messageId: Hash; payee: Address }[];
};

const VERSION = "0x01";
const HEAD = 21;
const ENTRY = 52;

/** @throws FormatError when there is no entry, or a field is not of its size */
export function encodeDeliveryReceipt({ receiptIsm, entries }: DeliveryReceipt): Hex {
  if (entries.length === 0) throw new FormatError("a receipt without an entry is none: name at least one message");
  return concat([
    VERSION,
    checkedAddress("receiptIsm", receiptIsm),
    ...entries.flatMap(({ messageId, payee }) => [
      checkedHex("messageId", messageId, 32),
      checkedAddress("payee", payee),
    ]),
  ]);
}

/** @throws FormatError when the body is no receipt */
export function decodeDeliveryReceipt(body: Hex): DeliveryReceipt {
  const bytes = checkedHex("receipt", body);
  const size = hexSize(bytes);
  if (size < HEAD + ENTRY || (size - HEAD) % ENTRY !== 0) {
    throw new FormatError(`a receipt has 21 bytes and 52 for each message, at least one; this one has ${size}`);
  }
  if (hexSlice(bytes, 0, 1) !== VERSION) {
    throw new FormatError(`a receipt of version ${hexSlice(bytes, 0, 1)}, only 0x01 is known`);
  }
  return {
    receiptIsm: hexSlice(bytes, 1, HEAD),
    entries: Array.from({ length: (size - HEAD) / ENTRY }, (_, i) => {
      const start = HEAD + ENTRY * i;
      return {
        messageId: hexSlice(bytes, start, start + 32),
        payee: hexSlice(bytes, start + 32, start + ENTRY),
      };
    }),
  };
}
