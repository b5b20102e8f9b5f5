import { type Abi, type Address, encodeFunctionData, type Hex } from "viem";
import { expect, it } from "vitest";
import { errorText } from "../../agents/relayer/rpcError.ts";
import { localAccounts } from "../../chains/localChains.ts";
import { optimisticIsmAbi } from "../../contracts/abi.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import type { Sent } from "../../world/dispatchMessages.ts";
import { control, statusOf, transactionCount, write } from "../kit.ts";
import { alphaValidators, type Forge, fromDomain, guarded, openForge } from "./kit.ts";

const WINDOW = 1_800;
const watchers = [localAccounts.deployer.address, localAccounts.sender.address];

function optimistic(world: World, submodule: IsmConfig = multisig(world)): IsmConfig {
  return {
    type: "optimisticIsm",
    owner: localAccounts.deployer.address,
    submodule,
    fraudWindow: WINDOW,
    watchers,
    threshold: 1,
  };
}

function multisig(world: World): IsmConfig {
  return { type: "messageIdMultisigIsm", validators: alphaValidators(world), threshold: 2 };
}

/** An optimistic module on beta, as the deployer, its owner and first watcher, sees it. */
function moduleOn(world: World, address: Address) {
  const { beta } = world.chains;
  const call = { address, abi: optimisticIsmAbi as Abi };
  return {
    flag: (id: Hex) => write(beta, { ...call, functionName: "flagMessage", args: [id] }),
    flagSubmodule: () => write(beta, { ...call, functionName: "flagSubmodule" }),
    setWatchers: (set: Address[]) => write(beta, { ...call, functionName: "setWatchers", args: [set, 1] }),
    submodule: () => control(beta).readContract({ address, abi: optimisticIsmAbi, functionName: "submodule" }),
    deliverableAt: (id: Hex) =>
      control(beta).readContract({ address, abi: optimisticIsmAbi, functionName: "deliverableAt", args: [id] }),
    /** What a pre-verification would come to: "pre-verified", or why not. */
    preVerify(metadata: Hex, message: Hex): Promise<string> {
      const data = encodeFunctionData({ abi: optimisticIsmAbi, functionName: "preVerify", args: [metadata, message] });
      return control(beta)
        .call({ account: localAccounts.relayer.address, to: address, data })
        .then(() => "pre-verified", errorText);
    },
  };
}

/** Mines a block on beta at that second. */
async function mineAt(world: World, timestamp: bigint): Promise<void> {
  const client = control(world.chains.beta);
  await client.setNextBlockTimestamp({ timestamp });
  await client.mine({ blocks: 1 });
}

async function isWaiting(world: World, { id }: Sent, reason: string): Promise<boolean> {
  const status = await statusOf(world, id).catch(() => undefined);
  return status?.state === "waiting" && (status.reason ?? "").includes(reason);
}

