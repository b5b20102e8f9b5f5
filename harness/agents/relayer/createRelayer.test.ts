import { encodeFunctionData, type Hash, type Hex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailboxAbi } from "../../contracts/abi.ts";
import { addressToBytes32 } from "../../protocol/address.ts";
import { encodeMessageIdMetadata } from "../../protocol/multisigMetadata.ts";
import { withoutAutomine } from "../../world/dispatchMessages.ts";
import { getMessage, listMessages } from "./messageStatus.ts";
import { relayerAccount, startTestWorld, type TestRelayer, type TestWorld } from "./testWorld.ts";

/** Takes everything: no code but a single STOP. */
const PLAIN_RECIPIENT = "0x00000000000000000000000000000000000d0d00";

let world: TestWorld;
let running: TestRelayer;

beforeAll(async () => {
  world = await startTestWorld();
  await world.destination.client.setCode({ address: PLAIN_RECIPIENT, bytecode: "0x00" });
  running = await world.startRelayer();
});
afterAll(async () => {
  await running.relayer.stop();
  await world[Symbol.asyncDispose]();
});

async function dispatch(body: Hex, recipient?: Hex): Promise<Hash> {
  const [id] = await world.dispatch([body], recipient);
  if (id === undefined) throw new Error("nothing was dispatched");
  return id;
}

async function stored(id: Hash) {
  const found = await getMessage(running.store.db, id);
  if (found === undefined) throw new Error(`message ${id} is not stored`);
  return found;
}

/** Lets every pause between attempts pass. */
async function tickLater(): Promise<void> {
  world.pass(3_600_000 * 2);
  await running.relayer.tick();
}

describe("a message", () => {
  test("with a quorum is delivered, and its way is told and stored", async () => {
    const id = await dispatch("0x1234");
    await world.sign();
    await running.relayer.tick();
    await running.relayer.tick();

    expect(await world.destination.isDelivered(id)).toBe(true);
    expect(await world.destination.read("lastData")).toBe("0x1234");
    const { message, transactions } = await stored(id);
    expect(message).toMatchObject({ state: "delivered", attempts: 0, reason: null, nonce: 0 });
    expect(message.gas_used).toBeGreaterThan(50_000);
    expect(transactions).toMatchObject([{ hash: message.delivered_tx, state: "final", success: 1, nonce: 0 }]);
    const told = running.events.filter((event) => event.id === id).map(({ type }) => type);
    expect(told).toEqual(["recorded", "signed", "signed", "submitted", "included", "delivered"]);
  });

  test("with an empty body, and one of 64 KB, are delivered", async () => {
    const ids = await world.dispatch(["0x", `0x${"5a".repeat(65_536)}`], addressToBytes32(PLAIN_RECIPIENT));
    await world.sign();
    await running.relayer.tick();
    await running.relayer.tick();
    for (const id of ids) expect((await stored(id)).message).toMatchObject({ state: "delivered", reason: null });
  });

  test("with too few signatures waits, says for what, and goes out when they come", async () => {
    const id = await dispatch("0x02");
    const index = world.tree.count - 1;
    await world.sign([1], [index]);
    await running.relayer.tick();
    const { message } = await stored(id);
    expect(message.state).toBe("waiting");
    expect(message.attempts).toBe(0);
    expect(message.reason).toContain(`2 of 3 validators needed, 1 signed index ${index}: `);
    for (const silent of [0, 2]) {
      expect(message.reason).toContain(`${world.validators[silent]?.account.address.toLowerCase()} absent`);
    }

    await world.sign([2], [index]);
    await tickLater();
    await running.relayer.tick();
    expect((await stored(id)).message.state).toBe("delivered");
  });

  test("is not looked at again before its time", async () => {
    const id = await dispatch("0x03");
    await running.relayer.tick();
    await world.sign();
    await running.relayer.tick();
    expect((await stored(id)).message.state).toBe("waiting");
    world.pass(1_000);
    await running.relayer.tick();
    await running.relayer.tick();
    expect((await stored(id)).message.state).toBe("delivered");
  });

  test("that somebody else delivered is delivered, and by whom is told", async () => {
    const id = await dispatch("0x04");
    const index = world.tree.count - 1;
    await running.relayer.tick();
    await world.sign();
    const checkpoint = world.checkpointAt(index);
    const signatures = await Promise.all(
      world.validators.slice(0, 2).map(async ({ storage }) => (await storage.checkpoint(index))?.signature ?? "0x"),
    );
    const metadata = encodeMessageIdMetadata({ ...checkpoint, signatures });
    const { message } = await stored(id);
    const args = [metadata, message.raw] as const;
    await world.destination.write(
      world.destination.config.mailbox,
      encodeFunctionData({ abi: mailboxAbi, functionName: "process", args }),
    );

    await tickLater();
    const after = await stored(id);
    const deployer = mnemonicToAccount("test test test test test test test test test test test junk").address;
    expect(after.message).toMatchObject({ state: "delivered", tx: null });
    expect(after.message.reason).toContain(`delivered by ${deployer.toLowerCase()}`);
    expect(after.transactions).toEqual([]);
  });
});

