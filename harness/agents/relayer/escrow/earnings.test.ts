import { type Hash, numberToHex, pad } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StoredMessage } from "../messages.ts";
import { earningIds, receiptIn, receiptOf } from "./earnings.ts";
import { createEscrowStore, type EscrowStore } from "./escrowStore.testkit.ts";

let store: EscrowStore;
beforeEach(async () => {
  store = await createEscrowStore();
});
afterEach(() => store[Symbol.asyncDispose]());

const hash = (i: number): Hash => pad(numberToHex(i), { size: 32 });
const chains = () =>
  ({ from: { deliveryReceipts: store.RECEIPTS }, to: { escrowPaymaster: store.ESCROW } }) as unknown as Parameters<
    typeof receiptIn
  >[1];

async function earned(message: StoredMessage, trust: () => string | undefined = () => undefined) {
  const found = receiptIn(message, chains());
  if (found === undefined) throw new Error("it is a receipt");
  return await earningIds(store.db, message, { receipt: found, account: store.ME, trust });
}

it("earns what is locked for deliveries that it says are ours", async () => {
  for (const i of [10, 11, 12]) await store.lock(i);
  const message = await store.receipt([10, { id: 11, payee: store.ANOTHER }, 12, 13]);
  expect(await earned(message)).toEqual([hash(10), hash(12)]);
});

it("earns all that it opens if we have sent it: the account may have named another payee", async () => {
  await store.lock(10);
  const message = await store.receipt([{ id: 10, payee: store.ANOTHER }]);
  expect(await earned(message)).toEqual([]);
  await store.db.insertInto("transaction").values(store.transaction(message.dispatched_tx)).execute();
  expect(await earned(message)).toEqual([hash(10)]);
});

it("earns nothing from locks that it does not open", async () => {
  await store.lock(10, { state: "paid" });
  await store.lock(11, { state: "refunded" });
  await store.lock(12, { receipt_ism: store.ANOTHER });
  await store.lock(13, { receipt_sender: hash(6) });
  await store.lock(14, { destination: 7 });
  await store.lock(15, { origin: 7 });
  await store.lock(16);
  const message = await store.receipt([10, 11, 12, 13, 14, 15, 16]);
  expect(await earned(message)).toEqual([hash(16)]);
  expect(await earned(message, () => "not listed")).toEqual([]);
});

it("earns nothing that another receipt is opening, or has opened since the escrow was read", async () => {
  for (const i of [10, 11, 12, 13, 14]) await store.lock(i);
  const progress = { origin: store.HERE, block: 50, hash: hash(1), source: "" };
  await store.db.insertInto("escrow_progress").values(progress).execute();
  await store.receipt([10], { state: "submitted" });
  await store.receipt([11], { state: "included", delivered_block: 51 });
  await store.receipt([12], { state: "delivered", delivered_block: 51 });
  await store.receipt([13], { state: "delivered", delivered_block: 50 }); // it has opened nothing, or else it were paid
  await store.receipt([14], { state: "waiting" });
  expect(await earned(await store.receipt([10, 11, 12, 13, 14]))).toEqual([hash(13), hash(14)]);
});

it("is no receipt that another contract sends, that goes to another, or that does not decode", async () => {
  expect(receiptIn(await store.receipt([10], { sender: hash(4_000) }), chains())).toBeUndefined();
  expect(receiptIn(await store.receipt([10], { recipient: hash(5_000) }), chains())).toBeUndefined();
  expect(receiptIn(await store.receipt([10]), { ...chains(), to: undefined })).toBeUndefined();
  const { raw } = await store.receipt([10]);
  expect(receiptOf(raw)?.entries).toHaveLength(1);
  for (const bad of [`${raw}00`, raw.slice(0, -2), raw.slice(0, 50), "0x"]) {
    expect(receiptOf(bad as `0x${string}`)).toBeUndefined();
  }
});
