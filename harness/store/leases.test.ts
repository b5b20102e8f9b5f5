import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { LeaseLostError } from "./leases.ts";
import { probePostgres } from "./openPostgres.ts";
import { type Migrations, openStore, type Store, StoreError } from "./openStore.ts";
import { startPostgres, type TestPostgres } from "./testPostgres.ts";

type Tables = { thing: { id: number; name: string } };
const migrations: Migrations = {
  thing_0001_create: {
    up: (db) => db.schema.createTable("thing").addColumn("id", "bigint").addColumn("name", "text").execute(),
  },
};
/** Runs out while a test waits for it, and not before. */
const SHORT_MS = 300;
const LONG_MS = 60_000;

let postgres: TestPostgres;
let url: string;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());
beforeEach(async () => {
  url = await postgres.createDatabase();
});

const open = (leaseMs = LONG_MS) => openStore<Tables>({ file: url, migrations, exclusive: true, leaseMs });

/** As if its process had been killed, or hung, so long ago that its leases have run out. */
async function runOut({ db }: Store<Tables>): Promise<void> {
  await sql`update lease set until = clock_timestamp()`.execute(db);
}

it("is the same store as a file: numbers are numbers, also large ones, and transactions are rolled back", async () => {
  const stores = await Promise.all([open(), open(), open()]); // which migrate at the same time
  const [store] = stores;
  await store.db
    .insertInto("thing")
    .values({ id: 2 ** 40, name: "a" })
    .execute();
  const failing = store.db.transaction().execute(async (trx) => {
    await trx.insertInto("thing").values({ id: 1, name: "b" }).execute();
    await sql`select 1 / 0`.execute(trx);
  });
  await expect(failing).rejects.toThrow(/division by zero/);
  expect(await stores[1]?.db.selectFrom("thing").selectAll().execute()).toEqual([{ id: 2 ** 40, name: "a" }]);
  await store.db
    .insertInto("thing")
    .values({ id: 2 ** 60, name: "c" })
    .execute();
  await expect(store.db.selectFrom("thing").selectAll().execute()).rejects.toThrow(/beyond 2\^53/);
  for (const each of stores) await each.close();
  await store.close();
});

it("read-only: sees what is committed, and writes nothing", async () => {
  await expect(openStore<Tables>({ file: url, migrations, readonly: true })).rejects.toThrow(/lacks lease_0001_create/);
  await using store = await open();
  await using reader = await openStore<Tables>({ file: url, migrations, readonly: true });
  await store.db.insertInto("thing").values({ id: 1, name: "a" }).execute();
  expect(await reader.db.selectFrom("thing").select("name").execute()).toEqual([{ name: "a" }]);
  await expect(reader.db.deleteFrom("thing").execute()).rejects.toThrow(/read-only/);
});

it("says which database it can not open, and never the password", async () => {
  const unknown = url.replace("causeway@", "somebody:s3cret@");
  const error = await openStore({ file: unknown, migrations }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreError);
  expect(String(error)).toMatch(/postgres:\/\/127\.0\.0\.1:\d+\/test_\d+/);
  expect(String(error)).not.toContain("s3cret");
  await expect(openStore({ file: "postgres://", migrations })).rejects.toThrow(StoreError);
});

it("is looked at before anything is there, and nothing is written", async () => {
  expect(await probePostgres(url)).toBe(url.replace("causeway@", ""));
  await expect(probePostgres(url.replace(/_\d+$/, "_none"))).rejects.toThrow(/does not answer: .*does not exist/);
  await using store = await openStore<Tables>({ file: url, migrations });
  await sql`create role guest login`.execute(store.db);
  await expect(probePostgres(url.replace("causeway@", "guest@"))).rejects.toThrow(/may not create tables/);
});

it("gives a lease to one at a time, until that one lets it go or is gone", async () => {
  await using first = await open();
  await using second = await open();
  const term = await first.leases.take("origin 1");
  expect(term).toBeDefined();
  expect(await first.leases.take("origin 1")).toBe(term);
  expect(await second.leases.take("origin 1")).toBeUndefined();
  await second.leases.release(["origin 1"]); // not his
  expect(await second.leases.take("origin 1")).toBeUndefined();

  await first.leases.release(["origin 1"]);
  expect(await second.leases.take("origin 1")).toBeDefined();
  await second.close();
  const again = await first.leases.take("origin 1");
  expect(again).toBeDefined();
  expect(again, "somebody had it in between").not.toBe(term);
});

it("takes many at once, of which others have some", async () => {
  await using first = await open();
  await using second = await open();
  await second.leases.take("b");
  expect(await first.leases.claim(first.db, ["c", "b", "a"])).toEqual(new Set(["a", "c"]));
  expect(await second.leases.claim(second.db, ["a", "b", "c", "d"])).toEqual(new Set(["b", "d"]));
});

it("has nobody write who was taken for gone, and whose lease another has since", async () => {
  await using first = await open();
  await using second = await open();
  const write = (store: Store<Tables>, id: number) =>
    store.db.transaction().execute(async (trx) => {
      await store.leases.hold(trx, "origin 1");
      await trx.insertInto("thing").values({ id, name: "a" }).execute();
    });
  const term = await first.leases.take("origin 1");
  await write(first, 1);
  await runOut(first);
  await expect(write(first, 2)).rejects.toThrow(LeaseLostError);
  const others = await second.leases.take("origin 1");
  expect(others).not.toBe(term);
  await expect(write(first, 3)).rejects.toThrow(LeaseLostError);
  await write(second, 4);
  await second.leases.release(["origin 1"]);
  await expect(write(first, 5)).rejects.toThrow(LeaseLostError);
  expect(await first.leases.take("origin 1")).not.toBe(term);
  const ids = await first.db.selectFrom("thing").select("id").orderBy("id").execute();
  expect(ids.map(({ id }) => id)).toEqual([1, 4]);
});

it("has a takeover wait for the transaction that holds the lease", async () => {
  await using first = await open();
  await using second = await open();
  await first.leases.take("origin 1");
  let takeover: Promise<number | undefined> | undefined;
  await first.db.transaction().execute(async (trx) => {
    await first.leases.hold(trx, "origin 1");
    await sql`select set_config('lock_timeout', '0', true)`.execute(trx);
    takeover = second.leases.take("origin 1");
    const waiting = sql<{ n: number }>`select count(*) as n from pg_stat_activity where wait_event_type = 'Lock'`;
    const taken = takeover.then(() => "taken");
    for (;;) {
      const [row] = (await waiting.execute(first.db)).rows;
      if ((row?.n ?? 0) > 0) break;
      expect(await Promise.race([taken, Promise.resolve("waits")])).toBe("waits");
    }
    await trx.insertInto("thing").values({ id: 1, name: "a" }).execute();
  });
  expect(await takeover).toBeUndefined(); // it had not run out after all
});

it("renews by itself what it has, and loses it when its process stands still", async () => {
  await using first = await open(SHORT_MS);
  await using second = await open(SHORT_MS);
  await first.leases.take("origin 1");
  const deadline = Date.now() + 4 * SHORT_MS;
  while (Date.now() < deadline) expect(await second.leases.take("origin 1")).toBeUndefined();

  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * SHORT_MS); // all of this process hangs, the database does not
  expect(await second.leases.take("origin 1")).toBeDefined();
  expect(await first.leases.take("origin 1")).toBeUndefined();
});

it("counts time by the database's clock", async () => {
  await using store = await open();
  const now = await store.leases.clock(() => 5_000);
  expect(Math.abs(now() - Date.now())).toBeLessThan(60_000);
});
