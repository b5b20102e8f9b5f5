import { existsSync } from "node:fs";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openValidator } from "../agents/validator/openValidator.ts";
import { createValidatorSight } from "../agents/validator/sight.ts";
import { localAccounts } from "../chains/localChains.ts";
import { type Lie, type LyingRpc, startLyingRpc } from "../chains/lyingRpc.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import {
  hangs,
  limitsRate,
  otherChain,
  otherHash,
  otherHistory,
  otherRoot,
  refuses,
  stuckAt,
  withoutLogs,
} from "./lies.ts";

/** One validator of alpha sees it through three nodes, of which two must agree. */
let world: World;
let proxies: readonly [LyingRpc, LyingRpc, LyingRpc];
beforeAll(async () => {
  world = await createWorld({ withoutAgents: true });
  const { rpcUrl } = world.chains.alpha.config;
  proxies = [await startLyingRpc(rpcUrl), await startLyingRpc(rpcUrl), await startLyingRpc(rpcUrl)];
});
afterAll(async () => {
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});
beforeEach(() => tell());

/** How each node answers from now on; honest without a lie. */
function tell(...lies: readonly (Lie | undefined)[]): void {
  for (const [i, proxy] of proxies.entries()) proxy.setLie(lies[i]);
}

let opened = 0;
async function open() {
  opened += 1;
  const { config, validators } = world.chains.alpha;
  const location = `file://${world.directory}/seen-through-three-${opened}`;
  const [first, ...others] = proxies.map(({ url }) => url);
  const validator = await openValidator({
    chain: { ...config, rpcUrl: first ?? expect.unreachable() },
    otherRpcUrls: others,
    quorum: 2,
    rpcTimeoutMs: 500,
    account: validators[0] ?? expect.unreachable(),
    location,
    storeFile: `${world.directory}/seen-through-three-${opened}.db`,
    log: pino({ level: "silent" }),
    // Each begins anew, in one chain where the same key was announced before.
    acceptLostHistoryFrom: 0,
  });
  const file = (index: number) => `${locationToFolder(location)}/${index}_with_id.json`;
  const sight = createValidatorSight({ chain: config, account: localAccounts.sender.address, now: Date.now });
  return {
    /** What is to be alerted on. */
    async alerts() {
      sight.refresh(validator);
      const { nodes_silent: silent, nodes_disagree: disagree } = await sight.metrics.snapshot();
      return { silent, disagree, ready: sight.ready(validator).problems.join("; ") };
    },
    tick: () => validator.tick(),
    signed: (index: number) => existsSync(file(index)),
    flagged: () => existsSync(`${locationToFolder(location)}/reorg_flag.json`),
    [Symbol.asyncDispose]: () => validator[Symbol.asyncDispose](),
  };
}

it("never signs what one lying node tells after the honest ones were knocked out, nor while they contradict it", async () => {
  await using validator = await open();
  const first = await world.send({ from: "alpha", body: "0x01" });
  await validator.tick();
  expect(validator.signed(first.index)).toBe(true);

  // The liar tells of another message, in a tree that its events give: nothing in it contradicts itself.
  const { index } = await world.send({ from: "alpha", body: "0x02" });
  const forged = await otherHistory(world, index);
  for (const silence of [refuses, hangs]) {
    tell(silence, forged, silence);
    for (let i = 0; i < 4; i++) await expect(validator.tick()).rejects.toThrow(/1 of 2 nodes needed answer/);
    const told = { silent: 1, disagree: 0, ready: expect.stringContaining("1 of 2 nodes needed answer") };
    expect(await validator.alerts()).toEqual(told);
  }
  tell(refuses, forged);
  for (let i = 0; i < 4; i++) await expect(validator.tick()).rejects.toThrow(/answer differently: the tree at block/);
  expect(await validator.alerts()).toMatchObject({ silent: 0, disagree: 1 });
  tell(undefined, forged);
  for (let i = 0; i < 4; i++) await expect(validator.tick()).rejects.toThrow(/answer differently: the tree at block/);
  expect(validator.signed(index)).toBe(false);
  expect(validator.flagged()).toBe(false);

  tell(undefined, refuses);
  await until(validator, index);
  expect(validator.flagged()).toBe(false);
  expect(await validator.alerts()).toMatchObject({ silent: 0, disagree: 0 });
});

it("flags nothing, for good or for bad, on the word of one node", async () => {
  await using validator = await open();
  const { index } = await world.send({ from: "alpha", body: "0x03" });
  await validator.tick();
  // What is signed already has another root, by one node: were it believed, the validator would stop for ever.
  for (const lies of [[otherRoot], [refuses, otherRoot, refuses], [undefined, otherHash], [otherHash, refuses]]) {
    tell(...lies);
    for (let i = 0; i < 3; i++) await expect(validator.tick()).rejects.toThrow(/answer differently|needed answer/);
  }
  expect(validator.flagged()).toBe(false);
  tell();
  const next = await world.send({ from: "alpha", body: "0x04" });
  await until(validator, next.index);
  expect(validator.signed(index)).toBe(true);
});

it.each<[string, () => Promise<Lie>]>([
  ["hangs", async () => hangs],
  ["is out of order", async () => refuses],
  ["has had too many requests", async () => limitsRate(0)],
  ["truncates what it tells of events", async () => withoutLogs],
  [
    "lags",
    async () => stuckAt(await world.clients.alpha.getBlockNumber()), // before what follows is sent
  ],
])("signs by two nodes while the third, the one that is asked first or another, %s", async (_, lie) => {
  for (const position of [0, 1]) {
    await using validator = await open();
    const lies: (Lie | undefined)[] = [];
    lies[position] = await lie();
    const { index } = await world.send({ from: "alpha", body: "0x05" });
    tell(...lies);
    await until(validator, index);
    tell();
  }
});

it("signs nothing while a node is of another chain", async () => {
  await using validator = await open();
  tell(undefined, undefined, otherChain);
  await expect(validator.tick()).rejects.toThrow(/answer differently: the contracts of .*chain id/);
  expect(validator.signed(0)).toBe(false);
});

/** Ticks until an index is signed; what a node spoils, the next tick reads of another. */
async function until(validator: Awaited<ReturnType<typeof open>>, index: number): Promise<void> {
  let last: unknown;
  for (let i = 0; i < 6 && !validator.signed(index); i++) {
    last = await validator.tick().catch((error: unknown) => error);
  }
  if (!validator.signed(index)) throw last;
}
