import { createWalletClient, type Hash, type Hex, http, RpcRequestError } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ChainClient, createChainClient } from "../../../chains/client.ts";
import { getMessage } from "../messageStatus.ts";
import { relayerAccount, startTestWorld, type TestRelayer, type TestWorld } from "../testWorld.ts";

/** The destination's blocks come when the test says so, and are final when two more are on top. */
const DEPTH = 2;
const STUCK = { stuckAfterMs: 10_000, rebroadcastAfterMs: 1_000_000 };

let world: TestWorld;
let names = 0;
beforeAll(async () => {
  world = await startTestWorld({ finality: { blocks: DEPTH } });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.destination.client.setAutomine(false);
});

/** Messages that are signed and confirmed on the origin. */
async function dispatch(bodies: readonly Hex[]): Promise<Hash[]> {
  const ids = await world.dispatch(bodies);
  await world.origin.client.mine({ blocks: DEPTH });
  await world.sign();
  return ids;
}

async function dispatchOne(body: Hex): Promise<Hash> {
  const [id] = await dispatch([body]);
  if (id === undefined) throw new Error("nothing was dispatched");
  return id;
}

async function stored({ store }: TestRelayer, id: Hash) {
  const found = await getMessage(store.db, id);
  if (found === undefined) throw new Error(`message ${id} is not stored`);
  return found;
}

const mine = (blocks: number) => world.destination.client.mine({ blocks });
const pool = async () => {
  const { pending, queued } = await world.destination.client.getTxpoolContent();
  const ours = (content: typeof pending) =>
    Object.values(
      Object.entries(content).find(([from]) => from.toLowerCase() === relayerAccount.address.toLowerCase())?.[1] ?? {},
    );
  return [...ours(pending), ...ours(queued)];
};

/** The destination's client with one method that behaves otherwise. */
function clientWith(
  method: string,
  behave: (send: () => Promise<unknown>, request: { params: readonly unknown[] }) => Promise<unknown>,
): ChainClient {
  const client = createChainClient(world.destination.config);
  const request = (args: { method: string; params: readonly unknown[] }, options: unknown) => {
    const send = () => (client.request as (args: unknown, options: unknown) => Promise<unknown>)(args, options);
    return args.method === method ? behave(send, args) : send();
  };
  return { ...client, request } as ChainClient;
}

async function finish(running: TestRelayer, id: Hash): Promise<void> {
  await mine(1);
  await running.relayer.tick();
  await mine(DEPTH);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("delivered");
  await running.relayer.stop();
}

const restart = (name: string, options = {}, client?: ChainClient) =>
  world.startRelayer({ ...STUCK, ...options }, { name, ...(client && { client }) });
const start = (options = {}, client?: ChainClient) => restart(`relayer-${names++}`, options, client);

test("a delivery counts when its block is final, not before", async () => {
  const running = await start();
  const id = await dispatchOne("0x01");
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("submitted");
  await mine(1);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("included");
  await mine(DEPTH - 1);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("included");
  await mine(1);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("delivered");
  await running.relayer.stop();
});

test("killed between storing and broadcasting: the next process broadcasts the same bytes, once", async () => {
  const name = `relayer-${names++}`;
  const dies = clientWith("eth_sendRawTransaction", () => Promise.reject(new Error("killed")));
  const killed = await restart(name, {}, dies);
  const id = await dispatchOne("0x02");
  await killed.relayer.tick();
  const before = await stored(killed, id);
  expect(before.message.state).toBe("submitted");
  expect(await pool()).toEqual([]);
  await killed.relayer.stop();
  await killed.store.close();

  const next = await restart(name);
  await next.relayer.tick();
  expect((await pool()).map(({ hash }) => hash)).toEqual([before.message.tx]);
  await finish(next, id);
  expect((await stored(next, id)).transactions).toHaveLength(1);
});

test("killed after broadcasting: the next process pays for nothing again, and broadcasts what the node lost", async () => {
  const name = `relayer-${names++}`;
  const killed = await restart(name);
  const id = await dispatchOne("0x03");
  await killed.relayer.tick();
  const { tx } = (await stored(killed, id)).message;
  await killed.relayer.stop();
  await killed.store.close();
  await world.destination.client.dropTransaction({ hash: tx ?? "0x" });
  world.pass(1);

  const next = await restart(name);
  await next.relayer.tick();
  expect((await pool()).map(({ hash }) => hash)).toEqual([tx]);
  await finish(next, id);
  expect((await stored(next, id)).transactions).toHaveLength(1);
});

