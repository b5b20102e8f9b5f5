import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { openRelayer } from "../agents/relayer/openRelayer.ts";
import { localAccounts } from "../chains/localChains.ts";
import { createWorld } from "../world/createWorld.ts";
import { bodies, deliverByHand, processed, recipientOn, statusOf, transactionCount } from "./kit.ts";

it("records what anybody else delivered, and pays nothing for it", async () => {
  await using world = await createWorld();
  const { beta } = world.chains;
  await world.removeRelayer();
  const first = await world.send({ from: "alpha", body: "0x01" });
  await world.rounds(1);
  await deliverByHand(world, first);

  await (await world.addRelayer()).tick();
  await world.until(async () => (await statusOf(world, first.id)).state === "delivered", "recorded");
  const who = localAccounts.sender.address.toLowerCase();
  expect(await statusOf(world, first.id)).toMatchObject({ tx: null, delivered_tx: null });
  expect((await statusOf(world, first.id)).reason).toContain(`delivered by ${who}`);

  // Known to the relayer before it is delivered by somebody else.
  const second = await world.send({ from: "alpha", body: "0x02" });
  await world.relayer.tick();
  expect((await statusOf(world, second.id)).state).toBe("waiting");
  await Promise.all(world.validators.map((validator) => validator.tick()));
  await deliverByHand(world, second);
  await world.until(async () => (await statusOf(world, second.id)).state === "delivered", "recorded");

  await world.rounds(3);
  expect(await transactionCount(beta)).toBe(0);
  expect(await recipientOn(beta).view()).toMatchObject({ received: 2n, lastData: "0x02" });
});

it("shares the work with a second relayer of another account", async () => {
  await using world = await createWorld();
  const { alpha, beta } = world.chains;
  const account = localAccounts.deployer;
  const before = await transactionCount(beta, account.address);
  await using second = await openRelayer({
    origins: [alpha.config],
    destinations: [beta.config],
    account,
    storeFile: join(world.directory, "second.db"),
    log: pino({ level: "silent" }),
    now: world.now,
    options: { allowLocalStorage: true },
  });
  const sent = await world.sendMany("alpha", bodies(10));
  await world.until(async () => (await processed(beta)).length === 10, "delivered by the first");
  for (let i = 0; i < 5; i++) await second.tick();
  expect(await transactionCount(beta, account.address)).toBe(before);
  for (const { id } of sent) {
    expect(await statusOf({ relayer: { ...world.relayer, store: second.store } }, id)).toMatchObject({
      state: "delivered",
      tx: null,
      reason: expect.stringContaining(localAccounts.relayer.address.toLowerCase()),
    });
  }

  // Both at once: whoever is second may lose a transaction, but no message is delivered twice and none is left.
  const more = await world.sendMany("alpha", bodies(10, 100));
  await Promise.all(world.validators.map((validator) => validator.tick()));
  const settled = async () => {
    for (const { id } of more) {
      for (const store of [world.relayer.store, second.store]) {
        if ((await statusOf({ relayer: { ...world.relayer, store } }, id)).state !== "delivered") return false;
      }
    }
    return true;
  };
  await Promise.all([world.relayer.tick(), second.tick()]);
  await world.until(async () => {
    await second.tick();
    return settled();
  }, "delivered");
  expect((await processed(beta)).sort()).toEqual([...sent, ...more].map(({ id }) => id).sort());
  expect(await recipientOn(beta).view()).toMatchObject({ received: 20n });
});
