import { concat, type Hex } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type DeliveryGroup, decodeDeliveryGroups, encodeDeliveryGroups } from "./deliveryGroups.ts";
import { createRandom, hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSize, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "batch",
  z.object({
    groupings: hexColumn,
    groups: z.object({ row: numberColumn, count: numberColumn, gasLimit: numberColumn, metadata: hexColumn }),
    groupsRejected: z.object({ reason: z.array(z.string()), encoded: hexColumn }),
  }),
);
const groupings = vectors.groupings.map((encoded, i) => ({
  encoded,
  groups: rows(vectors.groups)
    .filter(({ row }) => row === i)
    .map(({ count, gasLimit, metadata }): DeliveryGroup => ({ count, gasLimit, metadata })),
}));

describe("golden vectors", () => {
  test.each(groupings)("$encoded", ({ encoded, groups }) => {
    expect(groups.length).toBeGreaterThan(0);
    expect(encodeDeliveryGroups(groups)).toBe(encoded);
    expect(decodeDeliveryGroups(encoded)).toEqual(groups);
  });

  test.each(rows(vectors.groupsRejected))("rejected: $reason", ({ encoded }) => {
    expect(() => decodeDeliveryGroups(encoded)).toThrow(FormatError);
  });
});

test("no groups are no bytes", () => {
  expect(encodeDeliveryGroups([])).toBe("0x");
  expect(decodeDeliveryGroups("0x")).toEqual([]);
});

test("cut anywhere but between groups, they are refused", () => {
  const all: DeliveryGroup[] = [
    { count: 2, gasLimit: 7, metadata: "0x1234" },
    { count: 1, gasLimit: 9, metadata: "0x" },
  ];
  const bytes = encodeDeliveryGroups(all);
  for (let size = 0; size < hexSize(bytes); size++) {
    const cut = hexSlice(bytes, 0, size);
    if (size === 0 || size === 12) expect(encodeDeliveryGroups(decodeDeliveryGroups(cut))).toBe(cut);
    else expect(() => decodeDeliveryGroups(cut), `${size} bytes`).toThrow(FormatError);
  }
});

test("bytes that are taken encode to themselves", () => {
  const random = createRandom(8);
  for (let i = 0; i < 50; i++) {
    const groups = Array.from({ length: 1 + random.below(4) }, () => ({
      count: 1 + random.below(2 ** 16 - 1),
      gasLimit: random.uint32(),
      metadata: random.hex(random.below(80)),
    }));
    expect(decodeDeliveryGroups(encodeDeliveryGroups(groups))).toEqual(groups);
  }
});

test("a group without messages is refused, as is more than fits", () => {
  const group: DeliveryGroup = { count: 1, gasLimit: 0, metadata: "0x" };
  expect(encodeDeliveryGroups([group])).toBe(concat(["0x0001", "0x00000000", "0x00000000"]));
  expect(() => decodeDeliveryGroups("0x00000000000000000000")).toThrow(/group 0 has no messages/);
  for (const wrong of [
    { count: 0 },
    { count: 1.5 },
    { count: 2 ** 16 },
    { gasLimit: 2 ** 32 },
    { gasLimit: -1 },
    { metadata: "0x1" as Hex },
  ]) {
    expect(() => encodeDeliveryGroups([{ ...group, ...wrong }])).toThrow(FormatError);
  }
});
