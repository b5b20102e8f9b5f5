import { type Address, encodeFunctionData, type Hash, type Hex } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ChainClient, createChainClient } from "../../../chains/client.ts";
import { optimisticIsmAbi } from "../../../contracts/abi.ts";
import { createDeployer } from "../../../contracts/deployer.ts";
import type { IsmConfig } from "../../../ism/ismConfig.ts";
import { getMessage } from "../messageStatus.ts";
import { deployer, relayerAccount, startTestWorld, type TestRelayer, type TestWorld } from "../testWorld.ts";

/** The destination's blocks come when the test says so, and are final when two more are on top. */
const DEPTH = 2;
const WINDOW = 3_600;

let world: TestWorld;
let names = 0;
beforeAll(async () => {
  world = await startTestWorld({ finality: { blocks: DEPTH } });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.destination.client.setAutomine(true);
});

const mine = (blocks: number) => world.destination.client.mine({ blocks });

/** A fresh optimistic module over the validators' multisig, one of one watchers, which the recipient names. */
async function guard(submodule: IsmConfig = world.destination.core.defaultIsm): Promise<Address> {
  return world.guard({
    type: "optimisticIsm",
    owner: deployer.address,
    submodule,
    fraudWindow: WINDOW,
    watchers: [deployer.address],
    threshold: 1,
  });
}

/** A message that is signed and confirmed on the origin; the destination mines no more by itself. */
async function dispatch(body: Hex): Promise<Hash> {
  const [id] = await world.dispatch([body]);
  await world.origin.client.mine({ blocks: DEPTH });
  await world.sign();
  await world.destination.client.setAutomine(false);
  if (id === undefined) throw new Error("nothing was dispatched");
  return id;
}

const start = (name = `relayer-${names++}`, client?: ChainClient, options = {}) =>
  world.startRelayer(
    { stuckAfterMs: 10_000, rebroadcastAfterMs: 1_000_000, ...options },
    { name, ...(client && { client }) },
  );

async function close(running: TestRelayer): Promise<void> {
  await running.relayer.stop();
  await running.store.close();
}

async function stored({ store }: TestRelayer, id: Hash) {
  const found = await getMessage(store.db, id);
  if (found === undefined) throw new Error(`message ${id} is not stored`);
  return found;
}

async function pool() {
  const { pending, queued } = await world.destination.client.getTxpoolContent();
  return [pending, queued].flatMap((content) =>
    Object.entries(content)
      .filter(([from]) => from.toLowerCase() === relayerAccount.address.toLowerCase())
      .flatMap(([, transactions]) => Object.values(transactions)),
  );
}

/** Ticks, has what is in the pool included, and made final. */
async function tickAndSettle(running: TestRelayer): Promise<void> {
  await running.relayer.tick();
  await mine(1);
  await running.relayer.tick();
  await mine(DEPTH);
  await running.relayer.tick();
}

/** Lets time pass on the destination and for the relayers. */
async function pass(seconds: number): Promise<void> {
  await world.destination.client.increaseTime({ seconds });
  await mine(1);
  world.pass(seconds * 1_000);
}

function deliverableAt(module: Address, id: Hash): Promise<bigint> {
  const call = { address: module, abi: optimisticIsmAbi, functionName: "deliverableAt", args: [id] } as const;
  return world.destination.client.readContract(call);
}

/** Has the destination mine a block at that second. */
async function mineAt(timestamp: bigint): Promise<void> {
  await world.destination.client.setNextBlockTimestamp({ timestamp });
  await mine(1);
}

/** Transactions that the relayers' account has paid for. */
function paid(): Promise<number> {
  return world.destination.client.getTransactionCount({ address: relayerAccount.address });
}

