import { type Address, encodeFunctionData, type Hash, keccak256, numberToHex, pad } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deliveryReceiptsAbi } from "../../../contracts/abi.ts";
import type { TransactionTable } from "../schema.ts";
import { createEscrowStore, type EscrowStore } from "./escrowStore.testkit.ts";
import { claimKey, readUnderWay } from "./underWay.ts";

let store: EscrowStore;
beforeEach(async () => {
  store = await createEscrowStore();
});
afterEach(() => store[Symbol.asyncDispose]());

const account = privateKeyToAccount(pad("0x01", { size: 32 }));
const hash = (i: number): Hash => pad(numberToHex(i), { size: 32 });
const NOW = 1_000_000;

/** A claim of ours. */
async function claim(id: number, change: Partial<TransactionTable> = {}, { to, origin }: Target = {}): Promise<Hash> {
  const args = [origin ?? store.HERE, pad(store.ESCROW, { size: 32 }), store.MODULE, [hash(id)], "0x", store.MODULE];
  const data = encodeFunctionData({ abi: deliveryReceiptsAbi, functionName: "sendReceipts", args: args as never });
  const fees = { gas: 1n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
  const raw = await account.signTransaction({ type: "eip1559", chainId: 1, to: to ?? store.RECEIPTS, data, ...fees });
  const row = { ...store.transaction(keccak256(raw)), raw, purpose: "claim", created_at: NOW, ...change } as const;
  await store.db.insertInto("transaction").values(row).execute();
  return keccak256(raw);
}
type Target = { to?: Address; origin?: number };

async function underWay() {
  const route = { origin: store.HERE, destination: store.THERE, escrow: store.ESCROW, receipts: store.RECEIPTS };
  const { keys, offered } = await readUnderWay(store.db, { ...route, escrowBlock: 50 }, NOW - 10);
  const ids = Array.from({ length: 30 }, (_, i) => i).filter((i) => keys.has(claimKey(store.MODULE, hash(i))));
  return {
    ids,
    size: keys.size,
    offered: offered.map(({ entries }) => entries.map(({ messageId }) => Number(messageId))),
  };
}

it("is what a transaction of ours claims, until it has failed or its receipt is recorded", async () => {
  await claim(10, { state: "pending", success: null });
  await claim(11, { state: "included" });
  await claim(12, { state: "final" }); // its receipt is not recorded yet
  await claim(13, { state: "final", success: 0 });
  await claim(14, { state: "superseded" });
  await claim(15, { state: "refused" });
  await claim(16, { state: "final", created_at: NOW - 11 }); // nobody has seen its receipt
  await claim(17, {}, { to: store.MODULE });
  await claim(18, {}, { origin: 77 });
  expect(await underWay()).toEqual({ ids: [10, 11, 12], size: 3, offered: [] });
});

it("is what a receipt of ours says, until it was delivered and the escrow read", async () => {
  for (const [i, state] of (["pending", "waiting", "parked", "submitted", "included"] as const).entries()) {
    await store.receipt([10 + i], { dispatched_tx: await claim(10 + i, { state: "final" }), state });
  }
  const read = { state: "delivered", delivered_block: 50 } as const;
  await store.receipt([20], { dispatched_tx: await claim(20, { state: "final" }), ...read });
  const unread = { state: "delivered", delivered_block: 51 } as const;
  await store.receipt([21], { dispatched_tx: await claim(21, { state: "final" }), ...unread });
  expect(await underWay()).toEqual({ ids: [10, 11, 12, 13, 14, 21], size: 6, offered: [] });
});

it("leaves it open whether a receipt is that others have sent and that nobody is delivering", async () => {
  await store.receipt([10, 11]);
  await store.receipt([12], { state: "waiting" });
  await store.receipt([13], { state: "excluded" });
  await store.receipt([14], { state: "parked" });
  await store.receipt([17], { state: "waiting", wanted_lock: "1" }); // it was not worth its delivery
  await store.receipt([15], { state: "submitted" });
  await store.receipt([16], { state: "delivered", delivered_block: 51 });
  expect(await underWay()).toEqual({ ids: [15, 16], size: 2, offered: [[12], [10, 11]] });
});

it("looks at no more than the newest hundred of others, and at all of ours", async () => {
  await store.receipt([9], { dispatched_tx: await claim(9, { state: "final" }) });
  for (let i = 0; i < 120; i++) await store.receipt([100 + i]);
  const { ids, offered } = await underWay();
  expect(ids).toEqual([9]);
  expect(offered).toHaveLength(100);
  expect(offered[0]).toEqual([219]);
});
