import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hash } from "viem";
import { describe, expect, it } from "vitest";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { ValidatorHaltedError } from "../agents/validator/validatorErrors.ts";
import { locationToFolder } from "../storage/folderLocation.ts";
import { createWorld, type World, type WorldValidator } from "../world/createWorld.ts";
import { bodies, control, expectEachPaidOnce, processed, publishedBy, statusOf, transactionCount } from "./kit.ts";

function signersOf(world: World): WorldValidator[] {
  return world.validators.filter(({ chain }) => chain === "alpha");
}

function flagOf({ location }: WorldValidator) {
  return JSON.parse(readFileSync(join(locationToFolder(location), "reorg_flag.json"), "utf8"));
}

/** Messages that the validators have signed vanish from alpha; returns them. Nothing delivers them meanwhile. */
async function signAndVanish(world: World, count: number) {
  const alpha = control(world.chains.alpha);
  await world.rounds(1); // all announce
  await world.removeRelayer();
  const snapshot = await alpha.snapshot();
  const vanished = await world.sendMany("alpha", bodies(count, 1_000));
  await world.rounds(1);
  const published = await Promise.all(
    signersOf(world).map((validator) => publishedBy(validator, vanished.at(-1)?.index ?? -1)),
  );
  await alpha.revert({ id: snapshot });
  return { vanished, root: published[0]?.checkpoint.root, published };
}

async function expectHalted(world: World, vanishedRoot: unknown, index: number): Promise<void> {
  for (const validator of signersOf(world)) {
    await expect(validator.tick()).rejects.toThrow(ValidatorHaltedError);
    expect(flagOf(validator)).toMatchObject({ local_merkle_root: vanishedRoot, checkpoint_index: index });
    await expect(validator.tick()).rejects.toThrow(/has stopped for good/);
  }
}

/** A relayer that comes now delivers nothing from alpha, and says why. */
async function expectNothingDelivered(world: World, vanished: readonly { id: Hash }[]): Promise<void> {
  await world.addRelayer();
  const back = await world.send({ from: "beta", body: "0x77" });
  await world.until(() => world.delivered("alpha", back.id), "delivered the other way");
  await world.rounds(5);
  expect(await processed(world.chains.beta)).toEqual([]);
  expect(await transactionCount(world.chains.beta)).toBe(0);
  const known = await listMessages(world.relayer.store.db);
  for (const { id } of vanished) expect(known.map((message) => message.id)).not.toContain(id);
}

describe("messages vanish from the origin after they were signed", () => {
  it.each([
    ["another one in their place", 1, 1],
    ["more others", 2, 4],
    ["fewer others", 3, 1],
  ])("%s: all validators flag it and stop, nothing is delivered", async (_, before, after) => {
    await using world = await createWorld();
    const { vanished, root, published } = await signAndVanish(world, before);
    const others = await world.sendMany("alpha", bodies(after, 2_000));
    await control(world.chains.alpha).mine({ blocks: 10 });

    const last = before - 1;
    await expectHalted(world, root, last);
    await expectNothingDelivered(world, vanished);
    for (const { id, index } of others) {
      const { state, reason } = await statusOf(world, id);
      expect(state).toBe("waiting");
      expect(reason).toContain(`2 of 3 validators needed, 0 signed index ${index}`);
      expect(reason).toContain("it flagged a reorganisation");
    }

    // Neither a restart nor time makes a validator sign again, and what it had signed is what is there.
    for (const [i, validator] of signersOf(world).entries()) {
      await world.removeValidator(validator);
      const reopened = await world.addValidator("alpha", i);
      await expect(reopened.tick()).rejects.toThrow(ValidatorHaltedError);
      expect(await publishedBy(reopened, last)).toEqual(published[i]);
      for (const { index } of others.slice(before)) await expect(publishedBy(reopened, index)).rejects.toThrow();
    }
  });

  it("signs nothing while the chain is shorter than it was, and flags once another one is longer", async () => {
    await using world = await createWorld();
    const { vanished, root } = await signAndVanish(world, 2);
    for (const validator of signersOf(world)) {
      await expect(validator.tick()).rejects.toThrow(/node lags behind/);
      expect(() => flagOf(validator)).toThrow("ENOENT");
    }
    await control(world.chains.alpha).mine({ blocks: 5 });
    await expectHalted(world, root, 1);
    await expectNothingDelivered(world, vanished);
  });

  it("does not concern a validator whose finality is deeper than the reorganisation", async () => {
    await using world = await createWorld({ finality: { blocks: 3 } });
    const { alpha } = world.chains;
    await world.rounds(1);
    const snapshot = await control(alpha).snapshot();
    const [vanished] = await world.sendMany("alpha", bodies(1, 1_000));
    await world.rounds(1);
    await control(alpha).revert({ id: snapshot });
    const kept = await world.send({ from: "alpha", body: "0x02" });
    await control(alpha).mine({ blocks: 3 });
    await world.until(() => world.delivered("beta", kept.id), "delivered");
    expect(kept.index).toBe(vanished?.index);
    await control(world.chains.beta).mine({ blocks: 3 });
    await world.rounds(2);
    expect((await statusOf(world, kept.id)).state).toBe("delivered");
    await expectEachPaidOnce(world, { alpha: [], beta: [kept] });
  });
});

describe("a delivery vanishes from the destination", () => {
  it("is made again, with the very same transaction", async () => {
    await using world = await createWorld({ finality: { blocks: 2 } });
    const { alpha, beta } = world.chains;
    await world.rounds(1);
    const { id } = await world.send({ from: "alpha", body: "0x01" });
    await control(alpha).mine({ blocks: 2 });
    const snapshot = await control(beta).snapshot();
    await world.until(() => world.delivered("beta", id), "delivered");
    await world.rounds(1);
    const { state, tx } = await statusOf(world, id);
    expect(state).toBe("included");

    await control(beta).revert({ id: snapshot });
    expect(await world.delivered("beta", id)).toBe(false);
    await control(beta).mine({ blocks: 1 });
    await world.until(() => world.delivered("beta", id), "delivered again");
    await control(beta).mine({ blocks: 2 });
    await world.rounds(2);
    expect(await statusOf(world, id)).toMatchObject({ state: "delivered", delivered_tx: tx });
    await expectEachPaidOnce(world, { alpha: [], beta: [{ id }] });
  });
});
