import { addr32, address, bytes, columns, hex, keccak, text, UINT32_MAX, uint, word } from "./bytes.ts";

type MessageFields = {
  nonce: number;
  origin: number;
  sender: Buffer;
  destination: number;
  recipient: Buffer;
  body: Buffer;
};

export function message(m: MessageFields): Buffer {
  return Buffer.concat([
    uint(3, 1),
    uint(m.nonce, 4),
    uint(m.origin, 4),
    m.sender,
    uint(m.destination, 4),
    m.recipient,
    m.body,
  ]);
}

function messageRow(name: string, m: MessageFields) {
  const encoded = message(m);
  return {
    name,
    version: 3,
    nonce: m.nonce,
    origin: m.origin,
    sender: hex(m.sender),
    destination: m.destination,
    recipient: hex(m.recipient),
    body: hex(m.body),
    encoded: hex(encoded),
    id: hex(keccak(encoded)),
  };
}

export const plain = {
  nonce: 0,
  origin: 31337,
  sender: addr32(address("sender")),
  destination: 31338,
  recipient: addr32(address("recipient")),
};
const longBody = Buffer.concat(Array.from({ length: 40 }, (_, i) => word(`body ${i}`))).subarray(0, 1279);

export const messageVectors = {
  valid: columns([
    messageRow("empty body, nonce 0", { ...plain, body: Buffer.alloc(0) }),
    messageRow("body of one zero byte", { ...plain, nonce: 1, body: Buffer.alloc(1) }),
    messageRow("body of one byte", { ...plain, nonce: 2, body: bytes("0xff") }),
    messageRow("body of 32 bytes", { ...plain, nonce: 3, body: word("body") }),
    messageRow("body of 1,279 bytes", { ...plain, nonce: 4, body: longBody }),
    messageRow("UTF-8 body", { ...plain, nonce: 5, body: text("Brücke über den Fluß — 橋") }),
    messageRow("largest nonce and domains", {
      ...plain,
      nonce: UINT32_MAX,
      origin: UINT32_MAX,
      destination: UINT32_MAX,
      body: bytes("0x00ff"),
    }),
    messageRow("parties that are not EVM accounts", {
      ...plain,
      nonce: 6,
      sender: word("sender"),
      recipient: word("recipient"),
      body: text("hi"),
    }),
    messageRow("all fields zero", {
      nonce: 0,
      origin: 0,
      sender: Buffer.alloc(32),
      destination: 0,
      recipient: Buffer.alloc(32),
      body: Buffer.alloc(0),
    }),
    messageRow("all bytes 0xff", {
      nonce: UINT32_MAX,
      origin: UINT32_MAX,
      sender: Buffer.alloc(32, 0xff),
      destination: UINT32_MAX,
      recipient: Buffer.alloc(32, 0xff),
      body: Buffer.alloc(33, 0xff),
    }),
    messageRow("each byte of the integers differs", {
      ...plain,
      nonce: 0x01020304,
      origin: 0x05060708,
      destination: 0xf9fafbfc,
      body: bytes("0x01"),
    }),
  ]),
};
