import { address, addr32, columns, hex, uint, word } from "./bytes.ts";

type Standard = { msgValue: bigint; gasLimit: bigint; refundAddress: Buffer; feeToken: Buffer };
type Terms = { deadline: number; escrowUntil: number; receiptIsm: Buffer; receiptSender: Buffer };

const UINT48_MAX = 2 ** 48 - 1;
const nobody = Buffer.alloc(20);
const standard: Standard = { msgValue: 0n, gasLimit: 50_000n, refundAddress: address("refund"), feeToken: nobody };
const terms: Terms = {
  deadline: 1_800_000_000,
  escrowUntil: 1_800_604_800,
  receiptIsm: address("receipt ism"),
  receiptSender: addr32(address("receipts")),
};

const front = (s: Standard): Buffer =>
  Buffer.concat([uint(1, 2), uint(s.msgValue, 32), uint(s.gasLimit, 32), s.refundAddress, s.feeToken]);

const whole = (s: Standard, t: Terms): Buffer =>
  Buffer.concat([front(s), uint(t.deadline, 6), uint(t.escrowUntil, 6), t.receiptIsm, t.receiptSender]);

function termsRow(name: string, change: Partial<Terms>, rest: Buffer = Buffer.alloc(0)) {
  const t = { ...terms, ...change };
  return {
    name,
    deadline: t.deadline,
    escrowUntil: t.escrowUntil,
    receiptIsm: hex(t.receiptIsm),
    receiptSender: hex(t.receiptSender),
    encoded: hex(Buffer.concat([whole(standard, t), rest])),
  };
}

function completeRow(name: string, metadata: Buffer, deadline: number, refundAddress: Buffer, completed: Buffer) {
  return {
    name,
    metadata: hex(metadata),
    deadline,
    refundAddress: hex(refundAddress),
    completed: hex(completed),
  };
}

const caller = address("caller");
const blank: Standard = { msgValue: 0n, gasLimit: 50_000n, refundAddress: caller, feeToken: nobody };
const own: Standard = { msgValue: 7n, gasLimit: 123_456n, refundAddress: address("refund"), feeToken: address("token") };
const unnamed: Standard = { ...own, refundAddress: nobody };
const time = uint(terms.deadline, 6);
const none = uint(0, 6);

export const deliveryTermsVectors = {
  terms: columns([
    termsRow("all fields", {}),
    termsRow("no deadline", { deadline: 0 }),
    termsRow("largest times", { deadline: UINT48_MAX, escrowUntil: UINT48_MAX }),
    termsRow("a sender that is no EVM account", { receiptSender: word("receipts") }),
    termsRow("each byte differs", { deadline: 0x010203040506, escrowUntil: 0x0708090a0b0c }),
    termsRow("followed by other bytes", {}, word("rest")),
  ]),
  complete: columns([
    completeRow("nothing", Buffer.alloc(0), terms.deadline, caller, Buffer.concat([front(blank), time])),
    completeRow("nothing, no deadline", Buffer.alloc(0), 0, caller, Buffer.concat([front(blank), none])),
    completeRow("a variant alone", uint(1, 2), terms.deadline, caller, Buffer.concat([front(blank), time])),
    completeRow(
      "no refund address",
      front(own).subarray(0, 66),
      terms.deadline,
      caller,
      Buffer.concat([front({ ...blank, msgValue: 7n, gasLimit: 123_456n }), time]),
    ),
    completeRow("no deadline, a token", front(own), terms.deadline, caller, Buffer.concat([front(own), time])),
    completeRow(
      "half a deadline",
      Buffer.concat([front(own), time.subarray(0, 5)]),
      terms.deadline,
      caller,
      Buffer.concat([front(own), time]),
    ),
    completeRow(
      "a refund address of zero",
      front(unnamed),
      0,
      caller,
      Buffer.concat([front({ ...own, refundAddress: caller }), none]),
    ),
    completeRow("all terms", whole(own, terms), terms.deadline, caller, whole(own, terms)),
    completeRow(
      "terms that name no deadline",
      whole(unnamed, { ...terms, deadline: 0 }),
      terms.deadline,
      caller,
      whole({ ...own, refundAddress: caller }, terms),
    ),
    completeRow(
      "terms and other bytes",
      Buffer.concat([whole(own, terms), word("rest")]),
      terms.deadline,
      caller,
      Buffer.concat([whole(own, terms), word("rest")]),
    ),
  ]),
  mismatches: columns([
    { metadata: hex(whole(own, terms)), deadline: terms.deadline + 1, named: terms.deadline },
    { metadata: hex(whole(own, terms)), deadline: 0, named: terms.deadline },
    { metadata: hex(Buffer.concat([front(own), uint(1, 6)])), deadline: UINT48_MAX, named: 1 },
  ]),
};
