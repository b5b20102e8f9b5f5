import { addr32, address, columns, hex, keccak, text, uint, word } from "./bytes.ts";

type Row = {
  owner: Buffer;
  ism: Buffer;
  userSalt: Buffer;
  readIsm: Buffer;
  commitSalt: Buffer;
  to: Buffer;
  value: bigint;
  data: Buffer;
  /** How many times the call is made. */
  count: number;
};

const plain: Row = {
  owner: addr32(address("owner")),
  ism: addr32(address("ism")),
  userSalt: Buffer.alloc(32),
  readIsm: addr32(address("read ism")),
  commitSalt: word("salt"),
  to: addr32(address("target")),
  value: 0n,
  data: text("calldata"),
  count: 1,
};

/** abi.encode of an array of (bytes32,uint256,bytes). */
function encodeCalls({ to, value, data, count }: Row): Buffer {
  const padded = Buffer.concat([data, Buffer.alloc((32 - (data.length % 32)) % 32)]);
  const call = Buffer.concat([to, uint(value, 32), uint(96, 32), uint(data.length, 32), padded]);
  const offsets = Array.from({ length: count }, (_, i) => uint(32 * count + call.length * i, 32));
  return Buffer.concat([uint(32, 32), uint(count, 32), ...offsets, ...Array.from({ length: count }, () => call)]);
}

function row(name: string, change: Partial<Row>) {
  const fields = { ...plain, ...change };
  const { owner, ism, userSalt, readIsm, commitSalt, to, value, data, count } = fields;
  const calls = encodeCalls(fields);
  const commitment = keccak(commitSalt, calls);
  return {
    name,
    owner: hex(owner),
    ism: hex(ism),
    userSalt: hex(userSalt),
    readIsm: hex(readIsm),
    commitSalt: hex(commitSalt),
    to: hex(to),
    value: hex(uint(value, 32)),
    data: hex(data),
    count,
    commitment: hex(commitment),
    callsBody: hex(Buffer.concat([uint(0, 1), owner, ism, userSalt, calls])),
    commitmentBody: hex(Buffer.concat([uint(1, 1), owner, ism, userSalt, commitment])),
    revealBody: hex(Buffer.concat([uint(2, 1), readIsm, commitment, owner, ism, userSalt])),
    shortReveal: hex(Buffer.concat([uint(2, 1), readIsm, commitment])),
  };
}

export const interchainAccountVectors = {
  valid: columns([
    row("plain", {}),
    row("no calls", { count: 0 }),
    row("three calls", { count: 3, value: 10n ** 18n }),
    row("no data", { data: Buffer.alloc(0), value: 2n ** 256n - 1n }),
    row("each field differs", {
      owner: word("owner"),
      ism: word("ism"),
      userSalt: word("user salt"),
      readIsm: word("read ism"),
      to: word("to"),
      data: Buffer.alloc(33, 0xff),
    }),
  ]),
};