/** Somebody else pre-verifies the last message, for that much a gas. */
async function preVerifyElsewhere(module: Address, raw: Hex, fee = 10_000_000_000n) {
  const args = [await world.messageIdMetadata(world.tree.count - 1), raw] as const;
  const data = encodeFunctionData({ abi: optimisticIsmAbi, functionName: "preVerify", args });
  const gas = 500_000n; // not to be estimated: anvil does that on top of what is in its pool
  return world.destination.write(module, data, { maxFeePerGas: fee, maxPriorityFeePerGas: fee, gas });
}

async function expectDelivered(running: TestRelayer, id: Hash, purposes: string[]): Promise<void> {
  const { message, transactions } = await stored(running, id);
  expect(message).toMatchObject({ state: "delivered", reason: null });
  expect(transactions.map(({ purpose, state }) => [purpose, state])).toEqual(
    purposes.map((purpose) => [purpose, "final"]),
  );
  expect(await world.destination.isDelivered(id)).toBe(true);
}

test("a message is prepared once, waits until its window closes, and is delivered", async () => {
  const module = await guard();
  const running = await start();
  const id = await dispatch("0x01");
  const before = await paid();
  await running.relayer.tick();
  const submitted = await stored(running, id);
  expect(submitted.message).toMatchObject({
    state: "submitted",
    reason: `being prepared: module ${module.toLowerCase()} wants it pre-verified`,
  });
  expect(submitted.transactions).toMatchObject([{ purpose: "prepare", state: "pending" }]);
  expect(await pool()).toMatchObject([{ to: module.toLowerCase(), value: "0x0" }]);

  await mine(1);
  await running.relayer.tick();
  const included = await stored(running, id);
  expect(included.message).toMatchObject({
    state: "included",
    delivered_block: null,
    delivered_tx: null,
    gas_used: null,
  });
  expect(included.message.reason).toContain("prepares it in block");
  await mine(DEPTH);
  await running.relayer.tick();
  const { message } = await stored(running, id);
  expect(message).toMatchObject({ state: "waiting", attempts: 0, delivered_tx: null });
  const until = await deliverableAt(module, id);
  expect(message.reason).toBe(
    `fraud window of module ${module.toLowerCase()} open until ${new Date(Number(until) * 1_000).toISOString()}`,
  );

  // A second before the end it is refused; at the end it is looked at, and goes out.
  await mineAt(until - 1n);
  world.pass(Number(until) * 1_000 - 1 - world.now());
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("waiting");
  expect(await pool()).toEqual([]);
  await mineAt(until);
  world.pass(1);
  await tickAndSettle(running);
  await expectDelivered(running, id, ["prepare", "deliver"]);
  expect(await paid()).toBe(before + 2);
  const told = running.events.filter((event) => event.id === id).map(({ type }) => type);
  expect(told.filter((type) => type !== "signed" && type !== "waiting")).toEqual([
    "recorded",
    "preparing",
    "prepared",
    "submitted",
    "included",
    "delivered",
  ]);
  await close(running);
});

test("below an aggregation: its window is awaited as exactly", async () => {
  const optimistic = await guard();
  const modules = [world.destination.core.defaultIsm, optimistic];
  await world.guard({ type: "staticAggregationIsm", modules, threshold: 2 });
  const running = await start();
  const id = await dispatch("0x0e");
  await tickAndSettle(running);
  const until = await deliverableAt(optimistic, id);
  world.pass(Number(until) * 1_000 - 10_000 - world.now());
  await running.relayer.tick();
  const { message } = await stored(running, id);
  expect(message).toMatchObject({ state: "waiting", next_attempt_at: Number(until) * 1_000 });
  expect(message.reason).toMatch(/^1 of 2 modules ready: 0x[0-9a-f]{40} waiting: fraud window of module/);
  await mineAt(until);
  world.pass(10_000);
  await tickAndSettle(running);
  await expectDelivered(running, id, ["prepare", "deliver"]);
  await close(running);
});

