import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeFunctionData, type Hex, parseAbi } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { expect, it } from "vitest";
import { localAccounts } from "../../chains/localChains.ts";
import { createWorld } from "../../world/createWorld.ts";
import { statusOf } from "../kit.ts";
import { alphaValidators, fromDomain, guarded, openForge } from "./kit.ts";
import { startGateway } from "./startGateway.ts";

const owner = localAccounts.deployer.address;
const attester = privateKeyToAccount(generatePrivateKey());

/** A server that never answers. */
async function startSilent() {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it("delivers what the attester's gateway signed for, and nothing else", async () => {
  await using world = await createWorld({ relayerOptions: { allowPrivateGateways: true } });
  await using gateway = await startGateway(world, attester);
  await using stranger = await startGateway(world, privateKeyToAccount(generatePrivateKey()));
  await using forge = await openForge(world);
  const urls = ["http://127.0.0.1:1/{sender}/{data}", `${gateway.url}/{sender}/{data}`];
  const config = { type: "attestationCcipReadIsm" as const, owner, attester: attester.address };
  const { module, recipient } = await guarded(world, { ...config, urls });
  const wrong = await guarded(world, { ...config, urls: [stranger.url] });
  const liarFirst = await guarded(world, { ...config, urls: [stranger.url, `${gateway.url}/{sender}/{data}`] });

  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  const unsigned = await world.send({ from: "alpha", body: "0x02", recipient: wrong.recipient.address });
  const liedAbout = await world.send({ from: "alpha", body: "0x03", recipient: liarFirst.recipient.address });
  await world.rounds(3);
  const { state, reason } = await statusOf(world, sent.id);
  expect(state).toBe("waiting");
  expect(reason).toContain(`no gateway of module ${module.toLowerCase()} answered: 127.0.0.1:1: `);
  expect(reason).toContain("status 503");

  await gateway.tick();
  await stranger.tick();
  const honest = await forge.metadata(sent, module);
  expect(await forge.process(honest, sent.message)).toBe("delivered");
  expect(await forge.process(honest.slice(0, -2) as Hex, sent.message)).toMatch(/ECDSAInvalidSignatureLength/);
  expect(await forge.process("0x", sent.message)).toMatch(/ECDSAInvalidSignatureLength/);
  expect(await forge.process(honest, `${sent.message}00`)).toMatch(/NotAttester/);
  expect(await forge.process(honest, fromDomain(sent.message, 31_338))).toMatch(/NotAttester/);
  expect(await forge.process(await forge.metadata(unsigned, wrong.module), unsigned.message)).toMatch(/NotAttester/);
  await world.until(() => world.delivered("beta", sent.id), "delivered");
  await world.until(() => world.delivered("beta", liedAbout.id), "delivered although the first gateway lies");
  expect(await world.delivered("beta", unsigned.id)).toBe(false);
});

it("the gateway signs for nothing that was not dispatched, by GET or by POST", async () => {
  await using world = await createWorld({ withoutAgents: true });
  await using gateway = await startGateway(world, attester);
  const sent = await world.send({ from: "alpha", body: "0x01" });
  const abi = parseAbi(["function attest(bytes message) view returns (bytes signature)"]);
  const call = (message: Hex) => encodeFunctionData({ abi, functionName: "attest", args: [message] });
  const ask = async (data: string, sender: string = owner) => {
    const asked = await Promise.all([
      fetch(`${gateway.url}/${sender}/${data}`),
      fetch(gateway.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ sender, data }),
      }),
    ]);
    const [first, second] = await Promise.all(
      asked.map(async (response) => ({ status: response.status, body: await response.json() })),
    );
    expect(second).toEqual(first);
    return first;
  };
  expect(await ask(call(sent.message))).toMatchObject({ status: 503 });
  await gateway.tick();
  expect(await ask(call(sent.message))).toMatchObject({
    status: 200,
    body: { data: expect.stringMatching(/^0x[0-9a-f]{130}$/) },
  });
  expect(await ask(call(`${sent.message}00`))).toMatchObject({ status: 404 });
  expect(await ask(call(fromDomain(sent.message, 1)))).toMatchObject({ status: 400 });
  const next = `0x0300000001${sent.message.slice(12)}` as Hex;
  expect(await ask(call(next))).toMatchObject({ status: 404 });
  expect(await ask(call("0x1234"))).toMatchObject({ status: 400 });
  expect(await ask("0x12345678")).toMatchObject({ status: 400 });
  expect(await ask("junk")).toMatchObject({ status: 400 });
  expect(await ask(call(sent.message), "nobody")).toMatchObject({ status: 400 });
});

it("a gateway that never answers does not hold up an aggregation that does without it, or other messages", async () => {
  await using world = await createWorld({ relayerOptions: { allowPrivateGateways: true } });
  await using silent = await startSilent();
  const ccip = { type: "attestationCcipReadIsm" as const, owner, attester: attester.address, urls: [silent.url] };
  const multisig = { type: "messageIdMultisigIsm" as const, validators: alphaValidators(world), threshold: 2 };
  const either = await guarded(world, { type: "staticAggregationIsm", modules: [ccip, multisig], threshold: 1 });
  const alone = await guarded(world, ccip);
  const held = await world.send({ from: "alpha", body: "0x01", recipient: alone.recipient.address });
  const sent = await world.send({ from: "alpha", body: "0x02", recipient: either.recipient.address });
  const usual = await world.send({ from: "alpha", body: "0x03" });
  const delivered = async () => (await world.delivered("beta", sent.id)) && world.delivered("beta", usual.id);
  await world.until(delivered, "delivered without the silent gateway");
  expect(await world.delivered("beta", held.id)).toBe(false);
});

it("a relayer asks no gateway of this machine unless it is told to", async () => {
  await using world = await createWorld();
  await using gateway = await startGateway(world, attester);
  const config = { type: "attestationCcipReadIsm" as const, owner, attester: attester.address, urls: [gateway.url] };
  const { recipient } = await guarded(world, config);
  const sent = await world.send({ from: "alpha", body: "0x01", recipient: recipient.address });
  await gateway.tick();
  await world.rounds(3);
  expect((await statusOf(world, sent.id)).reason).toContain("not of the public internet (loopback)");
});
