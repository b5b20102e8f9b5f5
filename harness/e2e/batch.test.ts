import { type Hex, pad, toFunctionSelector } from "viem";
import { expect, it } from "vitest";
import { batchOptionsSchema } from "../agents/relayer/batch/batchOptions.ts";
import { getMessage } from "../agents/relayer/messageStatus.ts";
import { localAccounts } from "../chains/localChains.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { bodies, control, processed, recipientOn, statusOf, transactionCount } from "./kit.ts";

const COUNT = 40;
const batch = batchOptionsSchema.parse({ maxMessages: 20 });

/** Wei that the relayer's account has paid on a chain, by its receipts. */
async function paidOn(world: World, name: "alpha" | "beta"): Promise<bigint> {
  const client = control(world.chains[name]);
  let sum = 0n;
  for (let number = await client.getBlockNumber(); number > 0n; number--) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, from } of transactions) {
      if (from !== localAccounts.relayer.address.toLowerCase()) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      sum += gasUsed * effectiveGasPrice;
    }
  }
  return sum;
}

it("delivers a burst in few transactions, each message once, and knows what each has cost", async () => {
  await using world = await createWorld({ ism: "merkle-root", relayerOptions: { batch } });
  const [alpha, beta] = await Promise.all(CHAIN_NAMES.map((from) => world.sendMany(from, bodies(COUNT))));
  const sent = { alpha: beta ?? [], beta: alpha ?? [] };
  const all = async () => {
    const counts = await Promise.all(CHAIN_NAMES.map((name) => processed(world.chains[name])));
    return counts.flat().length === 2 * COUNT;
  };
  await world.until(all, "delivered");
  await world.rounds(3);

  for (const name of CHAIN_NAMES) {
    const ids = sent[name].map(({ id }) => id);
    expect((await processed(world.chains[name])).sort()).toEqual(ids.sort());
    expect(await recipientOn(world.chains[name]).view()).toMatchObject({ received: BigInt(COUNT) });
    expect(await transactionCount(world.chains[name])).toBeLessThan(COUNT / 5);
    const accounts = await Promise.all(ids.map((id) => getMessage(world.relayer.store.db, id)));
    const spent = accounts.reduce((sum, account) => sum + (account?.spent.spent ?? 0n), 0n);
    const paid = await paidOn(world, name);
    // Parts are rounded down.
    expect(spent).toBeLessThanOrEqual(paid);
    expect(paid - spent).toBeLessThan(paid / 1_000n);
    for (const account of accounts) {
      expect(account?.message).toMatchObject({ state: "delivered", reason: null, attempts: 0 });
      expect(account?.spent).toMatchObject({ lost: 0n, reverts: 0 });
    }
  }
  const one = await statusOf(world, sent.beta[0]?.id ?? "0x");
  expect(one.gas_used).toBeGreaterThan(30_000);
  expect(one.gas_used).toBeLessThan(90_000);
});

/** Their code: they pass every simulation of their own. */
const hostile: [what: string, code: Hex, delivered: number][] = [
  ["reverts where gas costs something", "0x3a600557005b5f5ffd", 0],
  ["burns all it gets where gas costs something", "0x3a600557005b5f56", 0],
  ["names another module as soon as it has a message", "0x366004106013575f5461dead025f5260205ff35b60015f5500", 1],
];

it("delivers the others where some recipients of a batch are hostile", async () => {
  await using world = await createWorld({ relayerOptions: { batch, retryCapMs: 1_000, maxReverts: 3 } });
  const { beta } = world.chains;
  const at = (i: number) => pad(`0xe${i.toString(16).padStart(2, "0")}`, { size: 20 });
  for (const [i, [, bytecode]] of hostile.entries()) await control(beta).setCode({ address: at(i), bytecode });
  const mixed = bodies(30).flatMap((body, i) => {
    const trap = hostile[i % 10];
    return trap === undefined ? [body] : [body, { ...body, recipient: at(i % 10) }];
  });
  const sent = await world.sendMany("alpha", mixed);
  const good = sent.filter((_, i) => !("recipient" in (mixed[i] ?? {})));
  const all = async () => (await Promise.all(good.map(({ id }) => world.delivered("beta", id)))).every(Boolean);
  await world.until(all, "delivered to those that take it");
  await world.rounds(12);
  expect(await recipientOn(beta).view()).toMatchObject({ received: 30n });
  expect(await transactionCount(beta)).toBeLessThan(45);

  for (const [i, [what, , delivered]] of hostile.entries()) {
    const theirs = sent.filter((_, k) => (mixed[k] as { recipient?: Hex }).recipient === at(i));
    const states = await Promise.all(theirs.map(({ id }) => statusOf(world, id)));
    expect(states, what).toHaveLength(3);
    expect(
      states.filter(({ state }) => state === "delivered"),
      what,
    ).toHaveLength(delivered);
    // What a batch that failed has cost counts: nobody pays for them for ever.
    if (delivered === 0) expect(new Set(states.map(({ state }) => state)), what).toEqual(new Set(["parked"]));
  }
});

it("delivers one by one where the Mailbox knows no batches", async () => {
  await using world = await createWorld({ relayerOptions: { batch } });
  const { beta } = world.chains;
  const client = control(beta);
  const code = await client.getCode({ address: beta.config.mailbox });
  const selector = toFunctionSelector("processBatch(bytes,bytes[])").slice(2);
  const parts = code?.split(selector) ?? [];
  expect(parts).toHaveLength(2);
  await client.setCode({ address: beta.config.mailbox, bytecode: parts.join("ffffffff") as Hex });
  const sent = await world.sendMany("alpha", bodies(5));
  await world.until(async () => (await processed(beta)).length === sent.length, "delivered");
  expect(await transactionCount(beta)).toBe(sent.length);
});

it("delivers alone what nothing goes with, and together only what is cheaper so", async () => {
  await using world = await createWorld({ relayerOptions: { batch } });
  const { beta } = world.chains;
  const { id } = await world.send({ from: "alpha", body: "0x01" });
  await world.until(() => world.delivered("beta", id), "delivered");
  expect(await transactionCount(beta)).toBe(1);
  const { transactions } = (await getMessage(world.relayer.store.db, id)) ?? expect.unreachable();
  expect(transactions).toMatchObject([{ purpose: "deliver", message_id: id }]);
});