test("restarted between preparation and delivery: what was paid for is not paid for again", async () => {
  await guard();
  const name = `relayer-${names++}`;
  const first = await start(name);
  const id = await dispatch("0x02");
  await tickAndSettle(first);
  await close(first);
  await pass(WINDOW);
  const second = await start(name);
  await tickAndSettle(second);
  await expectDelivered(second, id, ["prepare", "deliver"]);
  await close(second);
});

test("restarted without its store: the module's own state tells what has been done", async () => {
  await guard();
  const first = await start();
  const id = await dispatch("0x03");
  const before = await paid();
  await tickAndSettle(first);
  await close(first);
  const second = await start();
  await second.relayer.tick();
  expect((await stored(second, id)).message.state).toBe("waiting");
  await pass(WINDOW);
  await tickAndSettle(second);
  await expectDelivered(second, id, ["deliver"]);
  expect(await paid()).toBe(before + 2);
  await close(second);
});

test("killed between storing and broadcasting a preparation: the next process broadcasts the same bytes, once", async () => {
  await guard();
  const name = `relayer-${names++}`;
  const client = createChainClient(world.destination.config);
  const request = (args: { method: string }, options: unknown) => {
    if (args.method === "eth_sendRawTransaction") return Promise.reject(new Error("killed"));
    return (client.request as (args: unknown, options: unknown) => Promise<unknown>)(args, options);
  };
  const killed = await start(name, { ...client, request } as ChainClient);
  const id = await dispatch("0x04");
  await killed.relayer.tick();
  const { message } = await stored(killed, id);
  expect(message.state).toBe("submitted");
  expect(await pool()).toEqual([]);
  await close(killed);

  const next = await start(name);
  await next.relayer.tick();
  expect((await pool()).map(({ hash }) => hash)).toEqual([message.tx]);
  await tickAndSettle(next);
  await pass(WINDOW);
  await tickAndSettle(next);
  await expectDelivered(next, id, ["prepare", "deliver"]);
  await close(next);
});

test("a preparation that the pool sits on is replaced, and stays a preparation", async () => {
  const module = await guard();
  const running = await start();
  const id = await dispatch("0x05");
  await running.relayer.tick();
  world.pass(10_000);
  await running.relayer.tick();
  const { transactions } = await stored(running, id);
  expect(transactions.map(({ purpose }) => purpose)).toEqual(["prepare", "prepare"]);
  expect(await pool()).toMatchObject([{ hash: transactions[1]?.hash, to: module.toLowerCase() }]);
  await mine(1);
  await running.relayer.tick();
  await mine(DEPTH);
  await pass(WINDOW);
  await tickAndSettle(running);
  expect((await stored(running, id)).message.state).toBe("delivered");
  await close(running);
});

test("a preparation that is reorganised away is broadcast again", async () => {
  await guard();
  const running = await start();
  const id = await dispatch("0x06");
  await running.relayer.tick();
  await mine(1);
  await running.relayer.tick();
  const { tx } = (await stored(running, id)).message;
  await world.destination.client.request({ method: "anvil_rollback", params: [1] } as never);
  await world.destination.client.request({ method: "anvil_dropAllTransactions" } as never);
  await mine(1);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("submitted");
  expect((await pool()).map(({ hash }) => hash)).toEqual([tx]);
  await tickAndSettle(running);
  await pass(WINDOW);
  await tickAndSettle(running);
  await expectDelivered(running, id, ["prepare", "deliver"]);
  await close(running);
});

test("somebody else has prepared it: nothing is spent on that", async () => {
  const module = await guard();
  const running = await start();
  const id = await dispatch("0x07");
  await running.relayer.tick();
  const { raw } = (await stored(running, id)).message;
  await world.destination.client.request({ method: "anvil_dropAllTransactions" } as never);
  await close(running);
  await world.destination.client.setAutomine(true);
  await preVerifyElsewhere(module, raw);
  await world.destination.client.setAutomine(false);
  const other = await start();
  await other.relayer.tick();
  expect((await stored(other, id)).message.reason).toContain("fraud window");
  expect(await pool()).toEqual([]);
  await pass(WINDOW);
  await tickAndSettle(other);
  await expectDelivered(other, id, ["deliver"]);
  await close(other);
});

