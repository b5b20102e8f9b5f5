import { expect, test } from "vitest";
import { z } from "zod";
import {
  commitmentToCalls,
  decodeInterchainAccountMessage,
  encodeInterchainAccountMessage,
  encodeRevealMetadata,
  type InterchainAccountMessage,
} from "./interchainAccountMessage.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "interchainAccounts",
  z.object({
    valid: z.object({
      name: z.array(z.string()),
      owner: hexColumn,
      ism: hexColumn,
      userSalt: hexColumn,
      readIsm: hexColumn,
      commitSalt: hexColumn,
      to: hexColumn,
      value: hexColumn,
      data: hexColumn,
      count: numberColumn,
      commitment: hexColumn,
      callsBody: hexColumn,
      commitmentBody: hexColumn,
      revealBody: hexColumn,
      shortReveal: hexColumn,
    }),
  }),
);

test.each(rows(vectors.valid))("golden vector: $name", (row) => {
  const { owner, ism, userSalt, readIsm, commitSalt, to, data, commitment } = row;
  const account = { owner, ism, userSalt };
  const calls = Array.from({ length: row.count }, () => ({ to, value: BigInt(row.value), data }));
  const bodies: [InterchainAccountMessage, typeof owner][] = [
    [{ type: "calls", account, calls }, row.callsBody],
    [{ type: "commitment", account, commitment }, row.commitmentBody],
    [{ type: "reveal", readIsm, commitment, account }, row.revealBody],
    [{ type: "reveal", readIsm, commitment }, row.shortReveal],
  ];
  for (const [message, body] of bodies) {
    expect(encodeInterchainAccountMessage(message)).toBe(body);
    expect(decodeInterchainAccountMessage(body)).toEqual(message);
  }
  expect(commitmentToCalls(calls, commitSalt)).toBe(commitment);
  const metadata = encodeRevealMetadata({ account: hexSlice(owner, 12), salt: commitSalt, calls });
  expect(metadata).toBe(`${hexSlice(owner, 12)}${commitSalt.slice(2)}${row.callsBody.slice(2 + 2 * 97)}`);
});

test.each([
  ["no type", "0x"],
  ["another type", `0x03${"00".repeat(160)}`],
  ["calls too short", `0x00${"00".repeat(95)}`],
  ["calls that are none", `0x00${"00".repeat(96)}ff`],
  ["a commitment too short", `0x01${"00".repeat(127)}`],
  ["a reveal too short", `0x02${"00".repeat(63)}`],
] as const)("decoding refuses %s", (_, body) => {
  expect(() => decodeInterchainAccountMessage(body)).toThrow(FormatError);
});

const word = `0x${"11".repeat(32)}` as const;
const account = { owner: word, ism: word, userSalt: word };

test.each([
  ["owner", { type: "commitment", account: { ...account, owner: "0x11" }, commitment: word }],
  ["commitment", { type: "commitment", account, commitment: "0x11" }],
  ["readIsm", { type: "reveal", readIsm: "0x11", commitment: word }],
  ["to", { type: "calls", account, calls: [{ to: "0x11", value: 0n, data: "0x" }] }],
  ["data", { type: "calls", account, calls: [{ to: word, value: 0n, data: "0x1" }] }],
  ["value", { type: "calls", account, calls: [{ to: word, value: -1n, data: "0x" }] }],
] as const)("encoding refuses a wrong %s", (field, message) => {
  expect(() => encodeInterchainAccountMessage(message as unknown as InterchainAccountMessage)).toThrow(field);
});
