import type { Hash } from "viem";
import { decodeFunctionData } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailboxAbi } from "../../../contracts/abi.ts";
import { decodeMerkleRootMetadata } from "../../../protocol/multisigMetadata.ts";
import { getMessage } from "../messageStatus.ts";
import { startTestWorld, type TestRelayer, type TestWorld } from "../testWorld.ts";

let world: TestWorld;
let running: TestRelayer;
beforeAll(async () => {
  world = await startTestWorld({ ism: "merkle-root", validators: 4, threshold: 2 });
  running = await world.startRelayer();
});
afterAll(async () => {
  await running.relayer.stop();
  await world[Symbol.asyncDispose]();
});

async function stored(id: Hash | undefined) {
  const found = id && (await getMessage(running.store.db, id));
  if (!found) throw new Error(`message ${id} is not stored`);
  return found.message;
}

/** The index of the checkpoint that a delivery rests on. */
async function signedIndex(id: Hash | undefined): Promise<number> {
  const { delivered_tx } = await stored(id);
  const { input } = await world.destination.client.getTransaction({ hash: delivered_tx ?? "0x" });
  const { args } = decodeFunctionData({ abi: mailboxAbi, data: input });
  return decodeMerkleRootMetadata(args?.[0] as Hash).signedIndex;
}

async function tickLater(): Promise<void> {
  world.pass(120_000);
  await running.relayer.tick();
  await running.relayer.tick();
}

test("the first message ever, nonce 0 in a tree of one leaf, is proven by its own checkpoint", async () => {
  const [id] = await world.dispatch(["0x00"]);
  await world.sign();
  await tickLater();
  expect((await stored(id)).state).toBe("delivered");
  expect(await signedIndex(id)).toBe(0);
});

test("a message whose own checkpoint lacks a quorum is proven by a later one", async () => {
  const [early, , late] = await world.dispatch(["0x01", "0x02", "0x03"]);
  await world.sign([0], [1]);
  await tickLater();
  expect((await stored(early)).state).toBe("waiting");
  expect((await stored(early)).reason).toContain("no later checkpoint either");

  await world.sign([1, 2], [3]);
  await tickLater();
  expect((await stored(early)).state).toBe("delivered");
  expect(await signedIndex(early)).toBe(3);
  expect((await stored(late)).state).toBe("delivered");
});

test("validators that claim more than they signed only push the search further down", async () => {
  const [id] = await world.dispatch(["0x04", "0x05", "0x06", "0x07"]);
  const own = world.tree.count - 4;
  await world.sign([2], [own + 1, own + 2]);
  await world.sign([3], [own + 1]);
  await world.validators[0]?.storage.writeLatestIndex(4_000_000_000);
  await world.validators[1]?.storage.writeLatestIndex(own + 3);
  await tickLater();
  expect((await stored(id)).state).toBe("delivered");
  expect(await signedIndex(id)).toBe(own + 1);
});
