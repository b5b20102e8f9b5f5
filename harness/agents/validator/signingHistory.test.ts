import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberToHex } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../../store/openStore.ts";
import {
  createSigningHistory,
  EquivocationRefusedError,
  type SigningHistoryTables,
  type SigningRecord,
  signingHistoryMigrations,
} from "./signingHistory.ts";

let directory: string;
let store: Store<SigningHistoryTables>;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "history-"));
  store = await openStore({ file: join(directory, "history.db"), migrations: signingHistoryMigrations });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const TREE = "0x00000000000000000000000000000000000000aa";
const open = (origin = 1) => createSigningHistory({ db: store.db, origin, merkleTreeHook: TREE });
const record = (index: number, root = 1): SigningRecord => ({
  index,
  root: numberToHex(root, { size: 32 }),
  messageId: numberToHex(index, { size: 32 }),
});
const rows = () => store.db.selectFrom("validator_signature").selectAll().execute();

it("records each index once, however often it is told the same", async () => {
  const history = open();
  await history.record([record(0), record(1)]);
  await history.record([record(1), record(2)]);
  expect((await rows()).map((row) => row.leaf_index)).toEqual([0, 1, 2]);
  expect(await history.latest()).toEqual(record(2));
});

it("refuses another root or another message for an index, and then records nothing", async () => {
  const history = open();
  await history.record([record(0), record(1)]);
  const refused = await history.record([record(1, 2), record(2, 2)]).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(EquivocationRefusedError);
  expect(refused).toMatchObject({ recorded: record(1) });
  await expect(history.record([{ ...record(1), messageId: record(9).messageId }])).rejects.toThrow(
    EquivocationRefusedError,
  );
  expect(await rows()).toHaveLength(2);
});

it("can not hold two digests for an index, whoever writes them", async () => {
  await open().record([record(0)]);
  const [row] = await rows();
  if (row === undefined) throw new Error("nothing was recorded");
  const second = store.db.insertInto("validator_signature").values({ ...row, digest: "0x02" });
  await expect(second.execute()).rejects.toThrow(/UNIQUE/);
});

it("keeps origins apart", async () => {
  await open(1).record([record(0)]);
  await open(2).record([record(0, 2), record(1, 2)]);
  expect(await open(1).latest()).toEqual(record(0));
  expect(await open(2).latest()).toEqual(record(1, 2));
});

it("keeps the first reason to stop", async () => {
  const history = open();
  expect(await history.flag()).toBeUndefined();
  const flag = {
    localMerkleRoot: record(0).root,
    canonicalMerkleRoot: record(0, 2).root,
    checkpointIndex: 0,
    unixTimestamp: 5,
    reorgPeriod: "finalized",
  };
  await history.halt(flag);
  await history.halt({ ...flag, checkpointIndex: 7 });
  expect(await open().flag()).toEqual(flag);
  expect(await open(2).flag()).toBeUndefined();
});
