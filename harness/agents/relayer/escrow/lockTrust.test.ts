import { pad } from "viem";
import { expect, it } from "vitest";
import { chainConfigSchema } from "../../../chains/chainConfig.ts";
import { createLockTrust } from "./lockTrust.ts";

const address = (i: number) => pad(`0x${i.toString(16)}`, { size: 20 });
const [MODULE, RECEIPTS] = [address(0xa1), address(0xa2)];
const chain = (domain: number, more: object) =>
  chainConfigSchema.parse({
    name: `chain ${domain}`,
    domain,
    rpcUrl: "http://127.0.0.1:1",
    mailbox: address(1),
    merkleTreeHook: address(2),
    validatorAnnounce: address(3),
    fromBlock: 0,
    finality: { blocks: 0 },
    ...more,
  });
const trust = createLockTrust([
  chain(1, { receiptIsms: [address(0xbb), MODULE] }),
  chain(2, { deliveryReceipts: RECEIPTS }),
  chain(3, { deliveryReceipts: RECEIPTS }),
]);
const lock = { origin: 1, destination: 2, receiptIsm: MODULE, receiptSender: pad(RECEIPTS, { size: 32 }) };

it("counts on receipts that a listed module verifies and the destination's contract sends", () => {
  expect(trust(lock)).toBeUndefined();
});

it.each([
  [{ receiptIsm: RECEIPTS }, "is not among the receiptIsms"],
  [{ origin: 2, destination: 1 }, "is not among the receiptIsms"], // what is listed is of another chain
  [{ origin: 9 }, "is not among the receiptIsms"],
  [{ destination: 1 }, "no deliveryReceipts configured"],
  [{ destination: 9 }, "no deliveryReceipts configured"],
  [{ receiptSender: pad(MODULE, { size: 32 }) }, "is not the deliveryReceipts"],
  // The last 20 bytes are not all that counts.
  [{ receiptSender: `0x01${pad(RECEIPTS, { size: 31 }).slice(2)}` as const }, "is not the deliveryReceipts"],
])("does not count on %j", (change, reason) => {
  expect(trust({ ...lock, ...change })).toContain(reason);
});
