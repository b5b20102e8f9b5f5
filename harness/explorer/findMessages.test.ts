import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import type { Hex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openRelayerStore, type RelayerStore } from "../agents/relayer/openRelayer.ts";
import { createSpending } from "../agents/relayer/sight/createSpending.ts";
import { readQueues } from "../agents/relayer/sight/readQueue.ts";
import { findMessages, parseQuery } from "./findMessages.ts";

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const directory = mkdtempSync(join(tmpdir(), "explorer-"));
const file = join(directory, "relayer.db");
let store: RelayerStore;

beforeAll(async () => {
  store = await openRelayerStore({ file });
  const message = (n: number, state: "pending" | "waiting" | "delivered", reason: string | null) => ({
    ...{
      id: hash(n),
      origin: 1,
      destination: 2,
      nonce: n,
      sender: hash(0xaa + (n % 2)),
      recipient: hash(1),
      raw: "0x" as Hex,
    },
    ...{ dispatched_block: 1, dispatched_tx: hash(100 + n), recorded_at: 1_000 + n, state, attempts: 0, reason },
    ...{ next_attempt_at: 0, tx: null, delivered_block: null, delivered_tx: null, gas_used: null, updated_at: n },
    ...{ retried_at: null, wanted_wei: null, wanted_gas: null, wanted_lock: null },
  });
  await store.db
    .insertInto("message")
    .values([
      message(1, "delivered", null),
      message(2, "waiting", "2 of 3 validators needed, 1 signed index 2: 0xaa absent"),
      message(3, "waiting", "gas not paid: nothing was paid for it"),
      message(4, "pending", '<script>"} 1'),
    ])
    .execute();
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

async function add(nonce: number, state: "pending" | "included" | "final", cost: string | null, success: 0 | 1 = 1) {
  await store.db
    .insertInto("transaction")
    .values({
      ...{ hash: hash(1_000 + nonce), destination: 2, account: `0x${"bb".repeat(20)}`, nonce, message_id: hash(4) },
      ...{ purpose: "deliver", raw: "0x02", max_fee_per_gas: "1", max_priority_fee_per_gas: "1", state, created_at: 1 },
      ...{ broadcast_at: 1, block_number: 1, block_hash: null, gas_used: 1, success, cost, fills: null },
    })
    .execute();
}

it("takes ids, addresses and nothing, and no pattern of a stranger", () => {
  expect(["", " ", hash(1).toUpperCase().replace("0X", "0x"), `0x${"aa".repeat(20)}`].map(parseQuery)).toEqual([
    ...["", "", hash(1)],
    `0x${"aa".repeat(20)}`,
  ]);
  expect(["0x", "%", "' or 1=1 --", `${hash(1)}00`, "1"].map(parseQuery)).toEqual(Array(5).fill(undefined));
});

it("finds by id, sender, dispatch, and the transaction that delivers, newest first", async () => {
  await add(0, "pending", null);
  const find = async (query: Hex | "", state?: "waiting") =>
    (await findMessages(store.db, { query, limit: 10, ...(state && { state }) })).map(({ nonce }) => nonce);
  expect(await find("")).toEqual([4, 3, 2, 1]);
  expect(await find("", "waiting")).toEqual([3, 2]);
  expect(await find(hash(2))).toEqual([2]);
  expect(await find(`0x${"aa".padStart(40, "0")}`)).toEqual([4, 2]);
  expect(await find(hash(0xaa), "waiting")).toEqual([2]);
  expect(await find(hash(103))).toEqual([3]);
  expect(await find(hash(1_000))).toEqual([4]);
  expect(await find(hash(999))).toEqual([]);
});

it("looks by an index, whatever is looked for", () => {
  const database = new Database(file, { readonly: true });
  for (const where of ["where state = 'parked'", "where sender = '0x'", "where dispatched_tx = '0x'", ""]) {
    const look = `select id from message ${where} order by updated_at desc, nonce desc limit 50`;
    const plan = JSON.stringify(database.prepare(`explain query plan ${look}`).all());
    expect(plan).toMatch(/USING (COVERING )?INDEX message_/);
  }
  database.close();
});

it("counts what is queued by the kind of its reason, and what a stranger wrote as `other`", async () => {
  const queues = await readQueues(store.db, 2);
  const counted = queues.flatMap(({ state, kinds }) => [...kinds].map(([kind, count]) => `${state} ${kind} ${count}`));
  expect(counted.sort()).toEqual(["pending other 1", "waiting payment 1", "waiting signatures 1"]);
  expect(queues.map(({ oldestAt }) => oldestAt).filter((at) => at !== undefined)).toEqual([1_004, 1_002]);
});

it("adds up what settles from now on, each transaction once, also those that settle out of order", async () => {
  await store.db.deleteFrom("transaction").execute();
  await add(1, "final", "7");
  const spending = createSpending(2);
  expect(await spending.next(store.db)).toEqual({ spent: 0n, lost: 0n });
  await add(2, "pending", null);
  await add(3, "final", "100", 0);
  expect(await spending.next(store.db)).toEqual({ spent: 0n, lost: 0n });
  await store.db.updateTable("transaction").set({ state: "final", cost: "20" }).where("nonce", "=", 2).execute();
  expect(await spending.next(store.db)).toEqual({ spent: 120n, lost: 100n });
  expect(await spending.next(store.db)).toEqual({ spent: 0n, lost: 0n });
});
