import type { Hex } from "viem";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import {
  decodeValidatorSetMessage,
  encodeValidatorSetMessage,
  type ValidatorSetMessage,
} from "./validatorSetMessage.ts";
import { FormatError, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "validatorSet",
  z.object({
    valid: z.object({
      setId: hexColumn,
      issuedAt: numberColumn,
      memberCount: numberColumn,
      members: hexColumn,
      encoded: hexColumn,
    }),
    rejected: z.object({ name: z.array(z.string()).nonempty(), encoded: hexColumn }),
  }),
);

test.each(rows(vectors.valid))("golden vector: set $setId of $memberCount", (row) => {
  const set: ValidatorSetMessage = {
    setId: BigInt(row.setId),
    issuedAt: row.issuedAt,
    members: Array.from({ length: row.memberCount }, (_, i) => ({
      weight: BigInt(hexSlice(row.members, 32 * i, 32 * i + 12)),
      key: hexSlice(row.members, 32 * i + 12, 32 * i + 32),
    })),
  };
  expect(encodeValidatorSetMessage(set)).toBe(row.encoded);
  expect(decodeValidatorSetMessage(row.encoded)).toEqual(set);
});

test.each(rows<{ name: string; encoded: Hex }>(vectors.rejected))("refuses: $name", ({ encoded }) => {
  expect(() => decodeValidatorSetMessage(encoded)).toThrow(FormatError);
});

describe("encoding", () => {
  const key = `0x${"11".repeat(20)}` as const;
  const set: ValidatorSetMessage = { setId: 1n, issuedAt: 1, members: [{ weight: 1n, key }] };
  test.each<[string, Partial<ValidatorSetMessage>]>([
    ["a set id of 2^64", { setId: 2n ** 64n }],
    ["a negative set id", { setId: -1n }],
    ["a time of 2^48", { issuedAt: 2 ** 48 }],
    ["half a second", { issuedAt: 0.5 }],
    ["a weight of 2^96", { members: [{ weight: 2n ** 96n, key }] }],
    ["a key of 32 bytes", { members: [{ weight: 1n, key: `0x${"11".repeat(32)}` }] }],
  ])("refuses %s", (_, change) => {
    expect(() => encodeValidatorSetMessage({ ...set, ...change })).toThrow(FormatError);
  });
});
