import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, type Hash, numberToHex, pad } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeDeliveryReceipt } from "../../../protocol/deliveryReceipt.ts";
import { encodeMessage } from "../../../protocol/message.ts";
import { openStore, type Store } from "../../../store/openStore.ts";
import type { StoredMessage } from "../messages.ts";
import { type RelayerTables, relayerMigrations } from "../schema.ts";
import { earningIds, receiptIn } from "./earnings.ts";
import type { EscrowLockTable } from "./escrowTables.ts";

/** The escrow is on chain 1, deliveries and receipts on chain 2. */
const [HERE, THERE] = [1, 2];
const hash = (i: number): Hash => pad(numberToHex(i), { size: 32 });
const address = (i: number): Address => pad(numberToHex(i), { size: 20 });
const [ME, ANOTHER, MODULE, RECEIPTS, ESCROW] = [address(1), address(2), address(3), address(4), address(5)];
let directory: string;
let store: Store<RelayerTables>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "earnings-"));
  store = await openStore<RelayerTables>({ file: join(directory, "relayer.db"), migrations: relayerMigrations });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const entry = (i: number, payee = ME) => ({ messageId: hash(i), payee });
let count = 0;

/** A receipt that is recorded. */
async function receipt(entries: ReturnType<typeof entry>[], change: Partial<StoredMessage> = {}, receiptIsm = MODULE) {
  const nonce = 100 + count++;
  const [sender, recipient] = [pad(RECEIPTS, { size: 32 }), pad(ESCROW, { size: 32 })];
  const body = encodeDeliveryReceipt({ receiptIsm, entries });
  const raw = encodeMessage({ version: 3, nonce, origin: THERE, sender, destination: HERE, recipient, body });
  const row: StoredMessage = {
    id: hash(nonce),
    origin: THERE,
    destination: HERE,
    nonce,
    sender,
    recipient,
    raw,
    dispatched_block: 1,
    dispatched_tx: hash(1_000 + nonce),
    recorded_at: 0,
    state: "pending",
    attempts: 0,
    next_attempt_at: 0,
    reason: null,
    tx: null,
    delivered_block: null,
    delivered_tx: null,
    gas_used: null,
    updated_at: 0,
    retried_at: null,
    wanted_wei: null,
    wanted_gas: null,
    wanted_lock: null,
    ...change,
  };
  await store.db.insertInto("message").values(row).execute();
  return row;
}

async function lock(i: number, change: Partial<EscrowLockTable> = {}) {
  const choice = { receipt_ism: MODULE, receipt_sender: pad(RECEIPTS, { size: 32 }) };
  const row = { origin: HERE, destination: THERE, message_id: hash(i), ...choice, deadline: 0, escrow_until: 9 };
  const open = { amount: "5", state: "open" as const, paid_to: null, claims: 0 };
  await store.db
    .insertInto("escrow_lock")
    .values({ ...row, ...open, ...change })
    .execute();
}

const chains = { from: { deliveryReceipts: RECEIPTS }, to: { escrowPaymaster: ESCROW } } as unknown as Parameters<
  typeof receiptIn
>[1];

async function earned(message: StoredMessage, trust: () => string | undefined = () => undefined) {
  const found = receiptIn(message, chains);
  if (found === undefined) throw new Error("it is a receipt");
  return await earningIds(store.db, message, { receipt: found, account: ME, trust });
}

it("earns what is locked for deliveries that it says are ours", async () => {
  for (const i of [10, 11, 12]) await lock(i);
  expect(await earned(await receipt([entry(10), entry(11, ANOTHER), entry(12), entry(13)]))).toEqual([
    hash(10),
    hash(12),
  ]);
});

it("earns all that it opens if we have sent it: the account may have named another payee", async () => {
  await lock(10);
  const message = await receipt([entry(10, ANOTHER)]);
  expect(await earned(message)).toEqual([]);
  await store.db
    .insertInto("transaction")
    .values({
      ...{ hash: message.dispatched_tx, destination: THERE, account: ME, nonce: 1, message_id: null, purpose: "claim" },
      ...{ raw: "0x", max_fee_per_gas: "1", max_priority_fee_per_gas: "1", state: "final", created_at: 0, success: 1 },
      ...{ broadcast_at: 0, block_number: 1, block_hash: hash(1), gas_used: 1, cost: "1", fills: null },
    })
    .execute();
  expect(await earned(message)).toEqual([hash(10)]);
});

it("earns nothing from locks that it does not open", async () => {
  await lock(10, { state: "paid" });
  await lock(11, { state: "refunded" });
  await lock(12, { receipt_ism: ANOTHER });
  await lock(13, { receipt_sender: hash(6) });
  await lock(14, { destination: 7 });
  await lock(15, { origin: 7 });
  await lock(16);
  const message = await receipt([10, 11, 12, 13, 14, 15, 16].map((i) => entry(i)));
  expect(await earned(message)).toEqual([hash(16)]);
  expect(await earned(message, () => "not listed")).toEqual([]);
});

it("earns nothing that another receipt is opening, or has opened since the escrow was read", async () => {
  for (const i of [10, 11, 12, 13, 14]) await lock(i);
  await store.db
    .insertInto("escrow_progress")
    .values({ origin: HERE, block: 50, hash: hash(1), source: "" })
    .execute();
  await receipt([entry(10)], { state: "submitted" });
  await receipt([entry(11)], { state: "included", delivered_block: 51 });
  await receipt([entry(12)], { state: "delivered", delivered_block: 51 });
  await receipt([entry(13)], { state: "delivered", delivered_block: 50 }); // it has opened nothing, or else it were paid
  await receipt([entry(14)], { state: "waiting" });
  expect(await earned(await receipt([10, 11, 12, 13, 14].map((i) => entry(i))))).toEqual([hash(13), hash(14)]);
});

it("is no receipt that another contract sends, or that goes to another", async () => {
  expect(receiptIn(await receipt([entry(10)], { sender: hash(4_000) }), chains)).toBeUndefined();
  expect(receiptIn(await receipt([entry(10)], { recipient: hash(5_000) }), chains)).toBeUndefined();
  expect(receiptIn(await receipt([entry(10)]), { ...chains, to: undefined })).toBeUndefined();
});
