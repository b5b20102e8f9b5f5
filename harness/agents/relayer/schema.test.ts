import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../../store/openStore.ts";
import { type RelayerTables, relayerMigrations } from "./schema.ts";

const directory = mkdtempSync(join(tmpdir(), "schema-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("a store of before there were preparations keeps its transactions, as deliveries", async () => {
  const file = join(directory, "relayer.db");
  const { relayer_0001_create: create } = relayerMigrations;
  if (create === undefined) throw new Error("there is a first migration");
  const old = await openStore<{ transaction: Omit<RelayerTables["transaction"], "purpose"> }>({
    file,
    migrations: { relayer_0001_create: create },
  });
  const row = {
    hash: `0x${"11".repeat(32)}`,
    destination: 2,
    account: "0x00000000000000000000000000000000000000aa",
    nonce: 7,
    message_id: `0x${"22".repeat(32)}`,
    raw: "0x02",
    max_fee_per_gas: "5",
    max_priority_fee_per_gas: "1",
    state: "pending",
    created_at: 1,
    broadcast_at: null,
    block_number: null,
    block_hash: null,
    gas_used: null,
    success: null,
  } as const;
  await old.db.insertInto("transaction").values(row).execute();
  await old.close();

  await using store = await openStore<RelayerTables>({ file, migrations: relayerMigrations });
  expect(await store.db.selectFrom("transaction").selectAll().execute()).toEqual([
    { ...row, purpose: "deliver", cost: null, fills: null },
  ]);
});
