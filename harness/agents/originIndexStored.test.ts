import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../store/openStore.ts";
import { type Origin, startOrigin } from "./originIndex.testkit.ts";
import { createOriginIndex } from "./originIndex.ts";
import { ChainNotReadyError, TreeMismatchError } from "./originIndexErrors.ts";
import { type OriginIndexTables, originIndexMigrations } from "./originIndexTables.ts";

let directory: string;
let store: Store<OriginIndexTables>;
let origin: Origin;
beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.anvil.stop());
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "index-"));
  store = await openStore({ file: join(directory, "index.db"), migrations: originIndexMigrations });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = (guard?: () => Promise<void>) =>
  createOriginIndex({ chain: origin.chain, client: origin.client, store, ...(guard && { guard }) });

it("looks at what another process reads, and reads on from there when it is its turn", async () => {
  const [writer, reader] = [await open(), await open()];
  await expect(reader.look()).rejects.toThrow(ChainNotReadyError);
  await origin.dispatch(["1", "2", "3"]);
  const state = await writer.tick({ term: 1 });
  expect(await reader.look()).toEqual(state);
  expect(reader.tree.root()).toBe(state.root);

  await origin.dispatch(["4"]);
  expect(await reader.look()).toEqual(state); // what the chain has beyond that is not for it to find out
  await writer.tick({ term: 1 });
  await origin.dispatch(["5"]);
  const last = await reader.tick({ term: 2 });
  expect(last.count).toBe(state.count + 2);
  expect(await writer.look()).toEqual(last);
});

it("follows when the other process rewinds", async () => {
  const [writer, reader, late] = [await open(), await open(), await open()];
  await origin.dispatch(["kept"]);
  await origin.undone(async () => {
    await origin.dispatch(["lost 1", "lost 2"]);
    await writer.tick({ term: 1 });
    await reader.look();
    await late.look();
  });
  await origin.dispatch(["new 1", "new 2"]);
  // The store has what was reorganised away, until somebody rewinds it: nobody takes that for the chain's.
  await expect(reader.look()).rejects.toThrow();
  const state = await writer.tick({ term: 1 });
  expect(await reader.look()).toMatchObject({ count: state.count, root: state.root });
  expect((await late.tick({ term: 2 })).root).toBe(state.root);
});

it("believes no store that is not the chain's", async () => {
  const [writer, reader] = [await open(), await open()];
  await origin.dispatch(["1"]);
  const { count } = await writer.tick({ term: 1 });
  const forged = { id: `0x${"66".repeat(32)}` };
  await store.db
    .updateTable("origin_message")
    .set(forged)
    .where("leaf_index", "=", count - 1)
    .execute();
  await expect(reader.look()).rejects.toThrow(TreeMismatchError);
});

it("writes nothing when the guard says that another does", async () => {
  let ours = true;
  const index = await open(async () => {
    if (!ours) throw new Error("not ours");
  });
  const { count } = await index.tick();
  ours = false;
  await origin.dispatch(["1"]);
  await expect(index.tick()).rejects.toThrow("not ours");
  expect(index.tree.count).toBe(count);
  ours = true;
  expect((await index.tick()).count).toBe(count + 1);
});
