import { keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OffenceKind } from "../agents/watchtower/schema.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { bodies, control } from "./kit.ts";
import { hangs, otherHash, otherHistory, otherRoot, refuses, stuckAt, withoutLastLog, withoutLogs } from "./lies.ts";
import { type Lie, startLyingRpc } from "./lyingRpc.ts";
import { addHostile, eventually, honestCheckpoint, openTower, treeOf } from "./towerKit.ts";

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

/** A lie of one node of alpha, and what is said of it. */
type Deceit = [name: string, lie: () => Promise<Lie>, alert: RegExp, options?: { othersFirst?: boolean }];

const deceits: Deceit[] = [
  ["another root", async () => otherRoot, /^rpc-faulty$/],
  ["a message less", async () => withoutLastLog, /^rpc-faulty$/, { othersFirst: true }],
  ["no message at all", async () => withoutLogs, /^rpc-faulty$/],
  ["another block", async () => otherHash, /^rpc-(disagreement|lagging)$/],
  ["another message, with a tree that fits", () => otherHistory(world, 2), /^rpc-disagreement$/],
  ["the same as the first node", () => otherHistory(world, 2), /^rpc-disagreement$/, { othersFirst: true }],
  ["errors", async () => refuses, /^rpc-unavailable$/],
  ["nothing, ever", async () => hangs, /^rpc-unavailable$/, { othersFirst: true }],
];

describe("with one node that lies it is silent, tells of that, and goes on when it is honest again", () => {
  it.each(deceits)("%s", async (_, lie, alert, options = {}) => {
    const [hostile, honest] = [await addHostile(world), await addHostile(world)];
    const checkpoint = await honestCheckpoint(world, 2);
    await honest.publish(checkpoint);
    await hostile.publish({ ...checkpoint, root: keccak256("0x04") });
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    await using tower = await openTower(world, {
      validators: [hostile.address, honest.address],
      others: { alpha: node.url },
      rpcTimeoutMs: 500,
      options: { tickBudgetMs: 1_500 },
      ...options,
    });
    node.setLie(await lie());
    await tower.tick();
    await tower.tick();
    expect(await tower.offences()).toEqual([]);
    expect(await tower.verdicts()).toEqual({ unjudged: 2 });
    expect((await tower.alertKinds()).filter((kind) => alert.test(kind))).toHaveLength(1);
    expect(await tower.alertKinds()).toContain(alert.test("rpc-disagreement") ? "rpc-disagreement" : "no-agreement");

    node.setLie();
    await eventually(tower, async () => (await tower.verdicts()).honest === 1);
    expect(await tower.offences()).toMatchObject([{ kind: "wrong-root", signer: hostile.address }]);
  });

  it("that lags: who signed what it does not know yet is not accused", async () => {
    const honest = await addHostile(world);
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    await using tower = await openTower(world, { validators: [honest.address], others: { alpha: node.url } });
    node.setLie(stuckAt(await control(world.chains.alpha).getBlockNumber()));
    const sent = await world.sendMany("alpha", bodies(3));
    await honest.publish(await honestCheckpoint(world, sent.at(-1)?.index ?? 0));
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await tower.verdicts()).toEqual({ ahead: 1 });
    expect(await tower.offences()).toEqual([]);
    node.setLie();
    await tower.tick();
    expect(await tower.verdicts()).toEqual({ honest: 1 });
  });

  it("needs no node to tell that two signatures contradict each other", async () => {
    const hostile = await addHostile(world);
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    node.setLie(refuses);
    await using tower = await openTower(world, { validators: [hostile.address], others: { alpha: node.url } });
    for (const root of [keccak256("0x05"), keccak256("0x06")]) {
      await hostile.publish({ ...(await honestCheckpoint(world, 0)), root });
      await tower.tick();
    }
    expect(await tower.offences()).toMatchObject([{ kind: "equivocation", signer: hostile.address }]);
  });
});
