import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Hex, keccak256, type LocalAccount, toHex, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OffenceKind } from "../agents/watchtower/schema.ts";
import { type Checkpoint, checkpointDigest } from "../protocol/checkpoint.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { bodies, control } from "./kit.ts";
import { farNonce, otherChain, otherHistory, otherRoot } from "./lies.ts";
import { startLyingRpc } from "./lyingRpc.ts";
import {
  DELEGATED,
  deployStaking,
  REPORTER_SHARE,
  SELF_BOND,
  type StakedValidator,
  type Staking,
  slashingTerms,
} from "./stakeKit.ts";
import {
  addHostile,
  eventually,
  type Hostile,
  honestCheckpoint,
  newAccount,
  openTower,
  passTime,
  publish,
  spentBy,
  type TestTower,
} from "./towerKit.ts";

const WHOLE = 10n ** 18n;
const DAY = 86_400;

let world: World;
let staking: Staking;
let validators: (Hostile & StakedValidator)[];
let first: Hostile & StakedValidator;
let second: Hostile & StakedValidator;
let delegator: LocalAccount;
let reporter: LocalAccount;
beforeAll(async () => {
  world = await createWorld({ withoutAgents: true });
  await world.sendMany("alpha", bodies(4));
  staking = await deployStaking(world);
  validators = [];
  for (let i = 0; i < 3; i++) validators.push(await staking.register(await addHostile(world)));
  [first, second] = validators as [Hostile & StakedValidator, Hostile & StakedValidator];
  [delegator, reporter] = [await newAccount(world), await newAccount(world)];
  await staking.delegate(delegator, first, DELEGATED);
  await staking.nextEpoch();
});
afterAll(() => world[Symbol.asyncDispose]());

let snapshot: Hex;
const alpha = () => control(world.chains.alpha);
beforeEach(async () => {
  snapshot = await alpha().snapshot();
});
afterEach(async () => {
  await alpha().revert({ id: snapshot });
  for (const { clear } of validators) clear();
});

const watch = (parameters: Parameters<typeof openTower>[1] = {}): Promise<TestTower> =>
  openTower(world, { reporter, stakes: { alpha: staking.stake }, ...parameters });

/** Ticks until nothing is due any more. */
async function finish(tower: TestTower): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await tower.tick();
    const due = await tower.store.db.selectFrom("tower_action").select("reason").where("state", "=", "due").execute();
    if (due.length === 0) return;
  }
  const rows = await tower.store.db
    .selectFrom("tower_action")
    .select(["key", "reason"])
    .where("state", "=", "due")
    .execute();
  throw new Error(`still due: ${JSON.stringify(rows)}`);
}

/** What the reporter has, and what its transactions have cost it. */
async function wealth(tower: TestTower): Promise<bigint> {
  return (await alpha().getBalance({ address: reporter.address })) + (await spentBy(tower, world.chains.alpha));
}

const transactions = () => alpha().getTransactionCount({ address: reporter.address });

/** It lost that share of all that stood behind it, pro rata; the reporter was paid; it is out of the set. */
async function expectSlashed(tower: TestTower, share: bigint, before = 10n * WHOLE): Promise<void> {
  const left = (amount: bigint) => amount - (amount * share) / WHOLE;
  expect(await staking.pool(first)).toBe(left(SELF_BOND + DELEGATED));
  expect(await staking.worth(first, first.operator.address)).toBe(left(SELF_BOND));
  expect(await staking.worth(first, delegator.address)).toBe(left(DELEGATED));
  expect(await staking.set()).not.toContain(first.address);
  expect(await staking.pool(second)).toBe(SELF_BOND);
  expect(await staking.set()).toContain(second.address);
  const lost = (SELF_BOND * share) / WHOLE;
  expect(await wealth(tower)).toBe(before + (lost * REPORTER_SHARE) / WHOLE);
  expect(await staking.credit(reporter.address)).toBe(0n);
}

