import { sql } from "kysely";
import { pino } from "pino";
import type { Hash, LocalAccount } from "viem";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { type OpenedRelayer, openRelayer } from "../agents/relayer/openRelayer.ts";
import { readTotals } from "../agents/relayer/payments/totals.ts";
import { pause, resume } from "../control/pause.ts";
import { startPostgres, type TestPostgres } from "../store/testPostgres.ts";
import { CHAIN_NAMES, createWorld, type World } from "../world/createWorld.ts";
import { newRelayerKey } from "./fleetKit.ts";
import { bodies, control, processed, transactionCount } from "./kit.ts";

/** Relayers of one database, each with its own key, in one process: what processes do to each other, step by step. */
let world: World;
let postgres: TestPostgres;
let url: string;
beforeAll(async () => {
  [world, postgres] = await Promise.all([createWorld({ withoutAgents: true }), startPostgres()]);
  for (const name of CHAIN_NAMES) for (const i of [0, 1]) await world.addValidator(name, i);
});
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const opened: OpenedRelayer[] = [];
beforeEach(async () => {
  url = await postgres.createDatabase();
});
afterEach(async () => {
  for (const relayer of opened.splice(0)) await relayer[Symbol.asyncDispose]();
});

async function open(account: LocalAccount, said: string[] = []): Promise<OpenedRelayer> {
  const chains = CHAIN_NAMES.map((name) => world.chains[name].config);
  const relayer = await openRelayer({
    origins: chains,
    destinations: chains,
    account,
    storeFile: url,
    leaseMs: 60_000, // in these tests nothing runs out but what is made to
    log: pino({}, { write: (line: string) => void said.push(line) }),
    options: {
      allowLocalStorage: true,
      tickBudgetMs: 30_000,
      waitingMinMs: 1,
      retryBaseMs: 1,
      rebroadcastAfterMs: 0,
      concurrency: 16,
    },
  });
  opened.push(relayer);
  return relayer;
}

const newAccount = async () => (await newRelayerKey(world)).account;

/** As if the processes had been killed, or hung, so long ago that their leases have run out. */
async function runOut({ store }: OpenedRelayer): Promise<void> {
  await sql`update lease set until = clock_timestamp()`.execute(store.db);
}

async function deliveredIn({ store }: OpenedRelayer): Promise<Hash[]> {
  return (await listMessages(store.db, { state: "delivered", limit: 1_000 })).map(({ id }) => id);
}

/** Ticks all of them together until the first knows that these are delivered. */
async function settle(relayers: readonly [OpenedRelayer, ...OpenedRelayer[]], ids: readonly Hash[]): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await Promise.all(relayers.map((relayer) => relayer.tick()));
    const known = new Set(await deliveredIn(relayers[0]));
    if (ids.every((id) => known.has(id))) return;
  }
  const lacking = await listMessages(relayers[0].store.db, { limit: 5 });
  throw new Error(`not all delivered: ${lacking.map(({ state, reason }) => `${state} ${reason}`).join("; ")}`);
}

const sendAndSign = async (count: number, from = 0) => {
  const sent = await world.sendMany("alpha", bodies(count, from));
  await world.tick();
  return sent.map(({ id }) => id);
};

it("shares one queue: each message is delivered once, by one of them, and all know it", async () => {
  const accounts = [await newAccount(), await newAccount(), await newAccount()] as const;
  const [first, second, third] = [await open(accounts[0]), await open(accounts[1]), await open(accounts[2])];
  const before = (await processed(world.chains.beta)).length;
  const ids = await sendAndSign(45);
  await settle([first, second, third], ids);

  const all = await processed(world.chains.beta);
  expect(all.slice(before).sort()).toEqual([...ids].sort());
  const counts = await Promise.all(accounts.map(({ address }) => transactionCount(world.chains.beta, address)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ids.length);
  expect(counts.filter((count) => count > 0).length, String(counts)).toBeGreaterThan(1);
  expect((await deliveredIn(third)).length).toBe((await deliveredIn(first)).length);
  const { spent } = await readTotals(first.store.db);
  expect(spent.map(({ domain, lost }) => ({ domain, lost }))).toEqual([
    { domain: world.chains.beta.config.domain, lost: 0n },
  ]);
  expect(spent[0]?.wei).toBeGreaterThan(10n ** 12n);
});

it("goes on with what a process left that is gone: its origins, its messages, its transactions", async () => {
  const [lost, account] = [await newAccount(), await newAccount()];
  const { beta } = world.chains;
  const said: string[] = [];
  const gone = await open(lost, said);
  const left = await open(account);
  for (let i = 0; i < 4; i++) await gone.tick(); // what was delivered before, it finds out now
  await control(beta).setAutomine(false);
  const ids = await sendAndSign(3, 1_000);
  await gone.tick(); // indexed, leased, signed, stored and in the pool
  expect(await control(beta).getTransactionCount({ address: lost.address, blockTag: "pending" })).toBe(ids.length);
  await control(beta).request({ method: "anvil_dropAllTransactions" } as never); // the node has nothing left of them
  await control(beta).setAutomine(true);

  for (let i = 0; i < 3; i++) await left.tick();
  expect(await transactionCount(beta, lost.address), "it may be there, and broadcasts them itself").toBe(0);
  await runOut(left);
  const more = await sendAndSign(2, 1_100);
  await settle([left], [...ids, ...more]);
  expect(await transactionCount(beta, lost.address)).toBe(ids.length);
  expect(await transactionCount(beta, account.address)).toBe(more.length);

  // It was not gone after all, and finds out what became of its transactions and of the origins' trees.
  const again = await sendAndSign(2, 1_200);
  await settle([gone, left], again);
  expect(said.join(), "its key is its own again").not.toContain("another process sends with this key");
  const counts = await Promise.all([lost, account].map(({ address }) => transactionCount(beta, address)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ids.length + more.length + again.length);
});

it("sends nothing with a key that another process sends with, and says so, until that one stops", async () => {
  const account = await newAccount();
  const { beta } = world.chains;
  const first = await open(account);
  const said: string[] = [];
  const second = await open(account, said);
  await first.tick();
  const ids = await sendAndSign(2, 2_000);
  for (let i = 0; i < 3; i++) await second.tick();
  expect(await transactionCount(beta, account.address)).toBe(0);
  const warnings = said.filter((line) => line.includes("another process sends with this key"));
  expect(warnings.length, "once per destination").toBe(CHAIN_NAMES.length);

  await first[Symbol.asyncDispose]();
  await settle([second], ids);
  expect(await transactionCount(beta, account.address)).toBe(ids.length);
  expect(said.filter((line) => line.includes("no other process sends with this key")).length).toBe(CHAIN_NAMES.length);
});

it("pauses, and goes on, all of them", async () => {
  const relayers = [await open(await newAccount()), await open(await newAccount())] as const;
  await pause(relayers[0].store.db, { reason: "beta is upgraded", since: 1 });
  const ids = await sendAndSign(2, 3_000);
  for (let i = 0; i < 2; i++) for (const relayer of relayers) await relayer.tick();
  expect(relayers.map((relayer) => relayer.state().paused?.reason)).toEqual(["beta is upgraded", "beta is upgraded"]);
  expect((await processed(world.chains.beta)).filter((id) => ids.includes(id))).toEqual([]);
  await resume(relayers[1].store.db);
  await settle(relayers, ids);
});
