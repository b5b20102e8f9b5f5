import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeAggregationMetadata, encodeAggregationMetadata } from "./aggregationMetadata.ts";
import { hexColumn, hexSchema, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const vectors = readVectors(
  "metadata",
  z.object({
    aggregation: z.object({ moduleCount: numberColumn, encoded: hexColumn }),
    aggregationModules: z.object({
      row: numberColumn,
      module: numberColumn,
      supplied: numberColumn,
      metadata: z.array(hexSchema),
    }),
    aggregationRejected: z.object({ reason: z.array(z.string()), module: numberColumn, encoded: hexColumn }),
  }),
);

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

  test("is that of the vectors, both ways", () => {
    const modules = rows(vectors.aggregationModules);
    rows(vectors.aggregation).forEach(({ moduleCount, encoded }, row) => {
      const parts = modules
        .filter((module) => module.row === row)
        .map(({ supplied, metadata }) => (supplied === 1 ? metadata : undefined));
      expect(parts).toHaveLength(moduleCount);
      expect(encodeAggregationMetadata(parts)).toBe(encoded);
      expect(decodeAggregationMetadata(encoded, moduleCount)).toEqual(parts);
    });
  });

  test.each(rows(vectors.aggregationRejected))("refuses $reason, as of the vectors", ({ module, encoded }) => {
    expect(() => decodeAggregationMetadata(encoded, module + 1)).toThrow(FormatError);
    if (module > 0) expect(decodeAggregationMetadata(encoded, module)).toHaveLength(module);
  });
});
