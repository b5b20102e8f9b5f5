import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { decodeAggregationMetadata, encodeAggregationMetadata } from "./aggregationMetadata.ts";
import { FormatError } from "./wireFormat.ts";

describe("aggregation metadata", () => {
  test("has a table of offsets into all of it, then the parts", () => {
    const encoded = encodeAggregationMetadata(["0xaabb", undefined, "0x", "0xcc"]);
    expect(encoded).toBe(
      `0x${"00000020" + "00000022"}${"00000000" + "00000000"}${"00000022" + "00000022"}${"00000022" + "00000023"}aabbcc`,
    );
    expect(decodeAggregationMetadata(encoded, 4)).toEqual(["0xaabb", undefined, "0x", "0xcc"]);
  });

  test("of 255 modules", () => {
    const parts = Array.from({ length: 255 }, (_, i): Hex | undefined =>
      i % 3 === 0 ? undefined : `0x${"ab".repeat(i % 40)}`,
    );
    expect(decodeAggregationMetadata(encodeAggregationMetadata(parts), 255)).toEqual(parts);
  });

  test.each([
    ["a table cut short", "0x00000010000000"],
    ["an end before its start", "0x0000000800000007ff"],
    ["an end behind the end", "0x000000080000000aff"],
  ] as const)("refuses %s", (_, metadata) => {
    expect(() => decodeAggregationMetadata(metadata, 1)).toThrow(FormatError);
  });
});