describe("has a validator slashed, once, and claims the reward", () => {
  const frauds: [kind: OffenceKind, change: Partial<Checkpoint>, share: bigint, transactions: number][] = [
    ["wrong-message-id", { messageId: keccak256("0x01") }, slashingTerms.messageIdShare, 3],
    ["wrong-root", { root: keccak256("0x02") }, slashingTerms.rootShare, 3],
    ["foreign-tree", { merkleTreeHook: `0x${"11".repeat(20)}` }, slashingTerms.foreignTreeShare, 2],
  ];

  it.each(frauds)("%s", async (kind, change, share, count) => {
    const honest = await honestCheckpoint(world, 2);
    await first.publish({ ...honest, ...change }, 2);
    await second.publish(honest);
    await using tower = await watch();
    await finish(tower);
    expect(await tower.offences()).toMatchObject([{ kind, signer: first.address }]);
    await expectSlashed(tower, share);
    expect(await transactions()).toBe(count);
    for (let i = 0; i < 2; i++) await tower.tick();
    expect(await transactions()).toBe(count);
  });

  it("equivocation, caught although the file was overwritten, for more than the wrong root alone", async () => {
    const honest = await honestCheckpoint(world, 1);
    await first.publish(honest);
    await using tower = await watch();
    await tower.tick();
    await first.publish({ ...honest, root: keccak256("0x03") });
    await finish(tower);
    await expectSlashed(tower, slashingTerms.equivocationShare);
    expect(await transactions()).toBe(2);
  });

  it("equivocation about another chain, in a folder that was announced only there", async () => {
    const { domain: origin, merkleTreeHook } = world.chains.beta.config;
    const folder = join(first.folder, "beta");
    mkdirSync(folder);
    await first.announce(`file://${folder}`, "beta");
    await using tower = await watch();
    for (const root of [keccak256("0x0e"), keccak256("0x0f")]) {
      await publish(first.account, folder, { origin, merkleTreeHook, index: 3, root, messageId: keccak256("0x") });
      await tower.tick();
    }
    await finish(tower);
    await expectSlashed(tower, slashingTerms.equivocationShare);
    expect(await transactions()).toBe(2);
  });

  it("what turns out to be worse later, for the rest", async () => {
    const honest = await honestCheckpoint(world, 1);
    await first.publish({ ...honest, root: keccak256("0x04") });
    await using tower = await watch();
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
    await first.publish(honest);
    await finish(tower);
    await expectSlashed(tower, slashingTerms.equivocationShare);
  });

  it("premature: challenged, and punished when the window has passed", async () => {
    const checkpoint = { ...(await honestCheckpoint(world, 3)), index: 50 };
    await first.publish(checkpoint, 3);
    await using tower = await watch();
    await tower.tick();
    await alpha().mine({ blocks: 1 });
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await staking.challenger(first, checkpoint)).toBe(reporter.address);
    expect(await staking.pool(first)).toBe(SELF_BOND + DELEGATED);
    await passTime(world, "alpha", DAY);
    await finish(tower);
    expect(await staking.challenger(first, checkpoint)).toBe(zeroAddress);
    await expectSlashed(tower, slashingTerms.prematureShare);
  });

  it("premature: the tree has come to have that leaf, and what was signed is not it", async () => {
    const checkpoint = { ...(await honestCheckpoint(world, 3)), index: 4 };
    await first.publish(checkpoint);
    await using tower = await watch();
    await tower.tick();
    await alpha().mine({ blocks: 1 });
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await staking.challenger(first, checkpoint)).toBe(reporter.address);
    await world.sendMany("alpha", bodies(1, 77));
    await finish(tower);
    expect(await staking.challenger(first, checkpoint)).toBe(zeroAddress);
    await expectSlashed(tower, slashingTerms.messageIdShare);
  });

  it("a key that was replaced, although nobody names it", async () => {
    const { operator } = first;
    const key = privateKeyToAccount(generatePrivateKey());
    await staking.as(operator, "rotateKey", [key.address, await staking.keyProof(operator, key)]);
    await staking.nextEpoch();
    expect(await staking.set()).not.toContain(first.address);
    await first.publish({ ...(await honestCheckpoint(world, 0)), root: keccak256("0x05") });
    await using tower = await watch();
    await tower.tick(); // it reads of the key, and watches it from then on
    await tower.tick();
    await finish(tower);
    expect(await staking.pool(first)).toBe(6n * WHOLE);
    expect(await staking.set()).not.toContain(key.address.toLowerCase());
  });
});

describe("races", () => {
  it("messages dispatched between storing a root and proving against it change nothing", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x06") });
    await using tower = await watch();
    for (let i = 0; i < 5; i++) {
      await world.sendMany("alpha", bodies(1, 100 + i));
      await tower.tick();
    }
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
  });

  it("somebody else was faster: nothing more is sent", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x07") });
    const other = await newAccount(world);
    {
      await using faster = await watch({ reporter: other });
      await finish(faster);
    }
    await using tower = await watch();
    await finish(tower);
    expect(await transactions()).toBe(0);
    expect(await staking.pool(first)).toBe(6n * WHOLE);
  });

  it("it is restarted after each step: every transaction is sent once", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x08") });
    const storeFile = join(world.directory, "steps.db");
    for (let i = 0; i < 4; i++) {
      await using tower = await watch({ storeFile });
      await tower.tick();
    }
    await using tower = await watch({ storeFile });
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
    expect(await transactions()).toBe(3);
  });

  it("roots that a node once made up do not stand in the way, and are forgotten", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x10") });
    await using tower = await watch();
    const { db } = tower.store;
    const chain = world.chains.alpha.config.domain;
    const madeUp = Array.from({ length: 40 }, (_, i) => ({ chain, root: keccak256(toHex(i)), leaf_index: 3 }));
    const ahead = Array.from({ length: 40 }, (_, i) => ({ chain, root: keccak256(toHex(i)), leaf_index: 2 ** 31 + i }));
    await db
      .insertInto("tower_stored_checkpoint")
      .values([...madeUp, ...ahead])
      .execute();
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
    expect(await db.selectFrom("tower_stored_checkpoint").select("root").execute()).toHaveLength(1);
  });

  it("who has nothing left may sign what it likes: no more gas is spent on it", async () => {
    await using tower = await watch();
    for (const index of [0, 1, 2]) {
      const honest = await honestCheckpoint(world, index);
      await first.publish(honest);
      await tower.tick();
      await first.publish({ ...honest, root: keccak256("0x11") });
      await finish(tower);
    }
    await expectSlashed(tower, slashingTerms.equivocationShare);
    expect(await transactions()).toBe(2); // the proof and the claim
    expect(await tower.alertKinds()).toContain("action-moot");
  });

  it("what was found when nobody could prove it is proven by who can, and what one account left to do another one does", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x12") });
    const storeFile = join(world.directory, "successors.db");
    {
      await using tower = await openTower(world, { stakes: { alpha: staking.stake }, storeFile });
      await tower.tick();
      expect(await tower.offences()).toMatchObject([{ handled: 1 }]);
    }
    const broke = privateKeyToAccount(generatePrivateKey());
    {
      await using tower = await watch({ storeFile, reporter: broke });
      await tower.tick();
      expect(await tower.alertKinds()).toContain("action-failed");
    }
    await using tower = await watch({ storeFile });
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
  });

  it("it is reorganised away with the proof: it is proven again", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x09") });
    await alpha().mine({ blocks: 5 });
    await using tower = await watch({ finality: { blocks: 4 } });
    const id = await alpha().snapshot();
    for (let i = 0; i < 4; i++) await tower.tick();
    expect(await staking.pool(first)).toBe(6n * WHOLE);
    await alpha().revert({ id });
    await alpha().mine({ blocks: 1 });
    expect(await staking.pool(first)).toBe(10n * WHOLE);
    for (let i = 0; i < 4; i++) await tower.tick();
    expect(await staking.pool(first)).toBe(6n * WHOLE);
  });
});