test("somebody else is quicker: our preparation reverts, which counts as an attempt, and the message goes on", async () => {
  const module = await guard();
  const running = await start();
  const id = await dispatch("0x08");
  await running.relayer.tick();
  const { raw } = (await stored(running, id)).message;
  const elsewhere = preVerifyElsewhere(module, raw, 500_000_000_000n); // mined before ours
  await expect
    .poll(async () => Object.keys((await world.destination.client.getTxpoolContent()).pending).length)
    .toBe(2);
  await mine(1);
  expect((await elsewhere).status).toBe("success");
  await running.relayer.tick();
  expect((await stored(running, id)).message).toMatchObject({ state: "included", delivered_tx: null });
  await mine(DEPTH);
  await running.relayer.tick();
  const { message, transactions } = await stored(running, id);
  expect(message).toMatchObject({ state: "pending", attempts: 1 });
  expect(transactions).toMatchObject([{ purpose: "prepare", state: "final", success: 0 }]);
  await pass(WINDOW);
  await tickAndSettle(running);
  await expectDelivered(running, id, ["prepare", "deliver"]);
  await close(running);
});

test("what watchers flagged is not delivered, and nothing more is spent on it, until the owner acts", async () => {
  const module = await guard();
  const running = await start();
  const id = await dispatch("0x09");
  await tickAndSettle(running);
  const call = (data: Hex) => world.destination.write(module, data);
  await world.destination.client.setAutomine(true);
  await call(encodeFunctionData({ abi: optimisticIsmAbi, functionName: "flagMessage", args: [id] }));
  await world.destination.client.setAutomine(false);
  const before = await paid();
  await pass(WINDOW);
  await tickAndSettle(running);
  const refused = await stored(running, id);
  expect(refused.message).toMatchObject({ state: "waiting", attempts: 0 });
  expect(refused.message.reason).toContain("flagged it: it is refused until the owner acts");
  expect(await paid()).toBe(before);

  await world.destination.client.setAutomine(true);
  const watchers = [relayerAccount.address] as const;
  await call(encodeFunctionData({ abi: optimisticIsmAbi, functionName: "setWatchers", args: [watchers, 1] }));
  await world.destination.client.setAutomine(false);
  world.pass(120_000);
  await tickAndSettle(running);
  expect((await stored(running, id)).message.reason).toContain("fraud window");
  await pass(WINDOW);
  await tickAndSettle(running);
  await expectDelivered(running, id, ["prepare", "prepare", "deliver"]);
  await close(running);
});

/** A hostile module that the recipient names. */
async function guardByHostile() {
  const by = await createDeployer({ rpcUrl: world.destination.anvil.rpcUrl, account: deployer });
  const { address, abi } = await by.create("HostileOptimisticIsm", [world.destination.core.defaultIsm]);
  await world.destination.call("setInterchainSecurityModule", [address]);
  return {
    address: address.toLowerCase() as Address,
    async say(status: number, deliverableAt: bigint, refuses: boolean): Promise<void> {
      await world.destination.client.setAutomine(true);
      const args = [status, deliverableAt, refuses];
      await world.destination.write(address, encodeFunctionData({ abi, functionName: "say", args }));
      await world.destination.client.setAutomine(false);
    },
  };
}

test("a module that refuses what it asked for costs nothing: it is simulated first", async () => {
  const module = await guardByHostile();
  await module.say(0, 0n, true);
  await world.destination.client.setAutomine(true);
  const running = await start();
  const id = await dispatch("0x0a");
  const before = await paid();
  await running.relayer.tick();
  const { message, transactions } = await stored(running, id);
  expect(message).toMatchObject({ state: "pending", attempts: 1 });
  expect(message.reason).toContain("reverted: Refused()");
  expect(transactions).toEqual([]);
  expect(await paid()).toBe(before);
  await close(running);
});

