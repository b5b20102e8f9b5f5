import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  decodeExpiringMessage,
  type ExpiringMessage,
  encodeExpiringMessage,
  expiringMessageCommitment,
} from "./expiringMessage.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const vectors = readVectors(
  "expiringMessages",
  z.object({
    valid: z.object({
      name: z.array(z.string()),
      deadline: numberColumn,
      counter: hexColumn,
      payload: hexColumn,
      message: hexColumn,
      receipt: hexColumn,
      domain: numberColumn,
      account: hexColumn,
      commitment: hexColumn,
    }),
    rejected: z.object({ encoded: hexColumn }),
  }),
);

test.each(rows(vectors.valid))("golden vector: $name", (row) => {
  const content = { deadline: row.deadline, counter: BigInt(row.counter), payload: row.payload };
  for (const kind of ["message", "receipt"] as const) {
    expect(encodeExpiringMessage({ kind, ...content })).toBe(row[kind]);
    expect(decodeExpiringMessage(row[kind])).toEqual({ kind, ...content });
  }
  const { domain, account } = row;
  expect(expiringMessageCommitment({ domain, account, message: content })).toBe(row.commitment);
});

test.each(rows(vectors.rejected))("too short: $encoded", ({ encoded }) => {
  expect(() => decodeExpiringMessage(encoded)).toThrow("at least 15 bytes");
});

test.each(["00", "03", "ff"])("kind 0x%s is not known", (kind) => {
  expect(() => decodeExpiringMessage(`0x${kind}${"00".repeat(14)}`)).toThrow(FormatError);
});

describe("encoding refuses", () => {
  const message: ExpiringMessage = { kind: "message", deadline: 0, counter: 0n, payload: "0x" };
  test.each<[string, Partial<ExpiringMessage>]>([
    ["deadline", { deadline: 2 ** 48 }],
    ["counter", { counter: 2n ** 64n }],
    ["counter", { counter: -1n }],
    ["payload", { payload: "0x0" }],
  ])("a wrong %s: %o", (field, change) => {
    expect(() => encodeExpiringMessage({ ...message, ...change })).toThrow(field);
  });

  test("an account that is not of 32 bytes", () => {
    expect(() => expiringMessageCommitment({ domain: 1, account: "0x11", message })).toThrow("account");
  });
});