test("the node's answer gets lost: the transaction is known by its receipt", async () => {
  const running = await start(
    {},
    clientWith("eth_sendRawTransaction", async (send) => {
      await send();
      throw new Error("connection reset");
    }),
  );
  const id = await dispatchOne("0x04");
  await running.relayer.tick();
  await finish(running, id);
  expect((await stored(running, id)).transactions).toHaveLength(1);
});

test("a transaction that the pool dropped is broadcast again", async () => {
  const running = await start({ rebroadcastAfterMs: 5_000 });
  const id = await dispatchOne("0x05");
  await running.relayer.tick();
  const { message } = await stored(running, id);
  await world.destination.client.dropTransaction({ hash: message.tx ?? "0x" });
  await running.relayer.tick();
  expect(await pool()).toEqual([]);
  world.pass(5_000);
  await running.relayer.tick();
  expect((await pool()).map(({ hash }) => hash)).toEqual([message.tx]);
  await finish(running, id);
});

test("what the fees are too low for is replaced, with an eighth more, and again, up to the limit", async () => {
  const limit = 4_000_000_000n;
  const running = await start({ maxFeePerGas: limit });
  const id = await dispatchOne("0x06");
  await running.relayer.tick();
  const fees: bigint[] = [];
  for (let i = 0; i < 15; i++) {
    const [transaction] = await pool();
    fees.push(BigInt(transaction?.maxFeePerGas ?? 0));
    world.pass(STUCK.stuckAfterMs - 1);
    await running.relayer.tick();
    expect((await pool())[0]?.hash).toBe(transaction?.hash);
    world.pass(1);
    await running.relayer.tick();
  }
  const steps = fees.filter((fee, i) => fee !== fees[i - 1]);
  expect(steps.length).toBeGreaterThan(2);
  for (const [i, fee] of steps.entries()) {
    if (i > 0) expect(fee * 8n).toBeGreaterThanOrEqual((steps[i - 1] ?? 0n) * 9n);
    expect(fee).toBeLessThanOrEqual(limit);
  }
  expect(await pool()).toHaveLength(1);
  expect((await stored(running, id)).message.reason).toContain("maxFeePerGas leaves no room");
  await finish(running, id);
});

test("somebody else uses our nonce: the message is sent again with the next one, once that is final", async () => {
  const running = await start();
  const id = await dispatchOne("0x07");
  await running.relayer.tick();
  const [stuck] = await pool();
  if (stuck === undefined) throw new Error("nothing in the pool");
  const wallet = createWalletClient({ account: relayerAccount, transport: http(world.destination.anvil.rpcUrl) });
  await wallet.sendTransaction({
    to: relayerAccount.address,
    nonce: Number(stuck.nonce),
    gas: 21_000n,
    maxFeePerGas: 100_000_000_000n,
    maxPriorityFeePerGas: 100_000_000_000n,
    chain: null,
  });
  await mine(1);
  await running.relayer.tick();
  expect((await stored(running, id)).message.state).toBe("submitted");
  await mine(DEPTH);
  await running.relayer.tick();
  const { message, transactions } = await stored(running, id);
  expect(message).toMatchObject({ state: "submitted", attempts: 0 });
  expect(transactions.map(({ state }) => state)).toEqual(["superseded", "pending"]);
  await finish(running, id);
});

test("a reorganisation of the destination: included again elsewhere, or broadcast again", async () => {
  const running = await start();
  const id = await dispatchOne("0x08");
  await running.relayer.tick();
  await mine(1);
  await running.relayer.tick();
  const before = await stored(running, id);
  expect(before.message.state).toBe("included");

  await world.destination.client.request({ method: "anvil_rollback", params: [1] } as never);
  await world.destination.client.request({ method: "anvil_dropAllTransactions" } as never);
  await mine(1);
  await running.relayer.tick();
  const after = await stored(running, id);
  expect(after.message).toMatchObject({ state: "submitted", delivered_block: null, gas_used: null });
  expect((await pool()).map(({ hash }) => hash)).toEqual([before.message.tx]);
  await finish(running, id);
  expect((await stored(running, id)).transactions).toHaveLength(1);
});

