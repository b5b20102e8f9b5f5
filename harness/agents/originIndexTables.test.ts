import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberToHex } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../store/openStore.ts";
import {
  type IndexedMessage,
  type OriginIndexTables,
  openOriginRecords,
  originIndexMigrations,
} from "./originIndexTables.ts";

let directory: string;
let store: Store<OriginIndexTables>;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "records-"));
  store = await openStore({ file: join(directory, "index.db"), migrations: originIndexMigrations });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const source = { origin: 1, mailbox: "0xaa", tree: "0xbb", fromBlock: 7 } as const;
const open = (changes: Partial<Parameters<typeof openOriginRecords>[0]["source"]> = {}) =>
  openOriginRecords({ db: store.db, source: { ...source, ...changes } });
const hash = (number: number) => numberToHex(number, { size: 32 });
const block = (number: number, count: number) => ({
  number: BigInt(number),
  hash: hash(number),
  count,
  verified: false,
});
const message = (index: number): IndexedMessage => ({
  index,
  id: hash(index),
  message: "0x",
  blockNumber: 1n,
  transactionHash: hash(0),
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

it("stores and reads more messages than fit one statement or page", async () => {
  const records = await open();
  const messages = Array.from({ length: 12_345 }, (_, index) => message(index));
  await records.append({ block: block(10, messages.length), messages });
  expect(await collect(records.ids())).toEqual(messages.map(({ id }) => id));
  expect(await records.messages({ from: 12_340, limit: 100 })).toEqual(messages.slice(12_340));
});

it("stores a range with all its messages or not at all", async () => {
  const records = await open();
  const twice = [message(0), message(0)];
  await expect(records.append({ block: block(10, 2), messages: twice })).rejects.toThrow(/UNIQUE/);
  expect(await records.newestBlock()).toBeUndefined();
  expect(await records.message(0)).toBeUndefined();
});

it("notices a message that is missing", async () => {
  const records = await open();
  await records.append({ block: block(10, 3), messages: [message(0), message(1), message(2)] });
  await store.db.deleteFrom("origin_message").where("leaf_index", "=", 1).execute();
  await expect(collect(records.ids())).rejects.toThrow(/message 1 of 1 is missing/);
});

it("forgets all after a block", async () => {
  const records = await open();
  await records.append({ block: block(10, 1), messages: [message(0)] });
  await records.append({ block: block(20, 3), messages: [message(1), message(2)] });
  await records.verify();
  await records.truncate({ number: 10n, count: 1 });
  expect(await collect(records.ids())).toEqual([hash(0)]);
  expect(await records.newestBlock()).toEqual({ ...block(10, 1), verified: true });
  await records.truncate(undefined);
  expect(await records.newestBlock()).toBeUndefined();
});

it("keeps every recent block and one of each stretch of old ones", async () => {
  const records = await open();
  for (let number = 0; number < 60_000; number += 100) await records.append({ block: block(number, 0), messages: [] });
  const kept = (await records.blocks()).map(({ number }) => Number(number));
  expect(kept.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, age) => 59_900 - 100 * age));
  expect(kept.slice(256)).toEqual([30_000, 20_000, 10_000, 0]);
});

it("forgets another Mailbox, another tree and another start, and keeps other origins", async () => {
  const other = await open({ origin: 2 });
  await other.append({ block: block(10, 1), messages: [message(0)] });
  for (const changes of [{ mailbox: "0xcc" }, { tree: "0xcc" }, { fromBlock: 8 }] as const) {
    const records = await open();
    await records.append({ block: block(10, 1), messages: [message(0)] });
    expect((await open()).forgot).toBe(false);
    expect((await open(changes)).forgot).toBe(true);
    expect(await records.newestBlock()).toBeUndefined();
    expect(await collect(records.ids())).toEqual([]);
  }
  expect(await collect(other.ids())).toEqual([hash(0)]);
});
