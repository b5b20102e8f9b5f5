import { pino } from "pino";
import { type Hash, type Hex, numberToHex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../../store/testPostgres.ts";
import { createGroupCommit } from "./groupCommit.ts";
import { dueMessages } from "./messages.ts";
import { openRelayerStore, type RelayerStore } from "./openRelayer.ts";
import { lockWorkable, TakenMeanwhileError } from "./submitter/lockWorkable.ts";
import { storeSigned } from "./submitter/storeSigned.ts";

const DESTINATION = 7;
const hash = (n: number): Hash => numberToHex(n, { size: 32 });

let postgres: TestPostgres;
let url: string;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await postgres.createDatabase();
});

const open = () => openRelayerStore({ file: url, exclusive: true, leaseMs: 60_000 });

async function addMessages({ db }: RelayerStore, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, nonce) => ({
    ...{ id: hash(nonce), origin: 1, destination: DESTINATION, nonce, sender: hash(1), recipient: hash(2) },
    ...{ raw: "0x" as Hex, dispatched_block: 1, dispatched_tx: hash(3), recorded_at: 0, state: "pending" as const },
    ...{ attempts: 0, next_attempt_at: nonce, updated_at: 0 },
  }));
  await db.insertInto("message").values(rows).execute();
}

function contextOf({ db, leases }: RelayerStore) {
  return { db, leases, commit: createGroupCommit(db), log: pino({ level: "silent" }), now: () => 1_000_000 };
}

it("gives each due message to one process, whoever asks at the same time", async () => {
  const stores = [await open(), await open(), await open()];
  await addMessages(stores[0] ?? expect.unreachable(), 100);
  const ask = (store: RelayerStore, limit = 10) => dueMessages(contextOf(store), { destination: DESTINATION, limit });
  const seen = new Map<Hash, number>();
  for (let round = 0; round < 3; round++) {
    const pages = await Promise.all(stores.map((store) => ask(store)));
    for (const [i, page] of pages.entries()) {
      for (const { id } of page) expect(seen.get(id) ?? i).toBe(i);
      for (const { id } of page) seen.set(id, i);
    }
  }
  for (const store of stores) expect((await ask(store)).length, "there is enough for all").toBe(10);

  // What one lets go, or leaves behind when it stops, the others have.
  const [first, second, third] = stores;
  await first?.close();
  await second?.close();
  const left = await ask(third ?? expect.unreachable(), 100);
  expect(left.map(({ nonce }) => nonce)).toEqual(Array.from({ length: 100 }, (_, nonce) => nonce));
  await third?.close();
});

it("stores one transaction for a message that two processes believe to be theirs", async () => {
  await using first = await open();
  await using second = await open();
  await addMessages(first, 2);
  const row = (n: number, id: Hash) => ({
    ...{ hash: hash(100 + n), destination: DESTINATION, account: hash(n).slice(0, 42) as Hash, nonce: 0 },
    ...{ message_id: id, purpose: "deliver" as const, raw: "0x" as Hex, max_fee_per_gas: "1" },
    ...{ max_priority_fee_per_gas: "1", state: "pending" as const, created_at: 0, broadcast_at: null },
    ...{ block_number: null, block_hash: null, gas_used: null, success: null, cost: null, fills: null },
  });
  const store = ({ db }: RelayerStore, rows: ReturnType<typeof row>[]) =>
    db.transaction().execute(async (trx) => {
      await lockWorkable(
        trx,
        rows.map(({ message_id: id }) => id),
      );
      await storeSigned(trx, rows, 0);
    });
  const results = await Promise.allSettled([
    store(first, [row(1, hash(0)), row(2, hash(1))]),
    store(second, [row(3, hash(1)), row(4, hash(0))]),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const refused = results.find((result) => result.status === "rejected");
  expect(refused?.reason).toBeInstanceOf(TakenMeanwhileError);
  const stored = await first.db.selectFrom("transaction").select("message_id").orderBy("message_id").execute();
  expect(stored.map(({ message_id }) => message_id)).toEqual([hash(0), hash(1)]);

  // The origin was reorganised, and the message is there again as if nothing had been sent for it.
  await first.db.updateTable("message").set({ state: "pending" }).execute();
  await expect(store(second, [row(5, hash(0))])).rejects.toThrow(/1 of 1 messages were taken/);
  // It is no more, nor is what was sent for it.
  await first.db.deleteFrom("message").execute();
  await first.db.deleteFrom("transaction").execute();
  await expect(store(second, [row(5, hash(0))])).rejects.toThrow(TakenMeanwhileError);
});
