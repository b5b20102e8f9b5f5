import { describe, expect, test } from "vitest";
import { z } from "zod";
import { completeHookMetadata, type DeliveryTerms, decodeDeliveryTerms, encodeDeliveryTerms } from "./deliveryTerms.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSlice } from "./wireFormat.ts";

const names = z.array(z.string());
const vectors = readVectors(
  "deliveryTerms",
  z.object({
    terms: z.object({
      name: names,
      deadline: numberColumn,
      escrowUntil: numberColumn,
      receiptIsm: hexColumn,
      receiptSender: hexColumn,
      encoded: hexColumn,
    }),
    complete: z.object({
      name: names,
      metadata: hexColumn,
      deadline: numberColumn,
      refundAddress: hexColumn,
      completed: hexColumn,
    }),
    mismatches: z.object({ metadata: hexColumn, deadline: numberColumn, named: numberColumn }),
  }),
);
const refundAddress = `0x${"33".repeat(20)}` as const;

describe("terms", () => {
  test.each(rows(vectors.terms))("golden vector: $name", ({ name: _, encoded, ...terms }) => {
    expect(decodeDeliveryTerms(encoded)).toEqual(terms);
    const whole = encodeDeliveryTerms({ refundAddress: hexSlice(encoded, 66, 86) }, terms);
    expect(whole).toBe(hexSlice(encoded, 0, 170));
  });

  test("are there in full or not at all", () => {
    const [whole = "0x"] = vectors.terms.encoded;
    for (let size = 86; size < 170; size++) {
      expect(() => decodeDeliveryTerms(hexSlice(whole, 0, size))).toThrow(FormatError);
    }
    expect(() => decodeDeliveryTerms("0x")).toThrow("hook metadata of 0 bytes has no terms");
  });

  const terms: DeliveryTerms = { deadline: 0, escrowUntil: 1, receiptIsm: `0x${"11".repeat(20)}`, receiptSender: "0x" };
  test.each<[string, Partial<DeliveryTerms>]>([
    ["deadline", { deadline: -1 }],
    ["deadline", { deadline: 2 ** 48 }],
    ["deadline", { deadline: 0.5 }],
    ["escrowUntil", { escrowUntil: 2 ** 48 }],
    ["receiptIsm", { receiptIsm: "0x11" }],
    ["receiptSender", { receiptSender: `0x${"22".repeat(20)}` }],
  ])("a wrong %s is refused: %o", (field, change) => {
    const wrong = { ...terms, receiptSender: `0x${"22".repeat(32)}` as const, ...change };
    expect(() => encodeDeliveryTerms({}, wrong)).toThrow(field);
  });

  test("default to nobody's refund address and 50,000 gas", () => {
    const encoded = encodeDeliveryTerms({}, { ...terms, receiptSender: `0x${"22".repeat(32)}` });
    expect(hexSlice(encoded, 0, 106)).toBe(`0x0001${"00".repeat(32)}${"0".repeat(60)}c350${"00".repeat(40)}`);
  });
});

describe("completing", () => {
  test.each(rows(vectors.complete))("golden vector: $name", ({ metadata, completed, ...of }) => {
    expect(completeHookMetadata(metadata, of)).toBe(completed);
  });

  test.each(rows(vectors.mismatches))("refuses the deadline $named for $deadline", ({ metadata, deadline, named }) => {
    expect(() => completeHookMetadata(metadata, { deadline, refundAddress })).toThrow(`names the deadline ${named}`);
  });
});