test("a module whose answers make no sense is a reason", async () => {
  const module = await guardByHostile();
  const running = await start();
  const id = await dispatch("0x0b");
  const reasons: (string | null)[] = [];
  for (const [status, until] of [
    [1, 2n ** 256n - 1n],
    [1, 8_640_000_000_000n],
    [3, 0n],
    [4, 0n],
    [5, 0n],
  ] as const) {
    await module.say(status, until, false);
    world.pass(7_200_000);
    await running.relayer.tick();
    reasons.push((await stored(running, id)).message.reason);
  }
  expect(reasons).toEqual([
    `fraud window of module ${module.address} open until second ${2n ** 256n - 1n}`,
    `fraud window of module ${module.address} open until +275760-09-13T00:00:00.000Z`,
    `watchers of module ${module.address} flagged it: it is refused until the owner acts`,
    `watchers of module ${module.address} flagged its submodule: all is refused until the owner acts`,
    `module ${module.address} is of status 5 for it, which is unknown`,
  ]);
  expect(await pool()).toEqual([]);
  await close(running);
});

test("a submodule that verifies only within a delivery is a reason, and nothing is spent", async () => {
  const module = await guard({ type: "trustedRelayerIsm", relayer: relayerAccount.address });
  const running = await start();
  const id = await dispatch("0x0f");
  await running.relayer.tick();
  const { message, transactions } = await stored(running, id);
  expect(message).toMatchObject({ state: "pending", attempts: 1 });
  expect(message.reason).toMatch(/never verifies: its submodule 0x[0-9a-fA-F]{40} verifies only within a delivery/);
  expect(message.reason).toContain(module.toLowerCase());
  expect(transactions).toEqual([]);
  await close(running);
});

test.each([
  ["refuses to be prepared", true, 0],
  ["is never satisfied", false, 2],
])("a branch of an aggregation that %s does not hold up the other", async (_, refuses, wasted) => {
  const hostile = await guardByHostile();
  await hostile.say(0, 0n, refuses);
  await world.destination.client.setAutomine(true);
  const honest = await guard();
  await world.guard({ type: "staticAggregationIsm", modules: [hostile.address, honest], threshold: 1 });
  const running = await start(`relayer-${names++}`, undefined, { maxPreparationsPerModule: 2 });
  const id = await dispatch("0x0d");
  for (let i = 0; i <= wasted; i++) await tickAndSettle(running);
  expect((await stored(running, id)).message.reason).toContain("fraud window");
  await pass(WINDOW);
  await tickAndSettle(running);
  await expectDelivered(running, id, [...Array.from({ length: wasted + 1 }, () => "prepare"), "deliver"]);
  await close(running);
});

// The last one: its message stays undelivered, and every relayer that starts after it would go on with it.
test("a module that asks to be prepared again and again gets no more than so many transactions", async () => {
  await guardByHostile();
  const running = await start(`relayer-${names++}`, undefined, { maxPreparations: 2, stuckAfterMs: 1e9 });
  const id = await dispatch("0x0c");
  for (let i = 0; i < 3; i++) {
    await tickAndSettle(running);
    world.pass(120_000);
  }
  const before = await paid();
  for (let i = 0; i < 3; i++) {
    await tickAndSettle(running);
    world.pass(120_000);
  }
  const { message, transactions } = await stored(running, id);
  expect(transactions.map(({ purpose, state }) => [purpose, state])).toEqual([
    ["prepare", "final"],
    ["prepare", "final"],
  ]);
  expect(message).toMatchObject({ state: "pending" });
  expect(message.reason).toContain("wants to be prepared again and again: no more gas is spent on that");
  expect(await paid()).toBe(before);
  await close(running);
});