describe("a recipient", () => {
  test("that is no address is a reason, and nothing is spent", async () => {
    const id = await dispatch("0x10", `0x01${"00".repeat(11)}${world.destination.recipient.slice(2)}` as Hex);
    await world.sign();
    await running.relayer.tick();
    const { message, transactions } = await stored(id);
    expect(message).toMatchObject({ state: "pending", attempts: 1 });
    expect(message.reason).toContain("top 12 bytes are not zero");
    expect(transactions).toEqual([]);
  });

  test("without code is a reason", async () => {
    const id = await dispatch("0x11", addressToBytes32("0x00000000000000000000000000000000000c0de0"));
    await world.sign();
    await running.relayer.tick();
    expect((await stored(id)).message.reason).toBe(
      "simulation with 10000000 gas: reverted: NotAContract(0x00000000000000000000000000000000000c0de0)",
    );
  });

  test("that refuses is asked again, later each time, and the others do not wait for it", async () => {
    await world.destination.call("setRefuses", [true]);
    const refused = await dispatch("0x12");
    await world.sign();
    await running.relayer.tick();
    expect((await stored(refused)).message).toMatchObject({ state: "pending", attempts: 1 });
    expect((await stored(refused)).message.reason).toContain("reverted: Refused()");
    await running.relayer.tick();
    expect((await stored(refused)).message.attempts).toBe(1);
    world.pass(1_001);
    await running.relayer.tick();
    expect((await stored(refused)).message.attempts).toBe(2);

    await world.destination.call("setRefuses", [false]);
    const other = await dispatch("0x13");
    await world.sign();
    await running.relayer.tick();
    await running.relayer.tick();
    expect((await stored(other)).message.state).toBe("delivered");
    expect((await stored(refused)).message.state).toBe("pending");

    await tickLater();
    await running.relayer.tick();
    expect((await stored(refused)).message).toMatchObject({ state: "delivered", attempts: 2 });
  });

  test("with a module of an unknown type, or that answers with junk, is a reason", async () => {
    const module = "0x00000000000000000000000000000000000d0d01";
    const reasons: string[] = [];
    // Returns 99 to whatever it is asked; returns 32 bytes of ones; returns 1 MB; burns all gas.
    const codes: Hex[] = ["0x606360005260206000f3", "0x5f195f5260205ff3", "0x620fffff5ff3", "0x5b5f56"];
    await world.destination.call("setInterchainSecurityModule", [module]);
    for (const code of codes) {
      await world.destination.client.setCode({ address: module, bytecode: code });
      const id = await dispatch("0x14");
      await world.sign();
      await running.relayer.tick();
      reasons.push((await stored(id)).message.reason ?? "");
    }
    await world.destination.call("setInterchainSecurityModule", ["0x0000000000000000000000000000000000000000"]);
    expect(reasons[0]).toContain("module type 99 not supported");
    for (const reason of reasons.slice(1)) expect(reason).toContain(`module ${module} does not tell its type`);
    expect(Math.max(...reasons.map(({ length }) => length))).toBeLessThan(500);
  });

  test("with a module that makes the validators up can not make the relayer pay", async () => {
    // moduleType() and validatorsAndThreshold() both answer (5-word blob): offset 64 … type reads as 64, so no multisig.
    const balance = await world.destination.client.getBalance(relayerAccount);
    const module = "0x00000000000000000000000000000000000d0d02";
    await world.destination.client.setCode({ address: module, bytecode: "0x600560005260206000f3" });
    await world.destination.call("setInterchainSecurityModule", [module]);
    const id = await dispatch("0x15");
    await world.sign();
    await running.relayer.tick();
    await world.destination.call("setInterchainSecurityModule", ["0x0000000000000000000000000000000000000000"]);
    expect((await stored(id)).message.reason).toContain(`module ${module} does not tell its validators`);
    expect(await world.destination.client.getBalance(relayerAccount)).toBe(balance);
  });
});

