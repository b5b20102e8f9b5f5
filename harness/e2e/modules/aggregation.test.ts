import type { Hex } from "viem";
import { expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { pausableIsmAbi } from "../../contracts/abi.ts";
import { decodeAggregationMetadata, encodeAggregationMetadata } from "../../protocol/aggregationMetadata.ts";
import { createWorld } from "../../world/createWorld.ts";
import { deploy, statusOf, write } from "../kit.ts";
import { alphaValidators, expectForgeriesRefused, guarded, openForge } from "./kit.ts";

const owner = localAccounts.deployer.address;
const ALPHA = "31337";

/** Changes what is there for module `at` of `count`. */
function reaching(at: number, count: number, deeper = (metadata: Hex, change: (leaf: Hex) => Hex) => change(metadata)) {
  return (metadata: Hex, change: (leaf: Hex) => Hex): Hex =>
    encodeAggregationMetadata(
      decodeAggregationMetadata(metadata, count).map((part, i) =>
        i === at && part !== undefined ? deeper(part, change) : part,
      ),
    );
}

it("static and in storage, flat and three deep: delivers with its quorum, and nothing else", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const validators = alphaValidators(world);
  const multisig = { type: "messageIdMultisigIsm", validators, threshold: 2 } as const;
  const merkle = { type: "merkleRootMultisigIsm", validators, threshold: 2 } as const;
  const pausable = { type: "pausableIsm", owner } as const;
  const cases = [
    {
      config: { type: "staticAggregationIsm", modules: [pausable, { ...multisig }], threshold: 2 },
      reach: reaching(1, 2),
    },
    {
      config: { type: "storageAggregationIsm", owner, modules: [{ ...merkle }, pausable], threshold: 2 },
      reach: reaching(0, 2),
    },
    {
      config: {
        type: "staticAggregationIsm",
        threshold: 2,
        modules: [
          pausable,
          {
            type: "domainRoutingIsm",
            owner,
            domains: {
              [ALPHA]: { type: "storageAggregationIsm", owner, modules: [pausable, { ...multisig }], threshold: 2 },
            },
          },
        ],
      },
      reach: reaching(1, 2, reaching(1, 2)),
      refusals: { origin: /^reverted: NoRoute\(31338\)/ },
    },
  ] as const;
  for (const { config, reach, ...rest } of cases) {
    const refusals = "refusals" in rest ? rest.refusals : {};
    const { module, recipient } = await guarded(world, structuredClone(config) as never);
    const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
    for (const validator of world.validators) await validator.tick();
    await expectForgeriesRefused(forge, { sent, module }, reach, refusals);
    // Metadata for a module that proves nothing is not metadata for the one that does.
    const onlyPausable = reaching(config.modules.length, 0)(`0x${"00".repeat(16)}`, (leaf) => leaf);
    expect(await forge.process(onlyPausable, sent.message)).not.toBe("delivered");
    await world.until(() => world.delivered("beta", sent.id), "delivered");
    expect(await recipient.view()).toMatchObject({ received: 1n });
  }
});

it("a junk, a paused, a gas-burning, a short and a codeless branch do not stop two that are fine", async () => {
  await using world = await createWorld();
  const { beta } = world.chains;
  const validators = alphaValidators(world);
  const junk = await deploy(beta, "RawAnswer", [0, `0x${"ff".repeat(32)}`, 100_000]);
  const loop = await deploy(beta, "RawAnswer", [3, "0x", 0]);
  const paused = await guarded(world, { type: "pausableIsm", owner });
  await write(beta, { address: paused.module, abi: pausableIsmAbi, functionName: "pause" });
  const modules = [
    junk.address,
    paused.module,
    loop.address,
    { type: "messageIdMultisigIsm" as const, validators, threshold: 3 },
    "0x00000000000000000000000000000000000000aa" as const,
    { type: "merkleRootMultisigIsm" as const, validators, threshold: 2 },
  ];
  const { recipient } = await guarded(world, { type: "staticAggregationIsm", modules, threshold: 2 });
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await world.until(() => world.delivered("beta", sent.id), "delivered by the two that are fine");

  const all = await guarded(world, { type: "staticAggregationIsm", modules, threshold: 3 });
  const stuck = await world.send({ from: "alpha", body: "0x02", recipient: all.recipient.address });
  await world.rounds(4);
  const { state, reason } = await statusOf(world, stuck.id);
  expect(state).toBe("waiting"); // the paused one may be unpaused
  expect(reason).toContain(`2 of 3 modules ready: ${junk.address.toLowerCase()} failed: `);
  expect(reason).toContain(`${paused.module.toLowerCase()} waiting: `);
  await write(beta, { address: paused.module, abi: pausableIsmAbi, functionName: "unpause" });
  await world.until(() => world.delivered("beta", stuck.id), "delivered once it is not paused");
});

it("a branch that seems fine and refuses on chain is left out", async () => {
  await using world = await createWorld();
  const validators = alphaValidators(world);
  // As a module it says that it is of type 6 and needs nothing; as a verdict its answer is no `true`.
  const liar = await deploy(world.chains.beta, "RawAnswer", [0, `0x${"06".padStart(64, "0")}`, 0]);
  const modules = [
    liar.address,
    { type: "messageIdMultisigIsm" as const, validators, threshold: 2 },
    { type: "merkleRootMultisigIsm" as const, validators, threshold: 2 },
  ];
  const { recipient } = await guarded(world, { type: "staticAggregationIsm", modules, threshold: 2 });
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await world.until(() => world.delivered("beta", sent.id), "delivered without the one that lies");
});

it("a branch with modules without number uses up its own share of the limit, not that of the others", async () => {
  await using world = await createWorld();
  const validators = alphaValidators(world);
  const addresses = Array.from({ length: 255 }, (_, i) => `0x${(i + 0x1000).toString(16).padStart(40, "0")}` as const);
  const crowd = { type: "staticAggregationIsm" as const, modules: addresses, threshold: 1 };
  const crowds = {
    ...crowd,
    modules: Array.from({ length: 3 }, (_, i) => ({ ...crowd, modules: addresses.slice(i) })),
  };
  const nested = {
    type: "domainRoutingIsm" as const,
    owner,
    domains: { [ALPHA]: { type: "messageIdMultisigIsm" as const, validators, threshold: 2 } },
  };
  const one = await guarded(world, { type: "staticAggregationIsm", modules: [crowds, nested], threshold: 1 });
  const both = await guarded(world, { type: "staticAggregationIsm", modules: [crowds, nested], threshold: 2 });
  const fine = await world.send({ from: "alpha", body: "0x01", recipient: one.recipient.address });
  const stuck = await world.send({ from: "alpha", body: "0x02", recipient: both.recipient.address });
  await world.until(() => world.delivered("beta", fine.id), "delivered");
  await world.rounds(2);
  expect((await statusOf(world, stuck.id)).reason).toContain("is one too many: 1024 are asked");
});
