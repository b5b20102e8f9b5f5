import { addr32, address, columns, hex, keccak, text, UINT32_MAX, uint, word } from "./bytes.ts";

type Row = { deadline: number; counter: bigint; payload: Buffer; domain: number; account: Buffer };

const plain: Row = {
  deadline: 1_800_000_000,
  counter: 0n,
  payload: text("hi"),
  domain: 31337,
  account: addr32(address("account")),
};

function row(name: string, change: Partial<Row>) {
  const { deadline, counter, payload, domain, account } = { ...plain, ...change };
  const rest = Buffer.concat([uint(deadline, 6), uint(counter, 8), payload]);
  return {
    name,
    deadline,
    counter: hex(uint(counter, 32)),
    payload: hex(payload),
    message: hex(Buffer.concat([uint(1, 1), rest])),
    receipt: hex(Buffer.concat([uint(2, 1), rest])),
    domain,
    account: hex(account),
    commitment: hex(keccak(uint(domain, 4), account, rest)),
  };
}

export const expiringMessageVectors = {
  valid: columns([
    row("plain", {}),
    row("no deadline, no payload", { deadline: 0, payload: Buffer.alloc(0) }),
    row("largest numbers", {
      deadline: 2 ** 48 - 1,
      counter: 2n ** 64n - 1n,
      payload: Buffer.alloc(33, 0xff),
      domain: UINT32_MAX,
      account: Buffer.alloc(32, 0xff),
    }),
    row("each byte differs", {
      deadline: 0x010203040506,
      counter: 0x0708090a0b0c0d0en,
      domain: 0xf1f2f3f4,
      account: word("account"),
      payload: word("payload"),
    }),
  ]),
  rejected: columns(
    [0, 1, 7, 14].map((size) => ({ encoded: hex(Buffer.concat([uint(1, 1), Buffer.alloc(14)]).subarray(0, size)) })),
  ),
};
