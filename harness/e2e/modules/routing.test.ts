import { concat, type Hex, numberToHex } from "viem";
import { expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { domainRoutingIsmAbi } from "../../contracts/abi.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { createWorld } from "../../world/createWorld.ts";
import { deploy, statusOf, write } from "../kit.ts";
import { alphaValidators, expectForgeriesRefused, guarded, openForge } from "./kit.ts";

const owner = localAccounts.deployer.address;
const ALPHA = "31337";

/** The body of a token transfer. */
const transfer = (amount: bigint): Hex => concat([numberToHex(1, { size: 32 }), numberToHex(amount, { size: 32 })]);

it("by domain, with fallback, by amount and incremental: delivers what its route verifies, and nothing else", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const validators = alphaValidators(world);
  const two: IsmConfig = { type: "messageIdMultisigIsm", validators, threshold: 2 };
  const three: IsmConfig = { type: "merkleRootMultisigIsm", validators, threshold: 3 };
  const noRoute = { origin: /^reverted: NoRoute\(31338\)/ };
  const cases: { config: IsmConfig; body: Hex; refusals?: { origin: RegExp } }[] = [
    { config: { type: "domainRoutingIsm", owner, domains: { [ALPHA]: two } }, body: "0x01", refusals: noRoute },
    {
      config: { type: "incrementalDomainRoutingIsm", owner, domains: { [ALPHA]: two } },
      body: "0x01",
      refusals: noRoute,
    },
    {
      config: { type: "defaultFallbackRoutingIsm", owner, domains: { [ALPHA]: three } },
      body: "0x01",
      // The fallback reads the metadata as if it were its own.
      refusals: { origin: /^reverted: (NotAValidator|ECDSAInvalidSignature)/ },
    },
    { config: { type: "defaultFallbackRoutingIsm", owner, domains: {} }, body: "0x01" },
    { config: { type: "amountRoutingIsm", lowerIsm: two, upperIsm: three, threshold: 100n }, body: transfer(99n) },
    { config: { type: "amountRoutingIsm", lowerIsm: two, upperIsm: three, threshold: 100n }, body: transfer(100n) },
  ];
  for (const { config, body, refusals } of cases) {
    const { module, recipient } = await guarded(world, config);
    const sent = await world.send({ from: "alpha", body, recipient: recipient.address });
    for (const validator of world.validators) await validator.tick();
    await expectForgeriesRefused(forge, { sent, module }, undefined, refusals);
    await world.until(() => world.delivered("beta", sent.id), "delivered");
    expect(await recipient.view()).toMatchObject({ received: 1n, lastData: body });
  }
});

it("a quorum for small amounts does not deliver large ones", async () => {
  await using world = await createWorld();
  await using forge = await openForge(world);
  const validators = alphaValidators(world);
  const { module, recipient } = await guarded(world, {
    type: "amountRoutingIsm",
    lowerIsm: { type: "messageIdMultisigIsm", validators, threshold: 2 },
    upperIsm: { type: "messageIdMultisigIsm", validators, threshold: 3 },
    threshold: 100n,
  });
  const last = world.validators[2];
  if (last === undefined) throw new Error("alpha has three validators");
  await world.removeValidator(last);
  const { address } = recipient;
  const small = await world.send({ from: "alpha", body: transfer(99n), recipient: address });
  const large = await world.send({ from: "alpha", body: transfer(100n), recipient: address });
  const other = await world.send({ from: "alpha", body: "0x1234", recipient: address });
  await world.until(() => world.delivered("beta", small.id), "delivered");
  await world.rounds(3);
  expect(await world.delivered("beta", large.id)).toBe(false);
  expect((await statusOf(world, large.id)).reason).toContain("3 of 3 validators needed, 2 signed index 1");
  expect((await statusOf(world, other.id)).reason).toContain(
    "routes the message to nothing: reverted: NotATokenMessage(2)",
  );
  const metadata = await forge.metadata(small, module);
  expect(await forge.process(metadata, large.message)).toMatch(/^reverted: NotEnoughSignatures\(2, 3\)/);
});

it("a route to nothing is a reason that names the domain, a cycle one that names the modules; others are not held up", async () => {
  await using world = await createWorld();
  const { beta } = world.chains;
  const lost = await guarded(world, { type: "domainRoutingIsm", owner, domains: {} });
  const cyclic = await guarded(world, { type: "domainRoutingIsm", owner, domains: {} });
  const back: IsmConfig = { type: "domainRoutingIsm", owner, domains: { [ALPHA]: cyclic.module } };
  const { module: second } = await guarded(world, back);
  const route = { address: cyclic.module, abi: domainRoutingIsmAbi, functionName: "set" };
  await write(beta, { ...route, args: [Number(ALPHA), second] });
  let deep: IsmConfig = { type: "noopIsm" };
  for (let i = 0; i < 9; i++) deep = { type: "domainRoutingIsm", owner, domains: { [ALPHA]: deep } };
  const bottomless = await guarded(world, deep);

  const [toNothing, around, down, fine] = await world.sendMany("alpha", [
    { body: "0x01", recipient: lost.recipient.address },
    { body: "0x02", recipient: cyclic.recipient.address },
    { body: "0x03", recipient: bottomless.recipient.address },
    { body: "0x04" },
  ]);
  if (toNothing === undefined || around === undefined || down === undefined || fine === undefined)
    throw new Error("4 sent");
  await world.until(() => world.delivered("beta", fine.id), "delivered");
  const reason = async (id: Hex) => (await statusOf(world, id)).reason;
  expect(await reason(toNothing.id)).toContain(
    `module ${lost.module.toLowerCase()} routes the message to nothing: reverted: NoRoute(31337)`,
  );
  const modules = [cyclic.module, second, cyclic.module].map((module) => module.toLowerCase()).join(" > ");
  expect(await reason(around.id)).toContain(`comes to itself: ${modules}`);
  expect(await reason(down.id)).toContain("is more than 8 modules deep");

  const answer = await deploy(beta, "NoopIsm");
  await write(beta, {
    address: lost.module,
    abi: domainRoutingIsmAbi,
    functionName: "set",
    args: [Number(ALPHA), answer.address],
  });
  await world.until(() => world.delivered("beta", toNothing.id), "delivered once there is a route");
});
