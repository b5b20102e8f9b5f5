import { pino } from "pino";
import type { Address, Hash } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ChainClient, createChainClient } from "../../chains/client.ts";
import { ALONE } from "../../store/leases.ts";
import { createOriginIndex } from "../originIndex.ts";
import { createOriginFollower } from "./followOrigin.ts";
import { createGroupCommit } from "./groupCommit.ts";
import { getMessage, listMessages } from "./messageStatus.ts";
import { DEFAULT_RELAYER_OPTIONS } from "./options.ts";
import { startTestWorld, type TestWorld } from "./testWorld.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const rollback = (blocks: number) =>
  world.origin.client.request({ method: "anvil_rollback", params: [blocks] } as never);

async function stateOf(store: Parameters<typeof getMessage>[0], id: Hash | undefined) {
  return id && (await getMessage(store, id))?.message.state;
}

test("a message that its origin reorganised away is dropped, and never delivered although it is signed", async () => {
  const { relayer, store, events } = await world.startRelayer();
  const [kept] = await world.dispatch(["0x01"]);
  await world.sign();
  await relayer.tick();
  const [gone] = await world.dispatch(["0x02"]);
  await relayer.tick();
  expect(await stateOf(store.db, gone)).toBe("waiting");
  await world.sign();

  await rollback(1);
  world.tree.truncate(1);
  const [instead] = await world.dispatch(["0x03"]);
  world.pass(600_000);
  await relayer.tick();
  await relayer.tick();
  expect(await stateOf(store.db, kept)).toBe("delivered");
  expect(await stateOf(store.db, gone)).toBeUndefined();
  expect(await stateOf(store.db, instead)).toBe("waiting");
  if (gone === undefined) throw new Error("nothing was dispatched");
  expect(await world.destination.isDelivered(gone)).toBe(false);
  expect(events.filter(({ id, type }) => id === gone && type === "submitted")).toEqual([]);
  await relayer.stop();
});

test("a rewind that the process did not live to record is made up for by the next one", async () => {
  const first = await world.startRelayer({}, { name: "dies" });
  const [gone] = await world.dispatch(["0x04"]);
  await first.relayer.tick();
  expect(await stateOf(first.store.db, gone)).toBe("waiting");
  await first.relayer.stop();

  // What a process leaves that dies between the index's commit and its own: the index is ahead of what is recorded.
  await rollback(1);
  world.tree.truncate(world.tree.count - 1);
  const [instead] = await world.dispatch(["0x05"]);
  await first.index.tick();
  await first.store.close();

  const next = await world.startRelayer({}, { name: "dies" });
  await next.relayer.tick();
  expect(await stateOf(next.store.db, gone)).toBeUndefined();
  expect(await stateOf(next.store.db, instead)).toBe("waiting");
  await next.relayer.stop();
});

test("a transaction for a message that was reorganised away is replaced by an empty one", async () => {
  const { relayer, store } = await world.startRelayer({ stuckAfterMs: 10_000 }, { name: "withdraws" });
  await relayer.tick();
  const [gone] = await world.dispatch(["0x06"]);
  const index = world.tree.count - 1;
  await world.sign(undefined, [index]);
  await world.destination.client.setAutomine(false);
  await relayer.tick();
  expect(await stateOf(store.db, gone)).toBe("submitted");

  await rollback(1);
  world.tree.truncate(index);
  await world.dispatch(["0x07"]);
  await relayer.tick();
  await world.destination.client.mine({ blocks: 1 });
  await world.destination.client.setAutomine(true);
  await relayer.tick();
  if (gone === undefined) throw new Error("nothing was dispatched");
  expect(await world.destination.isDelivered(gone)).toBe(false);
  const transactions = await store.db
    .selectFrom("transaction")
    .select(["state", "message_id"])
    .orderBy("created_at")
    .execute();
  expect(transactions).toEqual(
    expect.arrayContaining([
      { state: "superseded", message_id: gone },
      { state: "final", message_id: null },
    ]),
  );
  expect(await listMessages(store.db, { state: "submitted" })).toEqual([]);
  await relayer.stop();
});

test.each([
  ["interchainGasPaymasters", "escrow_progress", "escrowPaymaster"],
  ["escrowPaymaster", "payment_block", "interchainGasPaymasters"],
] as const)("what of %s can not be read holds up nothing else", async (broken, table, working) => {
  const { config } = world.origin;
  const at = (address: Address) => ({ escrowPaymaster: address, interchainGasPaymasters: [address] });
  const [dead, alive] = ["0x000000000000000000000000000000000000dead", config.mailbox] as const;
  const chain = { ...config, [broken]: at(dead)[broken], [working]: at(alive)[working] };
  const client: ChainClient = new Proxy(createChainClient(chain), {
    get(target, name) {
      if (name !== "getLogs") return Reflect.get(target, name);
      return (filter: { address: Address | Address[] }) => {
        if ([filter.address].flat().includes(dead)) throw new Error("the node does not like this address");
        return target.getLogs(filter as never);
      };
    },
  });
  const { store } = await world.startRelayer({}, { name: `without ${broken}` });
  const index = await createOriginIndex({ chain, client: createChainClient(chain), store });
  const context = {
    db: store.db,
    commit: createGroupCommit(store.db),
    leases: ALONE,
    log: pino({ level: "silent" }),
    now: Date.now,
  };
  const rest = { random: () => 0, emit: () => {}, options: DEFAULT_RELAYER_OPTIONS };
  const domains = [world.destination.config.domain];
  const follower = createOriginFollower({ ...context, ...rest }, { chain, client, index }, domains);
  const [id] = await world.dispatch([broken === "escrowPaymaster" ? "0x08" : "0x09"]);
  await expect(follower.follow(new AbortController().signal)).rejects.toThrow("does not like");
  expect(await stateOf(store.db, id)).toBe("pending");
  expect(await store.db.selectFrom(table).selectAll().execute()).toHaveLength(1);
  expect(await follower.paymentsTo()).toBe(-1);
});
