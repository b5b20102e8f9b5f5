import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeHookMetadata, encodeHookMetadata, type HookMetadata } from "./hookMetadata.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSize, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "hookMetadata",
  z.object({
    fieldCount: numberColumn,
    msgValue: hexColumn,
    gasLimit: hexColumn,
    refundAddress: hexColumn,
    custom: hexColumn,
    encoded: hexColumn,
  }),
);

test.each(rows(vectors))("golden vector: $encoded", (row) => {
  const metadata: HookMetadata = {
    ...(row.fieldCount >= 1 && { msgValue: BigInt(row.msgValue) }),
    ...(row.fieldCount >= 2 && { gasLimit: BigInt(row.gasLimit) }),
    ...(row.fieldCount >= 3 && { refundAddress: row.refundAddress }),
    ...(row.fieldCount >= 4 && { custom: row.custom }),
  };
  expect(encodeHookMetadata(metadata)).toBe(row.encoded);
  expect(decodeHookMetadata(row.encoded)).toEqual(metadata);
});

describe("decoding", () => {
  const full = encodeHookMetadata({
    msgValue: 1n,
    gasLimit: 2n,
    refundAddress: `0x${"33".repeat(20)}`,
    custom: "0x4455",
  });

  test("fields are absent only as a whole", () => {
    for (let size = 0; size <= hexSize(full); size++) {
      const bytes = hexSlice(full, 0, size);
      if (size >= 86 || [2, 34, 66].includes(size)) {
        expect(encodeHookMetadata(decodeHookMetadata(bytes))).toBe(size === 2 ? "0x" : bytes);
      } else if (size === 0) {
        expect(decodeHookMetadata(bytes)).toEqual({});
      } else {
        expect(() => decodeHookMetadata(bytes)).toThrow(FormatError);
      }
    }
  });

  test.each(["0x0000", "0x0002", "0x0100", "0x0101", "0xffff"] as Hex[])("variant %s is refused", (variant) => {
    expect(() => decodeHookMetadata(variant)).toThrow(FormatError);
    expect(() => decodeHookMetadata(`${variant}${full.slice(6)}`)).toThrow(FormatError);
  });
});

describe("encoding", () => {
  test.each<[string, HookMetadata]>([
    ["a gas limit without a value", { gasLimit: 1n }],
    ["a refund address without a gas limit", { msgValue: 0n, refundAddress: `0x${"33".repeat(20)}` }],
    ["custom bytes alone", { custom: "0x00" }],
    ["a negative value", { msgValue: -1n }],
    ["a value of 2^256", { msgValue: 2n ** 256n }],
    ["a gas limit of 2^256", { msgValue: 0n, gasLimit: 2n ** 256n }],
    ["a refund address of 32 bytes", { msgValue: 0n, gasLimit: 0n, refundAddress: `0x${"00".repeat(32)}` }],
  ])("refuses %s", (_, metadata) => {
    expect(() => encodeHookMetadata(metadata)).toThrow(FormatError);
  });

  test("says which field is missing", () => {
    expect(() => encodeHookMetadata({ gasLimit: 1n })).toThrow("hook metadata has gasLimit but no msgValue");
  });
});
