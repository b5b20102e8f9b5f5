import { type Hex, pad } from "viem";
import { expect, it } from "vitest";
import { createWorld } from "../world/createWorld.ts";
import { bodies, control, deploy, processed, recipientOn, statusOf, transactionCount } from "./kit.ts";

it("delivers to a recipient that refused at first, and meanwhile to the others", async () => {
  await using world = await createWorld();
  const { beta } = world.chains;
  const recipient = recipientOn(beta);
  const other = recipientOn(beta, (await deploy(beta, "TestRecipient")).address);
  await recipient.setRefuses(true);
  const refused = await world.send({ from: "alpha", body: "0x01" });
  await world.sendMany(
    "alpha",
    bodies(3).map(({ body }) => ({ body, recipient: other.address })),
  );
  await world.until(async () => (await processed(beta)).length === 3, "delivered to the other recipient");
  await world.rounds(4);

  const status = await statusOf(world, refused.id);
  expect(status).toMatchObject({ state: "pending", tx: null });
  expect(status.attempts).toBeGreaterThan(1);
  expect(status.reason).toContain("reverted: Refused()");
  expect(await other.view()).toMatchObject({ received: 3n });
  expect(await recipient.view()).toMatchObject({ received: 0n });
  expect(await transactionCount(beta)).toBe(3);

  await recipient.setRefuses(false);
  await world.until(() => world.delivered("beta", refused.id), "delivered");
  expect(await recipient.view()).toMatchObject({ received: 1n, lastData: "0x01" });
  await world.rounds(2);
  expect(await statusOf(world, refused.id)).toMatchObject({ state: "delivered", reason: null });
  expect(await transactionCount(beta)).toBe(4);
});

/** Their code, and why nothing can be delivered to them. */
const hopeless: [string, Hex | undefined, RegExp][] = [
  ["has no code", undefined, /NotAContract\(0x/],
  ["burns all its gas", "0x5b5f56", /gas/i],
  ["fails with an invalid opcode", "0xfe", /reverted|opcode/i],
  ["reverts with 1 MB", "0x620fffff5ffd", /revert|gas/i],
  ["names a module without code", "0x61dead5f5260205ff3", /module 0x0+dead does not tell its type/],
  ["names itself as its module", "0x305f5260205ff3", /module type 3590 not supported/],
];

/** Their code: hostile when asked for a module, yet they take messages. */
const odd: [string, Hex][] = [
  ["answers 1 MB", "0x620fffff5ff3"],
  ["answers 30 KB, which it has the gas for", "0x6175305ff3"],
  ["answers 31 bytes", "0x601f5ff3"],
  ["names a module that is no address", "0x5f195f5260205ff3"],
];

it("is not held up by hostile recipients, and tells what is the matter with each", async () => {
  await using world = await createWorld({ relayerOptions: { retryCapMs: 1_000 } });
  const { beta } = world.chains;
  const at = (i: number) => pad(`0xe${i.toString(16).padStart(2, "0")}`, { size: 20 });
  const place = async (i: number, bytecode: Hex | undefined) => {
    if (bytecode !== undefined) await control(beta).setCode({ address: at(i), bytecode });
    return { recipient: at(i), body: "0x01" as const };
  };
  const toHopeless = await Promise.all(hopeless.map(([, code], i) => place(i + 1, code)));
  const toOdd = await Promise.all(odd.map(([, code], i) => place(i + 101, code)));
  const dirty = {
    recipient: `0x01${"00".repeat(11)}${beta.config.testRecipient.slice(2)}` as Hex,
    body: "0x02" as const,
  };
  // Accepts what costs nothing, as simulations do, and reverts in the real transaction.
  const trap = await place(201, "0x3a600557005b5f5ffd");

  const sent = await world.sendMany("alpha", [...toHopeless, dirty, trap, ...toOdd, ...bodies(20)]);
  const [bad, good] = [sent.slice(0, hopeless.length + 2), sent.slice(hopeless.length + 2)];
  const all = async () => (await Promise.all(good.map(({ id }) => world.delivered("beta", id)))).every(Boolean);
  await world.until(all, "delivered to those that take it");
  expect(await recipientOn(beta).view()).toMatchObject({ received: 20n });

  const expected = [...hopeless.map(([, , reason]) => reason), /top 12 bytes/];
  for (const [i, reason] of expected.entries()) {
    const status = await statusOf(world, bad[i]?.id ?? "0x");
    expect(status).toMatchObject({ state: "pending", tx: null });
    expect(status.reason).toMatch(reason);
    expect(status.reason?.length).toBeLessThan(500);
  }

  const trapped = bad.at(-1)?.id ?? "0x";
  await world.until(
    async () => (await statusOf(world, trapped)).reason?.includes("no more gas") === true,
    "given up",
    30,
  );
  await world.rounds(3);
  expect(await transactionCount(beta)).toBe(good.length + 5);
  expect((await processed(beta)).length).toBe(good.length);
});
