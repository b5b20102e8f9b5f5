import { addr32, address, columns, hex, text, uint, word } from "./bytes.ts";

type Row = {
  sender: Buffer;
  to: Buffer;
  data: Buffer;
  callback: Buffer;
  /** How many times the query is asked. */
  count: number;
};

const plain: Row = {
  sender: addr32(address("sender")),
  to: addr32(address("target")),
  data: text("calldata"),
  callback: text("callback"),
  count: 1,
};

/** A `bytes` behind its offset: length, content, zeros to a whole word. */
function encodeBytes(content: Buffer): Buffer {
  return Buffer.concat([uint(content.length, 32), content, Buffer.alloc((32 - (content.length % 32)) % 32)]);
}

/** An array of elements of the same size, each behind an offset. */
function encodeArray(element: Buffer, count: number): Buffer {
  const offsets = Array.from({ length: count }, (_, i) => uint(32 * count + element.length * i, 32));
  return Buffer.concat([uint(count, 32), ...offsets, ...Array.from({ length: count }, () => element)]);
}

function row(name: string, change: Partial<Row>) {
  const { sender, to, data, callback, count } = { ...plain, ...change };
  const call = Buffer.concat([to, uint(64, 32), encodeBytes(data)]);
  const query = Buffer.concat([uint(64, 32), uint(64 + call.length, 32), call, encodeBytes(callback)]);
  const body = (type: number, array: Buffer) => hex(Buffer.concat([sender, uint(type, 32), uint(96, 32), array]));
  return {
    name,
    sender: hex(sender),
    to: hex(to),
    data: hex(data),
    callback: hex(callback),
    count,
    queryBody: body(0, encodeArray(query, count)),
    answerBody: body(1, encodeArray(encodeBytes(callback), count)),
  };
}

export const interchainQueryVectors = {
  valid: columns([
    row("plain", {}),
    row("no queries", { count: 0 }),
    row("three queries", { count: 3 }),
    row("no data", { data: Buffer.alloc(0), callback: Buffer.alloc(0) }),
    row("each field differs", {
      sender: word("sender"),
      to: word("to"),
      data: Buffer.alloc(33, 0xff),
      callback: Buffer.alloc(64, 0xee),
    }),
  ]),
};