test("a gap between nonces is closed, and nothing behind it is stuck", async () => {
  const running = await start({ rebroadcastAfterMs: 1_000 });
  const ids = await dispatch(["0x0a", "0x0b", "0x0c"]);
  await running.relayer.tick();
  // What a refusal leaves behind when the node has taken those of the same batch that come after.
  const { db } = running.store;
  const lowest = await db.selectFrom("transaction").selectAll().orderBy("nonce").executeTakeFirstOrThrow();
  await db.updateTable("transaction").set({ state: "refused" }).where("hash", "=", lowest.hash).execute();
  await db
    .updateTable("message")
    .set({ state: "pending", next_attempt_at: world.now() + 5_000 })
    .where("id", "=", lowest.message_id)
    .execute();
  await world.destination.client.dropTransaction({ hash: lowest.hash }); // with all that depend on it
  expect(await pool()).toEqual([]);

  world.pass(1_000);
  await running.relayer.tick();
  expect(await pool()).toHaveLength(3);
  const filled = (await pool()).find(({ nonce }) => Number(nonce) === lowest.nonce);
  expect(filled).toMatchObject({ to: relayerAccount.address.toLowerCase(), input: "0x" });
  await mine(1);
  await running.relayer.tick();
  expect(await pool()).toEqual([]);
  world.pass(4_000);
  await running.relayer.tick();
  await mine(1);
  await running.relayer.tick();
  await mine(DEPTH);
  await running.relayer.tick();
  for (const id of ids) expect((await stored(running, id)).message.state).toBe("delivered");
  await running.relayer.stop();
});

test("foreign transactions of our account are left alone", async () => {
  const wallet = createWalletClient({ account: relayerAccount, transport: http(world.destination.anvil.rpcUrl) });
  const hash = await wallet.sendTransaction({ to: relayerAccount.address, chain: null, gas: 21_000n });
  const running = await start();
  const id = await dispatchOne("0x0d");
  await running.relayer.tick();
  expect(await pool()).toHaveLength(2);
  await finish(running, id);
  expect((await world.destination.client.getTransactionReceipt({ hash })).status).toBe("success");
});

test("what no node takes, for a reason that nobody knows, does not wedge what comes behind it", async () => {
  let disliked: unknown;
  const running = await start(
    {},
    clientWith("eth_sendRawTransaction", (send, { params }) => {
      disliked ??= params[0];
      if (params[0] !== disliked) return send();
      return Promise.reject(
        new RpcRequestError({ body: {}, url: "", error: { code: -32_603, message: "computer says no" } }),
      );
    }),
  );
  const unwanted = await dispatchOne("0x0e");
  await running.relayer.tick();
  const behind = await dispatchOne("0x0f");
  await running.relayer.tick();
  world.pass(STUCK.stuckAfterMs);
  await running.relayer.tick();
  await mine(1);
  await running.relayer.tick();
  await mine(DEPTH);
  await running.relayer.tick();
  expect((await stored(running, behind)).message.state).toBe("delivered");
  // What was never taken, what is tried instead, and what used up the nonce of the former.
  const { transactions } = await stored(running, unwanted);
  expect(transactions.map(({ state, fills }) => ({ state, fills }))).toEqual([
    { state: "superseded", fills: null },
    { state: "pending", fills: null },
    { state: "final", fills: unwanted },
  ]);
  await finish(running, unwanted);
});

// The last one: its message stays undelivered, and every relayer that starts after it would deliver it.
test("what passes simulation and reverts in its block is tried again when that is final, a limited number of times", async () => {
  const running = await start({ maxReverts: 2 });
  const id = await dispatchOne("0x09");
  for (let i = 0; i < 2; i++) {
    world.pass(10_000_000);
    await world.destination.client.setAutomine(true);
    await world.destination.call("setRefuses", [false]);
    await world.destination.client.setAutomine(false);
    await running.relayer.tick();
    const [ours] = await pool();
    expect(ours?.hash).toBe((await stored(running, id)).message.tx);
    // Mined before ours: it pays more.
    const refuse = world.destination.call("setRefuses", [true], 500_000_000_000n);
    await expect
      .poll(async () => Object.keys((await world.destination.client.getTxpoolContent()).pending).length)
      .toBe(2);
    await mine(1);
    await refuse;
    await running.relayer.tick();
    expect((await stored(running, id)).message.state).toBe("included");
    await mine(DEPTH);
    await running.relayer.tick();
    expect((await stored(running, id)).message.attempts).toBe(i + 1);
    expect((await stored(running, id)).message.reason).toContain("reverted");
  }
  await world.destination.client.setAutomine(true);
  await world.destination.call("setRefuses", [false]);
  world.pass(10_000_000);
  await running.relayer.tick();
  const { message, transactions } = await stored(running, id);
  expect(message.state).toBe("parked");
  expect(message.reason).toContain("2 transactions for it reverted");
  expect(transactions).toHaveLength(2);
  await running.relayer.stop();
});
