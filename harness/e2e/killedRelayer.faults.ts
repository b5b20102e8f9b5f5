import { join } from "node:path";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { openRelayerStore, type RelayerStore } from "../agents/relayer/openRelayer.ts";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { CHAIN_NAMES, createWorld } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";
import { eventually, seededRandom, startAgent, writeConfig } from "./agentProcess.ts";
import { bodies, control, expectEachPaidOnce, recipientOn, transactionCount } from "./kit.ts";

const BURST = 25;

it("a relayer killed at any moment loses no message and pays for none twice", { timeout: 600_000 }, async () => {
  await using world = await createWorld({ withoutAgents: true });
  const { alpha, beta } = world.chains;
  for (const name of CHAIN_NAMES) for (const i of [0, 1]) await world.addValidator(name, i);
  const storeFile = join(world.directory, "relayer.db");
  const config = writeConfig(world, "relayer", { relayer: { store: storeFile, allowLocalStorage: true } });
  const start = () => startAgent("relayer", config, { CAUSEWAY_RELAYER_KEY: localKey(localAccounts.relayer) });
  const random = seededRandom(7);
  const sent: Record<"alpha" | "beta", Sent[]> = { alpha: [], beta: [] };
  const deliveries = async () => (await transactionCount(alpha)) + (await transactionCount(beta));

  /** Sends a burst both ways and has it signed. */
  async function burst(): Promise<void> {
    for (const name of CHAIN_NAMES) sent[name].push(...(await world.sendMany(name, bodies(BURST, sent[name].length))));
    await world.tick();
  }

  /** Lets a relayer run until the moment has come, and kills it. */
  async function killAt(what: string, moment: (store: RelayerStore) => Promise<boolean>): Promise<void> {
    await (await openRelayerStore({ file: storeFile })).close(); // so that there is one to look into
    await using store = await openRelayerStore({ file: storeFile, readonly: true });
    await using relayer = start();
    await eventually(() => moment(store), { what, agents: [relayer] });
    await relayer.kill();
  }

  // Transactions are signed and stored, perhaps some of them are broadcast.
  await burst();
  await killAt("stored", async (store) => (await transactions(store, "pending")) > 0);

  // Some of a burst are delivered.
  await burst();
  const some = (await deliveries()) + 1 + Math.floor(random() * BURST);
  await killAt("delivered in part", async () => (await deliveries()) >= some);

  // Transactions are in a node's pool, and the node forgets them.
  await burst();
  await control(beta).setAutomine(false);
  const mined = await transactionCount(beta);
  const pooled = () => control(beta).getTransactionCount({ ...localAccounts.relayer, blockTag: "pending" });
  await killAt("in the pool", async () => (await pooled()) > mined);
  await control(beta).request({ method: "anvil_dropAllTransactions" } as never); // viem has no type for it
  await control(beta).setAutomine(true);

  // Nearly all are delivered, and some of that is not yet noted.
  await burst();
  const most = 8 * BURST - 1 - Math.floor(random() * 5);
  await killAt("delivered nearly all", async () => (await deliveries()) >= most);

  await burst();
  await using last = start();
  await using store = await openRelayerStore({ file: storeFile, readonly: true });
  const all = 10 * BURST;
  await eventually(async () => (await transactions(store, "final")) === all, { what: "settled", agents: [last] });
  expect(await last.terminate()).toBe(0);

  await expectEachPaidOnce(world, { alpha: sent.beta, beta: sent.alpha });
  for (const chain of [alpha, beta]) {
    expect(await recipientOn(chain).view()).toMatchObject({ received: BigInt(5 * BURST) });
  }
  expect(await transactions(store, "pending")).toBe(0);
  expect((await sql`pragma integrity_check`.execute(store.db)).rows).toEqual([{ integrity_check: "ok" }]);
  expect(await listMessages(store.db, { state: "delivered", limit: 2 * all })).toHaveLength(all);
});

async function transactions(store: RelayerStore, state: "pending" | "final"): Promise<number> {
  const count = store.db.selectFrom("transaction").select((select) => select.fn.countAll<number>().as("count"));
  return Number((await count.where("state", "=", state).executeTakeFirstOrThrow()).count);
}
