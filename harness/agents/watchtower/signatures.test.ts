import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, keccak256, numberToHex } from "viem";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../../store/openStore.ts";
import { type TowerTables, towerMigrations } from "./schema.ts";
import { createSignatures, type SeenSignature, type Signatures } from "./signatures.ts";

let directory: string;
let store: Store<TowerTables>;
let signatures: Signatures;
let time: number;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "signatures-"));
  store = await openStore({ file: join(directory, "tower.db"), migrations: towerMigrations });
  time = 100;
  signatures = open([1]);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const open = (watched: number[]) => createSignatures({ db: store.db, now: () => time++, watched, maxDeviations: 5 });

const word = (number: number): Hex => keccak256(numberToHex(number));

function seen(changes: Partial<SeenSignature> = {}): SeenSignature {
  return {
    signer: "0xaa",
    origin: 1,
    tree: word(1),
    leaf_index: 7,
    digest: word(2),
    root: word(3),
    message_id: word(4),
    signature: word(5),
    source: "file:///a",
    ...changes,
  };
}

const rows = () => store.db.selectFrom("tower_signature").selectAll().orderBy("seen_at").execute();
const offences = () => store.db.selectFrom("tower_offence").selectAll().execute();

it("keeps each signature once, with where it was found first", async () => {
  expect(await signatures.record([seen()])).toEqual({ added: 1, dropped: 0, equivocations: 0 });
  expect(await signatures.record([seen({ source: "file:///b" })])).toEqual({ added: 0, dropped: 0, equivocations: 0 });
  expect(await rows()).toMatchObject([{ ...seen(), seen_at: 100, verdict: "unjudged" }]);
  expect(await signatures.known([seen(), seen({ signature: word(6) })])).toEqual(new Set([`${word(2)} ${word(5)}`]));
});

it("takes two digests of one key, domain, tree and index for an equivocation, with the first one as evidence", async () => {
  await signatures.record([seen()]);
  const second = seen({ digest: word(9), root: word(10), signature: word(11), source: "calldata" });
  expect(await signatures.record([second])).toEqual({ added: 1, dropped: 0, equivocations: 1 });
  expect(await offences()).toMatchObject([
    {
      signer: "0xaa",
      leaf_index: 7,
      kind: "equivocation",
      digest: word(2),
      signature: word(5),
      other_digest: word(9),
      other_signature: word(11),
      handled: 0,
    },
  ]);
  expect(await signatures.record([seen({ digest: word(12), signature: word(13) })])).toMatchObject({
    equivocations: 0,
  });
  expect(await offences()).toHaveLength(1);
});

it.each<[string, Partial<SeenSignature>]>([
  ["another key", { signer: "0xab" }],
  ["another domain", { origin: 2 }],
  ["another tree", { tree: word(20) }],
  ["another index", { leaf_index: 8 }],
])("two digests for %s are none", async (_, change) => {
  await signatures.record([seen()]);
  await signatures.record([seen({ digest: word(9), signature: word(11), ...change })]);
  expect(await offences()).toEqual([]);
  expect(await rows()).toHaveLength(2);
});

it("a second signature of the same digest is none", async () => {
  await signatures.record([seen(), seen({ signature: word(6) })]);
  expect(await offences()).toEqual([]);
});

it("is not flooded by more signatures of a digest, nor by more digests of an index", async () => {
  const same = Array.from({ length: 10 }, (_, i) => seen({ signature: word(100 + i) }));
  expect(await signatures.record(same)).toMatchObject({ added: 2, dropped: 8 });
  const other = Array.from({ length: 20 }, (_, i) => seen({ digest: word(200 + i), signature: word(300 + i) }));
  expect(await signatures.record(other)).toMatchObject({ added: 7, dropped: 13, equivocations: 1 });
});