/** Forged pre-verifications of a message that validators signed, each with what refuses it. */
async function expectForgeriesRefused(world: World, forge: Forge, sent: Sent, address: Address): Promise<void> {
  const module = moduleOn(world, address);
  const honest = await forge.metadata(sent, await module.submodule());
  const withoutOne = honest.slice(0, -130) as Hex;
  const foreign = `${withoutOne}${(await forge.foreignSignature(sent.index)).slice(2)}` as Hex;
  expect(await module.preVerify(honest, sent.message)).toBe("pre-verified");
  expect(await module.preVerify(withoutOne, sent.message)).toMatch(/^reverted: NotEnoughSignatures\(1, 2\)/);
  expect(await module.preVerify("0x", sent.message)).toMatch(/^reverted: NotEnoughSignatures\(0, 2\)/);
  expect(await module.preVerify(foreign, sent.message)).toMatch(/^reverted: NotAValidator\(/);
  expect(await module.preVerify(honest, `${sent.message}00`)).toMatch(/^reverted: NotAValidator\(/);
  expect(await module.preVerify(honest, fromDomain(sent.message, 31_338))).toMatch(/^reverted: NotAValidator\(/);
  // The quorum's metadata is no way around the window either.
  expect(await forge.process(honest, sent.message)).toMatch(/^reverted: NotPreVerified\(/);
  expect(await forge.process("0x", sent.message)).toMatch(/^reverted: NotPreVerified\(/);
}

it("pre-verifies, waits for the window to the second, delivers; forgeries are refused", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const { module: address, recipient } = await guarded(world, optimistic(world));
  const module = moduleOn(world, address);
  const sent = await world.send({ from: "alpha", body: "0x0102", recipient: recipient.address });
  for (const validator of world.validators) await validator.tick();
  await expectForgeriesRefused(world, forge, sent, address);

  await world.until(() => isWaiting(world, sent, "fraud window"), "pre-verified");
  const until = await module.deliverableAt(sent.id);
  expect((await statusOf(world, sent.id)).reason).toContain(new Date(Number(until) * 1_000).toISOString());
  expect(await module.preVerify("0x", sent.message)).toMatch(/^reverted: AlreadyPreVerified\(/);
  // A tampered body is another message, and that was not pre-verified.
  expect(await forge.process("0x", `${sent.message}00`)).toMatch(/^reverted: NotPreVerified\(/);
  await mineAt(world, until - 1n);
  expect(await forge.process("0x", sent.message)).toBe(`reverted: WindowOpen(${until})`);
  expect(await world.delivered("beta", sent.id)).toBe(false);
  await mineAt(world, until);
  await world.until(() => world.delivered("beta", sent.id), "delivered");
  await world.rounds(2);
  expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x0102" });
  expect(await transactionCount(world.chains.beta)).toBe(2);
});

it("a flagged message stays refused; a watcher that freezes the route is replaced, and all gets through", async () => {
  await using world = await createWorld();
  const { module: address, recipient } = await guarded(world, optimistic(world));
  const module = moduleOn(world, address);
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await world.until(() => isWaiting(world, sent, "fraud window"), "pre-verified");
  await module.flag(sent.id);
  await mineAt(world, (await module.deliverableAt(sent.id)) + 1n);
  await world.until(() => isWaiting(world, sent, "flagged it"), "refused");
  await world.rounds(5);
  expect(await world.delivered("beta", sent.id)).toBe(false);

  await module.flagSubmodule();
  const other = await world.send({ from: "alpha", body: "0x02", recipient: recipient.address });
  await world.until(() => isWaiting(world, other, "flagged its submodule"), "frozen");
  expect(await transactionCount(world.chains.beta)).toBe(1);

  await module.setWatchers([localAccounts.sender.address]);
  for (const message of [sent, other]) {
    await world.until(() => isWaiting(world, message, "fraud window"), "pre-verified in the new round");
  }
  await mineAt(world, (await module.deliverableAt(other.id)) + BigInt(WINDOW));
  for (const { id } of [sent, other]) await world.until(() => world.delivered("beta", id), "delivered");
  await world.rounds(2);
  expect(await recipient.view()).toMatchObject({ received: 2n });
  expect(await transactionCount(world.chains.beta)).toBe(1 + 2 + 2);
});

it("works below an aggregation, beside a multisig and above a routing module, and a restart in between loses nothing", async () => {
  await using world = await createWorld();
  const { domain } = world.chains.alpha.config;
  const routed: IsmConfig = {
    type: "domainRoutingIsm",
    owner: localAccounts.deployer.address,
    domains: { [domain]: multisig(world) },
  };
  const merkleRoot: IsmConfig = { type: "merkleRootMultisigIsm", validators: alphaValidators(world), threshold: 2 };
  const { recipient } = await guarded(world, {
    type: "staticAggregationIsm",
    modules: [merkleRoot, optimistic(world, routed)],
    threshold: 2,
  });
  const sent = await world.send({ from: "alpha", body: "0x03", recipient: recipient.address });
  await world.until(() => isWaiting(world, sent, "fraud window"), "pre-verified");
  await world.removeRelayer();
  await control(world.chains.beta).increaseTime({ seconds: WINDOW });
  await control(world.chains.beta).mine({ blocks: 1 });
  await world.addRelayer();
  await world.until(() => world.delivered("beta", sent.id), "delivered");
  expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x03" });
  expect(await transactionCount(world.chains.beta)).toBe(2);
});
