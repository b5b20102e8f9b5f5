import type { Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import type { IsmConfig } from "../../ism/ismConfig.ts";
import { decodeAggregationMetadata, encodeAggregationMetadata } from "../../protocol/aggregationMetadata.ts";
import { createWorld, type World } from "../../world/createWorld.ts";
import { control, statusOf } from "../kit.ts";
import { alphaValidators, fromDomain, guarded, openForge } from "./kit.ts";
import { startGateway } from "./startGateway.ts";

const owner = localAccounts.deployer.address;
const attester = privateKeyToAccount(generatePrivateKey());
const WINDOW = 600;

/** m of: a route to a multisig, an optimistic module over an aggregation, an attester's gateway. Three deep. */
function composed(world: World, threshold: number, url: string): IsmConfig {
  const multisig: IsmConfig = { type: "messageIdMultisigIsm", validators: alphaValidators(world), threshold: 2 };
  const rooted: IsmConfig = { type: "merkleRootMultisigIsm", validators: alphaValidators(world), threshold: 3 };
  return {
    type: "staticAggregationIsm",
    threshold,
    modules: [
      { type: "domainRoutingIsm", owner, domains: { [world.chains.alpha.config.domain]: multisig } },
      {
        type: "optimisticIsm",
        owner,
        submodule: { type: "staticAggregationIsm", modules: [rooted, { type: "pausableIsm", owner }], threshold: 2 },
        fraudWindow: WINDOW,
        watchers: [owner],
        threshold: 1,
      },
      { type: "attestationCcipReadIsm", owner, urls: [url], attester: attester.address },
    ],
  };
}

async function passWindow(world: World): Promise<void> {
  await control(world.chains.beta).increaseTime({ seconds: WINDOW });
  await control(world.chains.beta).mine({ blocks: 1 });
}

it("all of a route, a fraud window and a gateway: delivered when all agree, refused when any one is forged or missing", async () => {
  await using world = await createWorld({ relayerOptions: { allowPrivateGateways: true } });
  await using gateway = await startGateway(world, attester);
  await using forge = await openForge(world);
  const { module, recipient } = await guarded(world, composed(world, 3, gateway.url));
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await world.until(
    async () => (await statusOf(world, sent.id).catch(() => undefined))?.reason?.includes("fraud window") ?? false,
    "pre-verified",
  );
  expect((await statusOf(world, sent.id)).reason).toContain("1 of 3 modules ready");
  await gateway.tick();
  await passWindow(world);

  const honest = await forge.metadata(sent, module);
  const parts = decodeAggregationMetadata(honest, 3);
  const without = (i: number) => encodeAggregationMetadata(parts.with(i, undefined));
  const changed = (i: number, change: (part: Hex) => Hex) =>
    encodeAggregationMetadata(parts.with(i, change(parts[i] ?? "0x")));
  expect(await forge.process(honest, sent.message)).toBe("delivered");
  for (const i of [0, 1, 2]) {
    expect(await forge.process(without(i), sent.message)).toMatch(/^reverted: NotEnoughModules\(2, 3\)/);
  }
  expect(
    await forge.process(
      changed(0, (part) => part.slice(0, -130) as Hex),
      sent.message,
    ),
  ).toMatch(/NotEnoughSignatures/);
  const foreign = (await forge.foreignSignature(sent.index)).slice(2);
  expect(
    await forge.process(
      changed(0, (part) => `${part.slice(0, -130)}${foreign}` as Hex),
      sent.message,
    ),
  ).toMatch(/NotAValidator/);
  expect(
    await forge.process(
      changed(2, () => `0x${foreign}`),
      sent.message,
    ),
  ).toMatch(/NotAttester/);
  expect(await forge.process(honest, fromDomain(sent.message, 31_338))).toMatch(/NoRoute\(31338\)/);
  expect(await forge.process(honest, `${sent.message}00`)).toMatch(/NotAValidator/);
  await world.until(() => world.delivered("beta", sent.id), "delivered");
  expect(await recipient.view()).toMatchObject({ received: 1n });
});

it("two of three: goes by whichever two can be had, and waits for the window where the gateway is gone", async () => {
  await using world = await createWorld({ relayerOptions: { allowPrivateGateways: true } });
  await using gateway = await startGateway(world, attester);
  const gone = await guarded(world, composed(world, 2, "http://127.0.0.1:1"));
  const there = await guarded(world, composed(world, 2, gateway.url));
  const [slow, quick] = await world.sendMany("alpha", [
    { body: "0x01", recipient: gone.recipient.address },
    { body: "0x02", recipient: there.recipient.address },
  ]);
  if (slow === undefined || quick === undefined) throw new Error("two were sent");
  await world.rounds(1);
  await gateway.tick();
  await world.until(() => world.delivered("beta", quick.id), "delivered by route and gateway");
  await world.rounds(3);
  expect(await world.delivered("beta", slow.id)).toBe(false);
  await passWindow(world);
  await world.until(() => world.delivered("beta", slow.id), "delivered by route and window");
});