it("is not flooded by what is no tree's of one key, and takes what contradicts even then", async () => {
  for (let i = 0; i < 5; i++) await signatures.record([seen({ leaf_index: i, signature: word(40 + i) })]);
  expect(await signatures.record([seen({ leaf_index: 5 })])).toMatchObject({ added: 1 }); // not judged yet
  for (const row of await rows()) await signatures.judge([{ row, set: { verdict: "wrong-root" } }]);
  expect(await signatures.record([seen({ leaf_index: 6 })])).toMatchObject({ added: 0, dropped: 1 });
  expect(await signatures.record([seen({ leaf_index: 3, digest: word(70) })])).toMatchObject({ equivocations: 1 });
  expect(await signatures.record([seen({ signer: "0xab", leaf_index: 6 })])).toMatchObject({ added: 1 });
});

it("records all or nothing", async () => {
  const broken = seen({ leaf_index: 9, root: null as never });
  await expect(signatures.record([seen(), broken])).rejects.toThrow(/NOT NULL/);
  expect(await rows()).toEqual([]);
});

it("gives pages by verdict, below an index, and judges with what follows", async () => {
  await signatures.record([seen({ leaf_index: 1 }), seen({ leaf_index: 2 }), seen({ origin: 2, leaf_index: 3 })]);
  const unjudged = await signatures.withVerdict({ origin: 1, verdicts: ["unjudged"] });
  expect(unjudged.map((row) => row.leaf_index)).toEqual([1, 2]);
  const [row] = unjudged;
  if (row === undefined) throw new Error("there is one");
  const { signer, origin, tree, leaf_index, digest, signature } = row;
  const offence = {
    ...{ signer, origin, tree, leaf_index, digest, signature },
    kind: "wrong-root" as const,
    other_digest: null,
    other_signature: null,
    found_at: 5,
    handled: 0,
  };
  await signatures.judge([{ row, set: { verdict: "wrong-root" }, offence }]);
  expect(await signatures.withVerdict({ origin: 1, verdicts: ["unjudged"], below: 2 })).toEqual([]);
  expect(await signatures.unhandledOffences()).toEqual([offence]);
  await signatures.markHandled(offence);
  expect(await signatures.unhandledOffences()).toEqual([]);
  expect(await signatures.offencesAt({ signer, origin, tree, leaf_index })).toMatchObject([{ handled: 1 }]);
  await signatures.judge([{ row, set: { verdict: "wrong-root" }, offence }]);
  expect(await signatures.unhandledOffences()).toEqual([]);
});

it("is not flooded by what costs nothing: of other origins, or of domains that nobody watches", async () => {
  signatures = open([1, 3]);
  // As many domains as it likes.
  for (let i = 0; i < 8; i++) await signatures.record([seen({ origin: 100 + i })]);
  expect(await rows()).toHaveLength(5);
  for (let i = 0; i < 8; i++) await signatures.record([seen({ origin: 3, leaf_index: i })]);
  for (const row of await signatures.withVerdict({ origin: 3, verdicts: ["unjudged"] })) {
    await signatures.judge([{ row, set: { verdict: "ahead" } }]);
  }
  expect(await signatures.record([seen({ origin: 3, leaf_index: 9 })])).toMatchObject({ added: 0, dropped: 1 });
  expect(await signatures.record([seen({ origin: 1 })])).toMatchObject({ added: 1 });
});

it("judges what came before its domain was watched, and leaves alone what is not any more", async () => {
  await signatures.record([seen(), seen({ origin: 2 })]);
  const verdicts = async () => (await rows()).map(({ verdict }) => verdict);
  expect(await verdicts()).toEqual(["unjudged", "unwatched"]);
  await open([2]).followConfiguration();
  expect(await verdicts()).toEqual(["unwatched", "unjudged"]);
});

it("gives pages of all offences, handled or not", async () => {
  await signatures.record([seen(), seen({ digest: word(9), signature: word(11) })]);
  const [offence] = await signatures.offences(0);
  expect(offence).toMatchObject({ kind: "equivocation", leaf_index: 7 });
  if (offence !== undefined) await signatures.markHandled(offence);
  expect(await signatures.offences(0)).toEqual([{ ...offence, handled: 1 }]);
  expect(await signatures.offences(1)).toEqual([]);
});
