import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type DeliveryReceipt, decodeDeliveryReceipt, encodeDeliveryReceipt } from "./deliveryReceipt.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const vectors = readVectors(
  "deliveryReceipts",
  z.object({
    receipts: z.object({ receiptIsm: hexColumn, count: numberColumn, encoded: hexColumn }),
    entries: z.object({ row: numberColumn, index: numberColumn, messageId: hexColumn, payee: hexColumn }),
    rejected: z.object({ name: z.array(z.string()), encoded: hexColumn }),
  }),
);

test.each(rows(vectors.receipts).map((receipt, row) => ({ ...receipt, row })))(
  "golden vector $row, of $count",
  ({ row, receiptIsm, count, encoded }) => {
    const entries = rows(vectors.entries)
      .filter((entry) => entry.row === row)
      .map(({ messageId, payee }) => ({ messageId, payee }));
    expect(entries).toHaveLength(count);
    const receipt: DeliveryReceipt = { receiptIsm, entries };
    expect(encodeDeliveryReceipt(receipt)).toBe(encoded);
    expect(decodeDeliveryReceipt(encoded)).toEqual(receipt);
  },
);

test.each(rows(vectors.rejected))("is no receipt: $name", ({ encoded }) => {
  expect(() => decodeDeliveryReceipt(encoded)).toThrow(FormatError);
});

describe("encoding refuses", () => {
  const receiptIsm = `0x${"11".repeat(20)}` as const;
  const messageId = `0x${"22".repeat(32)}` as const;
  test.each<[string, DeliveryReceipt]>([
    ["no entry", { receiptIsm, entries: [] }],
    ["a long module", { receiptIsm: messageId, entries: [{ messageId, payee: receiptIsm }] }],
    ["a short id", { receiptIsm, entries: [{ messageId: receiptIsm, payee: receiptIsm }] }],
    ["a long payee", { receiptIsm, entries: [{ messageId, payee: messageId }] }],
  ])("%s", (_, receipt) => {
    expect(() => encodeDeliveryReceipt(receipt)).toThrow(FormatError);
  });
});
