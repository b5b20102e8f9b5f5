import { expect, test } from "vitest";
import { z } from "zod";
import {
  decodeInterchainQueryMessage,
  encodeInterchainQueryMessage,
  type InterchainQueryMessage,
} from "./interchainQueryMessage.ts";
import { hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError } from "./wireFormat.ts";

const vectors = readVectors(
  "interchainQueries",
  z.object({
    valid: z.object({
      name: z.array(z.string()),
      sender: hexColumn,
      to: hexColumn,
      data: hexColumn,
      callback: hexColumn,
      count: numberColumn,
      queryBody: hexColumn,
      answerBody: hexColumn,
    }),
  }),
);

test.each(rows(vectors.valid))(
  "golden vector: $name",
  ({ sender, to, data, callback, count, queryBody, answerBody }) => {
    const queries = Array.from({ length: count }, () => ({ to, data, callback }));
    const bodies: [InterchainQueryMessage, typeof sender][] = [
      [{ type: "query", sender, queries }, queryBody],
      [{ type: "answer", sender, callbacks: queries.map((query) => query.callback) }, answerBody],
    ];
    for (const [message, body] of bodies) {
      expect(encodeInterchainQueryMessage(message)).toBe(body);
      expect(decodeInterchainQueryMessage(body)).toEqual(message);
    }
  },
);

const word = `0x${"11".repeat(32)}` as const;

test.each([
  ["nothing", "0x"],
  ["half a head", word],
  ["another type", `${word}${"02".padStart(64, "0")}${"60".padStart(64, "0")}${"0".repeat(64)}`],
  ["a query without its array", `${word}${"0".repeat(64)}${"60".padStart(64, "0")}`],
  ["an answer without its array", `${word}${"01".padStart(64, "0")}${"60".padStart(64, "0")}`],
  ["half a byte", "0x1"],
] as const)("decoding refuses %s", (_, body) => {
  expect(() => decodeInterchainQueryMessage(body)).toThrow(FormatError);
});

test.each([
  ["sender", { type: "answer", sender: "0x11", callbacks: [] }],
  ["callback", { type: "answer", sender: word, callbacks: ["0x1"] }],
  ["to", { type: "query", sender: word, queries: [{ to: "0x11", data: "0x", callback: "0x" }] }],
  ["data", { type: "query", sender: word, queries: [{ to: word, data: "0x1", callback: "0x" }] }],
] as const)("encoding refuses a wrong %s", (field, message) => {
  expect(() => encodeInterchainQueryMessage(message as unknown as InterchainQueryMessage)).toThrow(field);
});