test("an account without money is a reason, and the messages go out once it has some", async () => {
  const { address } = relayerAccount;
  const balance = await world.destination.client.getBalance({ address });
  await world.destination.client.setBalance({ address, value: 1n });
  const ids = await world.dispatch(["0x20", "0x21"]);
  await world.sign();
  await running.relayer.tick();
  for (const id of ids) {
    expect((await stored(id)).message).toMatchObject({ state: "pending", attempts: 1 });
    expect((await stored(id)).message.reason).toMatch(/insufficient funds/i);
  }
  await world.destination.client.setBalance({ address, value: balance });
  await tickLater();
  await running.relayer.tick();
  for (const id of ids) expect((await stored(id)).message.state).toBe("delivered");
});

test("a destination whose base fee is above the limit waits", async () => {
  await world.destination.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 600_000_000_000n });
  await world.destination.client.mine({ blocks: 1 });
  const id = await dispatch("0x22");
  await world.sign();
  await running.relayer.tick();
  const { message } = await stored(id);
  expect(message).toMatchObject({ state: "waiting", attempts: 0 });
  expect(message.reason).toContain("above the limit of 500000000000");
  await world.destination.client.setNextBlockBaseFeePerGas({ baseFeePerGas: 1_000_000_000n });
  await world.destination.client.mine({ blocks: 1 });
  await tickLater();
  await running.relayer.tick();
  expect((await stored(id)).message.state).toBe("delivered");
});

test("a burst is delivered, each message once", async () => {
  const received = (await world.destination.read("received")) as bigint;
  const ids = await world.dispatch(
    Array.from({ length: 200 }, (_, i): Hex => `0x${(i + 256).toString(16).padStart(4, "0")}`),
  );
  await world.sign(
    undefined,
    ids.map((_, i) => world.tree.count - 1 - i),
  );
  await withoutAutomine(world.destination.client, () => running.relayer.tick());
  await running.relayer.tick();
  const states = await Promise.all(ids.map(async (id) => (await stored(id)).message.state));
  expect(states).toEqual(ids.map(() => "delivered"));
  expect(await world.destination.read("received")).toBe(received + 200n);
});

test("listMessages shows what is in which state", async () => {
  const waiting = await dispatch("0x30");
  await running.relayer.tick();
  expect((await listMessages(running.store.db, { state: "waiting" })).map(({ id }) => id)).toContain(waiting);
  expect(await listMessages(running.store.db, { limit: 3 })).toHaveLength(3);
  expect(await getMessage(running.store.db, `0x${"00".repeat(32)}`)).toBeUndefined();
});
