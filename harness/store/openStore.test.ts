import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Migrations, openStore, StoreError } from "./openStore.ts";

type Tables = { thing: { id: number; name: string } };

const first: Migrations = {
  thing_0001_create: {
    async up(db) {
      await db.schema
        .createTable("thing")
        .addColumn("id", "bigint", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .execute();
    },
  },
};

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-"));
  file = join(directory, "deep", "er", "agent.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("openStore", () => {
  it("creates file and folder, migrates, and finds the rows again", async () => {
    {
      await using store = await openStore<Tables>({ file, migrations: first });
      await store.db
        .insertInto("thing")
        .values({ id: 2 ** 40, name: "a" })
        .execute();
    }
    await using again = await openStore<Tables>({ file, migrations: first });
    expect(await again.db.selectFrom("thing").selectAll().execute()).toEqual([{ id: 2 ** 40, name: "a" }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("keeps a write-ahead log with an fsync at every commit", async () => {
    await using store = await openStore<Tables>({ file, migrations: first });
    expect((await sql<object>`PRAGMA journal_mode`.execute(store.db)).rows).toEqual([{ journal_mode: "wal" }]);
    expect((await sql<object>`PRAGMA synchronous`.execute(store.db)).rows).toEqual([{ synchronous: 2 }]);
  });

  it("runs only new migrations, also one that sorts before an old one", async () => {
    await (await openStore<Tables>({ file, migrations: first })).close();
    const migrations: Migrations = {
      ...first,
      other_0001_create: { up: (db) => db.schema.createTable("other").addColumn("id", "bigint").execute() },
    };
    await using store = await openStore<Tables & { other: { id: number } }>({ file, migrations });
    expect(await store.db.selectFrom("other").selectAll().execute()).toEqual([]);
  });

  it("finds nothing half made after a process was killed in the middle of its migrations", async () => {
    const module = new URL("openStore.ts", import.meta.url).href;
    const script = `
      import { openStore } from ${JSON.stringify(module)};
      const create = (db, name) => db.schema.createTable(name).addColumn("id", "bigint").execute();
      const up = async (db) => { await create(db, "thing"); process.kill(process.pid, "SIGKILL"); };
      const before = { up: (db) => create(db, "other") };
      await openStore({ file: ${JSON.stringify(file)}, migrations: { a_before: before, thing_0001_create: { up } } });`;
    const killed = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
    expect(killed.signal, killed.stderr.toString()).toBe("SIGKILL");
    expect(statSync(file).size).toBeGreaterThan(0);
    await using store = await openStore<Tables>({ file, migrations: first });
    expect(await store.db.selectFrom("thing").selectAll().execute()).toEqual([]);
    expect((await sql<object>`SELECT name FROM sqlite_master WHERE name = 'other'`.execute(store.db)).rows).toEqual([]);
  });

  it("says that the disk is full, takes the transaction back, and goes on once there is room", async () => {
    await using store = await openStore<Tables>({ file, migrations: first });
    const { page_count: pages } =
      (await sql<{ page_count: number }>`PRAGMA page_count`.execute(store.db)).rows[0] ?? {};
    const setRoom = (most: number) => sql`PRAGMA max_page_count = ${sql.raw(String(most))}`.execute(store.db);
    const fill = () =>
      store.db.transaction().execute(async (trx) => {
        for (let id = 0; id < 100; id++) {
          await trx
            .insertInto("thing")
            .values({ id, name: "x".repeat(1_000) })
            .execute();
        }
      });
    await setRoom((pages ?? 0) + 2);
    await expect(fill()).rejects.toThrow("database or disk is full");
    expect(await store.db.selectFrom("thing").selectAll().execute()).toEqual([]);
    await setRoom(1_000);
    await fill();
  });

  it("rolls back a transaction that fails", async () => {
    await using store = await openStore<Tables>({ file, migrations: first });
    const failing = store.db.transaction().execute(async (transaction) => {
      await transaction.insertInto("thing").values({ id: 1, name: "a" }).execute();
      await transaction.insertInto("thing").values({ id: 1, name: "b" }).execute();
    });
    await expect(failing).rejects.toThrow(/UNIQUE/);
    expect(await store.db.selectFrom("thing").selectAll().execute()).toEqual([]);
  });

  it("refuses the file of a newer version", async () => {
    const newer: Migrations = { ...first, thing_0002_more: { up: async () => {} } };
    await (await openStore<Tables>({ file, migrations: newer })).close();
    await expect(openStore<Tables>({ file, migrations: first })).rejects.toThrow(/thing_0002_more.*newer version/s);
  });

  it("refuses and keeps a file that is no database", async () => {
    const path = join(directory, "notes.txt");
    writeFileSync(path, "these are my notes, not a database ".repeat(100));
    await expect(openStore<Tables>({ file: path, migrations: first })).rejects.toThrow(StoreError);
    expect(readFileSync(path, "utf8")).toMatch(/^these are my notes/);
  });

  it("refuses a folder that can not be made", async () => {
    writeFileSync(join(directory, "deep"), "");
    await expect(openStore<Tables>({ file, migrations: first })).rejects.toThrow(/can not open the store/);
  });

  it("read-only: sees what the writer commits and writes nothing", async () => {
    await using writer = await openStore<Tables>({ file, migrations: first });
    await using reader = await openStore<Tables>({ file, migrations: first, readonly: true });
    await writer.db.insertInto("thing").values({ id: 1, name: "a" }).execute();
    expect(await reader.db.selectFrom("thing").select("name").execute()).toEqual([{ name: "a" }]);
    await expect(reader.db.deleteFrom("thing").execute()).rejects.toThrow(/readonly/);
  });

  it("read-only: refuses an absent or outdated file without making or changing it", async () => {
    await expect(openStore<Tables>({ file, migrations: first, readonly: true })).rejects.toThrow(/there is no store/);
    expect(() => statSync(file)).toThrow(/ENOENT/);
    await (await openStore<Tables>({ file, migrations: first })).close();
    const newer: Migrations = { ...first, thing_0002_more: { up: async () => {} } };
    await expect(openStore<Tables>({ file, migrations: newer, readonly: true })).rejects.toThrow(
      /lacks thing_0002_more/,
    );
  });

  it("closes once, however often it is asked to", async () => {
    const store = await openStore<Tables>({ file, migrations: first });
    await store.close();
    await store.close();
    await expect(store.db.selectFrom("thing").selectAll().execute()).rejects.toThrow();
  });
});
