import { concat, type Hex, numberToHex } from "viem";
import { expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { aggregationIsmAbi, pausableIsmAbi } from "../../contracts/abi.ts";
import { readArtifact } from "../../contracts/artifact.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { decodeAggregationMetadata, encodeAggregationMetadata } from "../../protocol/aggregationMetadata.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { control, deploy, statusOf, write } from "../kit.ts";
import { alphaValidators, expectForgeriesRefused, guarded, openForge } from "./kit.ts";

const owner = localAccounts.deployer.address;
const relayer = localAccounts.relayer.address;
const HOUR = 3600;
const testRecipientAbi = readArtifact("TestRecipient").abi;

const transfer = (amount: bigint): Hex => concat([numberToHex(1, { size: 32 }), numberToHex(amount, { size: 32 })]);

/** All of a multisig and of a module that proves nothing by itself. */
function beside(world: World, module: IsmConfig): IsmConfig {
  const multisig = { type: "messageIdMultisigIsm" as const, validators: alphaValidators(world), threshold: 2 };
  return { type: "staticAggregationIsm", modules: [multisig, module], threshold: 2 };
}

/** Changes the multisig's metadata in such an aggregation. */
function reach(metadata: Hex, change: (leaf: Hex) => Hex): Hex {
  const [multisig, module] = decodeAggregationMetadata(metadata, 2);
  return encodeAggregationMetadata([multisig && change(multisig), module]);
}

it("pausable: waits while it is paused, and proves nothing by itself", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const { beta } = world.chains;
  const { module, recipient } = await guarded(world, beside(world, { type: "pausableIsm", owner, guardian: relayer }));
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  for (const validator of world.validators) await validator.tick();
  await expectForgeriesRefused(forge, { sent, module }, reach);
  const honest = await forge.metadata(sent, module);
  const { address: pausable } = await pausableOf(world, module);
  await write(beta, { address: pausable, abi: pausableIsmAbi, functionName: "pause" });
  expect(await forge.process(honest, sent.message)).toMatch(/^reverted: EnforcedPause\(\)/);
  await world.rounds(3);
  expect((await statusOf(world, sent.id)).reason).toContain(`module ${pausable} is paused`);
  await write(beta, { address: pausable, abi: pausableIsmAbi, functionName: "unpause" });
  await world.until(() => world.delivered("beta", sent.id), "delivered");
});

async function pausableOf(world: World, aggregation: Hex): Promise<{ address: Hex }> {
  const [modules] = (await control(world.chains.beta).readContract({
    address: aggregation,
    abi: aggregationIsmAbi,
    functionName: "modulesAndThreshold",
    args: ["0x"],
  })) as readonly [readonly Hex[], number];
  return { address: (modules[1] ?? "0x").toLowerCase() as Hex };
}

it("trusted relayer: delivers what its relayer brings, from nobody else", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const { module, recipient } = await guarded(world, beside(world, { type: "trustedRelayerIsm", relayer }));
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  for (const validator of world.validators) await validator.tick();
  await expectForgeriesRefused(forge, { sent, module }, reach);
  const honest = await forge.metadata(sent, module);
  expect(await forge.process(honest, sent.message, owner)).toMatch(/^reverted: RefusedByModule\(/);
  await world.until(() => world.delivered("beta", sent.id), "delivered");

  const other = await guarded(world, beside(world, { type: "trustedRelayerIsm", relayer: owner }));
  const unserved = await world.send({ from: "alpha", body: "0x02", recipient: other.recipient.address });
  await world.rounds(4);
  expect((await statusOf(world, unserved.id)).reason).toContain(`lets only ${owner.toLowerCase()} deliver`);
});

it("rate limited: delivers within the rate, the rest when the bucket has filled again", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const { beta } = world.chains;
  const recipient = (await deploy(beta, "TestRecipient")).address;
  const limit = { type: "rateLimitedIsm" as const, owner, maxCapacity: 1_000n, duration: BigInt(HOUR), recipient };
  const { module } = await guarded(world, beside(world, limit));
  await write(beta, {
    address: recipient,
    abi: testRecipientAbi,
    functionName: "setInterchainSecurityModule",
    args: [module],
  });

  const first = await world.send({ from: "alpha", body: transfer(700n), recipient });
  for (const validator of world.validators) await validator.tick();
  await expectForgeriesRefused(forge, { sent: first, module }, reach);
  await world.until(() => world.delivered("beta", first.id), "delivered");
  const second = await world.send({ from: "alpha", body: transfer(700n), recipient });
  await world.rounds(3);
  expect(await world.delivered("beta", second.id)).toBe(false);
  expect((await statusOf(world, second.id)).reason).toMatch(/is rate limited: 700 wanted, 30\d left/);
  await control(beta).increaseTime({ seconds: HOUR / 2 });
  await control(beta).mine({ blocks: 1 });
  await world.until(() => world.delivered("beta", second.id), "delivered when the bucket has filled");
});

it("no-op, for development chains: delivers anything, which is what is wrong with it", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const { recipient } = await guarded(world, { type: "noopIsm" });
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  expect(await forge.process("0x", `${sent.message}ff`)).toBe("delivered");
  await world.until(() => world.delivered("beta", sent.id), "delivered");
});
