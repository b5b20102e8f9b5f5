import { address, columns, hex, uint, word } from "./bytes.ts";

const entries = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ id: word(`message ${from + i}`), payee: address(`payee ${from + i}`) }));

const ism = address("receipt ism");
const receipts = [
  { ism, entries: entries(1) },
  { ism, entries: entries(2) },
  { ism: Buffer.alloc(20, 0xff), entries: [{ id: Buffer.alloc(32, 0xff), payee: Buffer.alloc(20, 0xff) }] },
  { ism: Buffer.alloc(20), entries: [{ id: Buffer.alloc(32), payee: Buffer.alloc(20) }] },
  { ism, entries: [...entries(1), ...entries(1)] },
  { ism, entries: entries(50, 100) },
];
const encode = (receipt: (typeof receipts)[number]): Buffer =>
  Buffer.concat([uint(1, 1), receipt.ism, ...receipt.entries.flatMap(({ id, payee }) => [id, payee])]);

const two = encode({ ism, entries: entries(2) });
const otherVersion = (version: number): Buffer => Buffer.concat([uint(version, 1), two.subarray(1)]);

export const deliveryReceiptVectors = {
  receipts: columns(
    receipts.map((receipt) => ({
      receiptIsm: hex(receipt.ism),
      count: receipt.entries.length,
      encoded: hex(encode(receipt)),
    })),
  ),
  entries: columns(
    receipts.flatMap((receipt, row) =>
      receipt.entries.map(({ id, payee }, index) => ({ row, index, messageId: hex(id), payee: hex(payee) })),
    ),
  ),
  rejected: columns(
    [
      { name: "empty", encoded: Buffer.alloc(0) },
      { name: "no entry", encoded: two.subarray(0, 21) },
      { name: "half an entry", encoded: two.subarray(0, 21 + 51) },
      { name: "an entry and a byte", encoded: two.subarray(0, 21 + 53) },
      { name: "a byte too much", encoded: Buffer.concat([two, Buffer.alloc(1)]) },
      { name: "version 0", encoded: otherVersion(0) },
      { name: "version 2", encoded: otherVersion(2) },
      { name: "version 255", encoded: otherVersion(255) },
    ].map(({ name, encoded }) => ({ name, encoded: hex(encoded) })),
  ),
};
