import { describe, expect, it } from "vitest";
import { CHAIN_NAMES, createWorld, other } from "../world/createWorld.ts";
import { bodies, expectEachPaidOnce, processed, recipientOn } from "./kit.ts";

const COUNT = 100;

describe.each(["message-id", "merkle-root"] as const)("%s", (ism) => {
  it("delivers a burst of 200 messages in both directions, each once, no transaction wasted", async () => {
    await using world = await createWorld({ ism });
    const [alpha, beta] = await Promise.all(CHAIN_NAMES.map((from) => world.sendMany(from, bodies(COUNT))));
    if (alpha === undefined || beta === undefined) throw new Error("two chains give two bursts");
    const all = async () => {
      const counts = await Promise.all(CHAIN_NAMES.map((name) => processed(world.chains[name])));
      return counts.flat().length === 2 * COUNT;
    };
    await world.until(all, "delivered");
    await world.rounds(3);

    await expectEachPaidOnce(world, { alpha: beta, beta: alpha });
    for (const name of CHAIN_NAMES) {
      expect(await recipientOn(world.chains[name]).view()).toMatchObject({ received: BigInt(COUNT) });
      expect(new Set(await processed(world.chains[other(name)])).size).toBe(COUNT);
    }
  });
});
