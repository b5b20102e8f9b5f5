import { describe, expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { storageMultisigIsmAbi } from "../../contracts/abi.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { write } from "../kit.ts";
import { alphaValidators, expectForgeriesRefused, guarded, openForge } from "./kit.ts";

const owner = localAccounts.deployer.address;

/** Validators 1 and 2 outweigh validator 0; 0 and 1 together are enough, 0 and 2 are not. */
function weighted(world: World) {
  const weights = [30n, 50n, 20n];
  return {
    validators: alphaValidators(world).map((address, i) => ({ address, weight: weights[i] ?? 0n })),
    thresholdWeight: 60n,
  };
}

const kinds: Record<string, (world: World) => IsmConfig> = {
  "message-id": (world) => ({ type: "messageIdMultisigIsm", validators: alphaValidators(world), threshold: 2 }),
  "merkle-root": (world) => ({ type: "merkleRootMultisigIsm", validators: alphaValidators(world), threshold: 2 }),
  "weighted message-id": (world) => ({ type: "weightedMessageIdMultisigIsm", ...weighted(world) }),
  "weighted merkle-root": (world) => ({ type: "weightedMerkleRootMultisigIsm", ...weighted(world) }),
  "message-id in storage": (world) => ({
    type: "storageMessageIdMultisigIsm",
    owner,
    validators: alphaValidators(world),
    threshold: 2,
  }),
  "merkle-root in storage": (world) => ({
    type: "storageMerkleRootMultisigIsm",
    owner,
    validators: alphaValidators(world),
    threshold: 2,
  }),
};

it("a recipient's multisig of each kind takes the message with its quorum, and nothing else", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  for (const [kind, config] of Object.entries(kinds)) {
    const { module, recipient } = await guarded(world, config(world));
    const sent = await world.send({ from: "alpha", body: "0x0102", recipient: recipient.address });
    for (const validator of world.validators) await validator.tick();
    await expectForgeriesRefused(forge, { sent, module });
    await world.until(() => world.delivered("beta", sent.id), `delivered through ${kind}`);
    expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x0102" });
  }
});

describe("a weighted multisig", () => {
  it("waits for weight, not for a number of validators, and says how much is lacking", async () => {
    await using world = await createWorld({ withoutAgents: true });
    const { recipient } = await guarded(world, { type: "weightedMerkleRootMultisigIsm", ...weighted(world) });
    for (const i of [0, 2]) await world.addValidator("alpha", i);
    await world.addRelayer();
    const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
    await world.rounds(4);
    const reason = (await world.relayer.store.db.selectFrom("message").select("reason").executeTakeFirst())?.reason;
    expect(reason).toContain("validators of weight 60 needed, of weight 50 signed index 0");
    await world.addValidator("alpha", 1);
    await world.until(() => world.delivered("beta", sent.id), "delivered");
  });
});

describe("a multisig in storage", () => {
  it("asks the validators of today, also for a message of yesterday", async () => {
    await using world = await createWorld();
    const [first, ...others] = alphaValidators(world);
    if (first === undefined) throw new Error("alpha has validators");
    const config = { type: "storageMessageIdMultisigIsm", owner, validators: [owner, first], threshold: 2 } as const;
    const { module, recipient } = await guarded(world, { ...config, validators: [...config.validators] });
    const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
    await world.rounds(4);
    expect(await world.delivered("beta", sent.id)).toBe(false);
    const set = { address: module, abi: storageMultisigIsmAbi, functionName: "setValidatorsAndThreshold" };
    await write(world.chains.beta, { ...set, args: [others, 2] });
    await world.until(() => world.delivered("beta", sent.id), "delivered");
  });
});
