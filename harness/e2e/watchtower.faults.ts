import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OffenceKind } from "../agents/watchtower/schema.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { signedCheckpointToJson } from "../storage/signedCheckpointJson.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { startAgent, writeConfig } from "./agentProcess.ts";
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

  it("that lags as all others do: nor is he then", async () => {
    const honest = await addHostile(world);
    const { rpcUrl } = world.chains.alpha.config;
    await using one = await startLyingRpc(rpcUrl);
    await using other = await startLyingRpc(rpcUrl);
    await using tower = await openTower(world, {
      validators: [honest.address],
      nodes: { alpha: [one.url, other.url] },
    });
    const head = await control(world.chains.alpha).getBlockNumber();
    for (const node of [one, other]) node.setLie(stuckAt(head));
    const sent = await world.send({ from: "alpha", body: "0x98" });
    await honest.publish(await honestCheckpoint(world, sent.index));
    for (let i = 0; i < 3; i++) await tower.tick();
    expect(await tower.verdicts()).toEqual({ ahead: 1 });
    expect(await tower.offences()).toEqual([]);
  });

  it("of three, and two are enough: it goes on without the one that is missing, not beside the one that lies", async () => {
    const hostile = await addHostile(world);
    const { rpcUrl } = world.chains.alpha.config;
    await using third = await startLyingRpc(rpcUrl);
    const alpha = [rpcUrl, rpcUrl.replace("127.0.0.1", "localhost"), third.url];
    await using tower = await openTower(world, { validators: [hostile.address], nodes: { alpha }, quorum: 2 });
    await hostile.publish({ ...(await honestCheckpoint(world, 0)), root: keccak256("0x0d") });
    third.setLie(otherHash);
    await tower.tick();
    expect(await tower.verdicts()).toEqual({ unjudged: 1 });
    expect(await tower.alertKinds()).toContain("rpc-disagreement");
    third.setLie(refuses);
    await tower.tick();
    expect(await tower.offences()).toMatchObject([{ kind: "wrong-root" }]);
    expect(await tower.alertKinds()).toContain("rpc-unavailable");
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

describe("whatever a validator publishes, it and the others are watched on", () => {
  /** What is at the place of a signed checkpoint. */
  const spoilt: [name: string, spoil: (file: string) => void][] = [
    ["no JSON", (file) => writeFileSync(file, "}{\u0000")],
    ["an empty file", (file) => writeFileSync(file, "")],
    ["JSON of another shape", (file) => writeFileSync(file, '{"value":{"checkpoint":[]}}')],
    ["5 MB", (file) => writeFileSync(file, `"${"a".repeat(5_000_000)}"`)],
    ["a pipe that nobody writes to", (file) => execFileSync("mkfifo", [file])],
    ["a link to an endless device", (file) => symlinkSync("/dev/zero", file)],
    ["a folder", (file) => mkdirSync(file)],
  ];

  it(`${spoilt.map(([name]) => name).join(", ")}`, async () => {
    const [hostile, honest] = [await addHostile(world), await addHostile(world)];
    await world.sendMany("alpha", bodies(spoilt.length + 2));
    for (const [i, [, spoil]] of spoilt.entries()) spoil(hostile.file(i));
    spoilt[4]?.[1](join(hostile.folder, "index.json"));
    spoilt[5]?.[1](join(hostile.folder, "reorg_flag.json"));
    await honest.publish(await honestCheckpoint(world, 0));
    const last = spoilt.length;
    await hostile.publish({ ...(await honestCheckpoint(world, last)), root: keccak256("0x07") });
    await using tower = await openTower(world, { validators: [hostile.address, honest.address] });
    await tower.tick();
    expect(await tower.verdicts()).toEqual({ honest: 1, "wrong-root": 1 });
    expect(await tower.offences()).toMatchObject([{ signer: hostile.address, leaf_index: last }]);
    expect(tower.metrics().storage_read_failures).toBeGreaterThanOrEqual(spoilt.length);
  });

  it("signatures of others, and none", async () => {
    const [hostile, honest] = [await addHostile(world), await addHostile(world)];
    const checkpoint = await honestCheckpoint(world, 0);
    await honest.publish({ ...checkpoint, root: keccak256("0x08") });
    copyFileSync(honest.file(0), hostile.file(0)); // it is the other one's offence all the same
    const noSignature = { checkpoint, signature: `0x${"ff".repeat(64)}1b` as const };
    writeFileSync(hostile.file(1), signedCheckpointToJson(noSignature));
    await using tower = await openTower(world, { validators: [hostile.address, honest.address] });
    await tower.tick();
    expect(await tower.offences()).toMatchObject([{ signer: honest.address, kind: "wrong-root" }]);
    expect(await tower.verdicts()).toEqual({ "wrong-root": 1 });
  });

  it("at a location that is not read, or that it has left: what was announced is watched in turn, and a flag is told of", async () => {
    const hostile = await addHostile(world);
    await hostile.publish({ ...(await honestCheckpoint(world, 0)), root: keccak256("0x09") });
    await hostile.announce("s3://bucket/region");
    await hostile.announce(`file://${world.directory}/does-not-exist`);
    const flag = { local_merkle_root: keccak256("0x"), canonical_merkle_root: keccak256("0x"), checkpoint_index: 3 };
    writeFileSync(
      join(hostile.folder, "reorg_flag.json"),
      JSON.stringify({ ...flag, unix_timestamp: 1, reorg_period: 0 }),
    );
    await using tower = await openTower(world, { validators: [hostile.address], options: { locationsPerTick: 2 } });
    await tower.tick();
    await tower.tick();
    expect(await tower.alertKinds()).toEqual(["location-unreadable", "reorg-flag", "wrong-root"]);
    expect(await tower.alertTexts("location-unreadable")).toEqual([expect.stringContaining("s3://bucket/region")]);
  });

  it("a file that was deleted after it was seen is not forgotten, over a restart", async () => {
    const hostile = await addHostile(world);
    const honest = await honestCheckpoint(world, 2);
    await hostile.publish({ ...honest, messageId: keccak256("0x0a") });
    const storeFile = join(world.directory, "restarted.db");
    {
      // Its nodes do not agree, so that it can not judge.
      await using node = await startLyingRpc(world.chains.alpha.config.rpcUrl);
      node.setLie(refuses);
      await using tower = await openTower(world, {
        validators: [hostile.address],
        storeFile,
        others: { alpha: node.url },
      });
      await tower.tick();
      expect(await tower.verdicts()).toEqual({ unjudged: 1 });
    }
    rmSync(hostile.file(2));
    await using tower = await openTower(world, { validators: [hostile.address], storeFile });
    await tower.tick();
    expect(await tower.offences()).toMatchObject([{ kind: "wrong-message-id", handled: 1 }]);
  });
});

it("refuses nodes that can not keep each other honest", async () => {
  const { rpcUrl } = world.chains.alpha.config;
  await expect(openTower(world, { others: { alpha: rpcUrl } })).rejects.toThrow(/two different RPC URLs/);
  await expect(openTower(world, { others: { alpha: `${rpcUrl}/` } })).rejects.toThrow(/two different RPC URLs/);
  await expect(openTower(world, { quorum: 1 })).rejects.toThrow(/the quorum of alpha is 1: at least 2/);
  await expect(openTower(world, { quorum: 3 })).rejects.toThrow(/the quorum of alpha is 3/);
});

it("runs as a command, by its configuration, until it is asked to end", async () => {
  const hostile = await addHostile(world);
  await hostile.publish({ ...(await honestCheckpoint(world, 0)), root: keccak256("0x0c") });
  await using told = await startHook();
  const { rpcUrl } = world.chains.alpha.config;
  const config = writeConfig(world, "watchtower", {
    watchtower: {
      store: "command.db",
      chains: { alpha: { rpcUrls: [{ env: "SECOND_NODE" }], validators: [hostile.address] } },
      webhook: { env: "HOOK" },
      allowLocalStorage: true,
    },
  });
  const env = { SECOND_NODE: rpcUrl.replace("127.0.0.1", "localhost"), HOOK: told.url };
  await using agent = startAgent("watchtower", config, env);
  expect(await told.first).toBe("wrong-root");
  expect(await agent.terminate()).toBe(0);
});

it("runs by itself until it is stopped", async () => {
  const hostile = await addHostile(world);
  await hostile.publish({ ...(await honestCheckpoint(world, 0)), root: keccak256("0x0b") });
  await using told = await startHook();
  await using tower = await openTower(world, {
    validators: [hostile.address],
    webhookUrl: told.url,
    options: { pollIntervalMs: 10 },
  });
  tower.start();
  tower.start();
  expect(await told.first).toBe("wrong-root");
  await tower.stop();
  const { ticks } = tower.metrics();
  expect(await tower.offences()).toHaveLength(1);
  expect(tower.metrics().ticks).toBe(ticks);
});

/** A webhook, and the kind of the first alert that it is told. */
async function startHook() {
  let resolve: (kind: string) => void;
  const first = new Promise<string>((resolveFirst) => {
    resolve = resolveFirst;
  });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(204).end();
    resolve(JSON.parse(body).kind);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return {
    first,
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