describe("who is honest is left alone", () => {
  it("although a node tells of another history, at which it looks guilty", async () => {
    await first.publish(await honestCheckpoint(world, 2));
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    node.setLie(await otherHistory(world, 2));
    for (const othersFirst of [true, false]) {
      await using tower = await watch({ others: { alpha: node.url }, othersFirst });
      for (let i = 0; i < 3; i++) await tower.tick();
      expect(await tower.offences()).toEqual([]);
      expect(await tower.alertKinds()).toContain("rpc-disagreement");
    }
    expect(await transactions()).toBe(0);
    expect(await staking.pool(first)).toBe(10n * WHOLE);
  });

  it("and its guilt is no other's: a node that lies stops the proof, not for ever", async () => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x0a") });
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    await using tower = await watch({ others: { alpha: node.url } });
    await tower.tick(); // a root is stored
    node.setLie(otherRoot);
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await staking.pool(first)).toBe(10n * WHOLE);
    node.setLie();
    await eventually(tower, async () => (await staking.pool(first)) === 6n * WHOLE);
  });

  it.each([
    ["another chain", otherChain],
    ["another number", farNonce],
  ])("a node that has it sign for %s gets nothing signed", async (_, lie) => {
    await first.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x13") });
    await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
    await using tower = await watch({ others: { alpha: node.url }, othersFirst: true });
    node.setLie(lie);
    for (let i = 0; i < 3; i++) await tower.tick();
    const signed = await tower.store.db.selectFrom("tower_transaction").select("hash").execute();
    expect(signed).toEqual([]);
    node.setLie();
    await finish(tower);
    await expectSlashed(tower, slashingTerms.rootShare);
  });

  it("a challenge of what was reorganised and dispatched again is closed for it, whoever began it", async () => {
    const id = await alpha().snapshot();
    await world.sendMany("alpha", bodies(1, 200));
    const checkpoint = await honestCheckpoint(world, 4);
    await alpha().revert({ id });
    const signature = await first.account.signMessage({ message: { raw: checkpointDigest(checkpoint) } });
    await staking.challenge(checkpoint, signature);
    await world.sendMany("alpha", bodies(1, 200));
    expect(await honestCheckpoint(world, 4)).toEqual(checkpoint);
    expect(await staking.challenger(first, checkpoint)).not.toBe(zeroAddress);
    await using tower = await watch();
    await finish(tower);
    expect(await staking.challenger(first, checkpoint)).toBe(zeroAddress);
    expect(await staking.pool(first)).toBe(10n * WHOLE);
    expect(await tower.alertKinds()).toContain("premature-challenge");
  });

  it("a key without a stake is told of, and waits to have one", async () => {
    const hostile = await addHostile(world);
    await hostile.publish({ ...(await honestCheckpoint(world, 2)), root: keccak256("0x0b") });
    await using tower = await watch({ validators: [hostile.address] });
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await tower.alertKinds()).toEqual(["wrong-root"]);
    const [action] = await tower.store.db.selectFrom("tower_action").selectAll().execute();
    expect(action).toMatchObject({ state: "due", reason: "no validator answers for the key" });
    expect(await transactions()).toBe(0);
  });

  it("a stake of another Mailbox is refused", async () => {
    await using tower = await openTower(world, { reporter, stakes: { beta: staking.stake } });
    await tower.tick();
    expect(await tower.alertKinds()).toContain("stake-unreadable");
  });
});
