import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeMessage, encodeMessage, type Message, messageId } from "./message.ts";
import { createRandom, hexColumn, numberColumn, readVectors, rows } from "./testkit.ts";
import { FormatError, hexSlice } from "./wireFormat.ts";

const vectors = readVectors(
  "messages",
  z.object({
    valid: z.object({
      name: z.array(z.string()).nonempty(),
      version: numberColumn,
      nonce: numberColumn,
      origin: numberColumn,
      sender: hexColumn,
      destination: numberColumn,
      recipient: hexColumn,
      body: hexColumn,
      encoded: hexColumn,
      id: hexColumn,
    }),
  }),
);

const random = createRandom(2);

function randomMessage(): Message {
  return {
    version: 3,
    nonce: random.uint32(),
    origin: random.uint32(),
    sender: random.hex(32),
    destination: random.uint32(),
    recipient: random.hex(32),
    body: random.hex(random.below(200)),
  };
}

describe("golden vectors", () => {
  test.each(rows(vectors.valid))("$name", ({ name: _, encoded, id, ...message }) => {
    expect(encodeMessage(message)).toBe(encoded);
    expect(decodeMessage(encoded)).toEqual(message);
    expect(messageId(encoded)).toBe(id);
  });
});

test("every message survives, in upper case too", () => {
  for (let i = 0; i < 200; i++) {
    const message = randomMessage();
    const encoded = encodeMessage(message);
    expect(decodeMessage(encoded)).toEqual(message);
    expect(decodeMessage(`0x${encoded.slice(2).toUpperCase()}`)).toEqual(message);
  }
});

test("all bytes that decode encode to themselves: there is one encoding per message", () => {
  for (let i = 0; i < 200; i++) {
    const bytes = `0x03${random.hex(76 + random.below(100)).slice(2)}` as const;
    expect(encodeMessage(decodeMessage(bytes))).toBe(bytes);
  }
});

test("fewer than 77 bytes are refused", () => {
  const encoded = encodeMessage({ ...randomMessage(), body: "0x" });
  for (let size = 0; size < 77; size++) {
    expect(() => decodeMessage(hexSlice(encoded, 0, size))).toThrow(FormatError);
  }
  expect(decodeMessage(encoded).body).toBe("0x");
});

test("every version but 3 is refused, both ways", () => {
  const message = randomMessage();
  const rest = encodeMessage(message).slice(4);
  for (let version = 0; version < 256; version++) {
    if (version === 3) continue;
    expect(() => decodeMessage(`0x${version.toString(16).padStart(2, "0")}${rest}`)).toThrow(FormatError);
    expect(() => encodeMessage({ ...message, version })).toThrow(FormatError);
  }
});

test.each<[string, Partial<Message>]>([
  ["nonce", { nonce: 2 ** 32 }],
  ["nonce", { nonce: -1 }],
  ["origin", { origin: 2 ** 32 }],
  ["destination", { destination: 1.5 }],
  ["sender", { sender: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266" }],
  ["sender", { sender: `0x${"00".repeat(33)}` }],
  ["recipient", { recipient: "0x" }],
  ["body", { body: "0x1" }],
])("a message with a bad %s is refused: %j", (field, part) => {
  expect(() => encodeMessage({ ...randomMessage(), ...part })).toThrow(new RegExp(`^message ${field} `));
});

test.each(["0x030", "03", "0xzz"] as const)("%s is not hex: no message, no id", (bytes) => {
  expect(() => decodeMessage(bytes as `0x${string}`)).toThrow(FormatError);
  expect(() => messageId(bytes as `0x${string}`)).toThrow(FormatError);
});
