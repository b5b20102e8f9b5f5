import { keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OffenceKind } from "../agents/watchtower/schema.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { bodies } from "./kit.ts";
import { addHostile, honestCheckpoint, openTower, treeOf } from "./towerKit.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.sendMany("alpha", bodies(5));
  await world.sendMany("beta", bodies(3));
  await world.rounds(2);
});
afterAll(() => world[Symbol.asyncDispose]());

it("holds nothing against honest validators, and explains every delivery", async () => {
  const validators = world.validators.map(({ account }) => account.address);
  await using tower = await openTower(world, { validators });
  await tower.tick();
  await tower.tick();
  expect(await tower.verdicts()).toEqual({ honest: 3 * 5 + 3 * 3 });
  expect(await tower.offences()).toEqual([]);
  expect(await tower.alertKinds()).toEqual([]);
  expect(await tower.store.db.selectFrom("tower_sighting").selectAll().execute()).toEqual([]);
  expect(tower.metrics()).toMatchObject({ ticks: 2, watched_keys: 6 });
});

/** What is signed in place of what is honest, and what that is. */
const frauds: [kind: OffenceKind, change: (honest: Checkpoint) => Partial<Checkpoint>][] = [
  ["wrong-message-id", () => ({ messageId: keccak256("0x01") })],
  ["wrong-root", () => ({ root: keccak256("0x02") })],
  ["premature", () => ({ index: 1_000_000 })],
  ["foreign-tree", () => ({ merkleTreeHook: `0x${"11".repeat(20)}` })],
];

describe("finds what a validator signed", () => {
  it.each(frauds)("%s", async (kind, change) => {
    const hostile = await addHostile(world);
    const honest = await honestCheckpoint(world, 3);
    await hostile.publish({ ...honest, ...change(honest) }, 3);
    await using tower = await openTower(world, { validators: [hostile.address] });
    await tower.tick();
    await world.send({ from: "alpha", body: "0x99" }); // the chain goes on
    await tower.tick();
    expect(await tower.offences()).toMatchObject([{ kind, signer: hostile.address, handled: 1 }]);
    expect(await tower.alertKinds()).toEqual([kind]);
    await tower.tick();
    expect(await tower.alertKinds()).toEqual([kind]);
  });

  it("equivocation, although the first file was overwritten", async () => {
    const hostile = await addHostile(world);
    const honest = await honestCheckpoint(world, 1);
    await hostile.publish(honest);
    await using tower = await openTower(world, { validators: [hostile.address] });
    await tower.tick();
    expect(await tower.offences()).toEqual([]);
    await hostile.publish({ ...honest, root: keccak256("0x03") });
    await tower.tick();
    const found = (await tower.offences()).map(({ kind }) => kind).sort();
    expect(found).toEqual(["equivocation", "wrong-root"]);
    expect(await tower.verdicts()).toEqual({ honest: 1, "wrong-root": 1 });
    expect((await treeOf(world)).count).toBeGreaterThan(5);
  });
});
