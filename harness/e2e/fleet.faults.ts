import { expect, it } from "vitest";
import { listMessages } from "../agents/relayer/messageStatus.ts";
import { openRelayerStore } from "../agents/relayer/openRelayer.ts";
import { startPostgres } from "../store/testPostgres.ts";
import { CHAIN_NAMES, createWorld } from "../world/createWorld.ts";
import type { Sent } from "../world/dispatchMessages.ts";
import { eventually, seededRandom, startAgent, writeConfig } from "./agentProcess.ts";
import { expectPaidOnceByAll, newRelayerKey } from "./fleetKit.ts";
import { bodies, processed } from "./kit.ts";

const RELAYERS = 3;
const ROUNDS = 12;
const BURST = 25;
const LEASE_SECONDS = 2;

it("three relayers of one database, one killed or held every few seconds, deliver each message once", {
  timeout: 900_000,
}, async () => {
  const seed = Number(process.env.CAUSEWAY_SEED ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  console.log(`seed ${seed}: CAUSEWAY_SEED=${seed} replays it`);
  await using postgres = await startPostgres();
  await using world = await createWorld({ withoutAgents: true });
  for (const name of CHAIN_NAMES) for (const i of [0, 1]) await world.addValidator(name, i);
  const url = await postgres.createDatabase();
  const relayer = { store: "unused.db", leaseSeconds: LEASE_SECONDS, allowLocalStorage: true };
  const config = writeConfig(world, "fleet", { relayer });
  const keys = await Promise.all(Array.from({ length: RELAYERS }, () => newRelayerKey(world)));
  const start = (i: number) =>
    startAgent("relayer", config, {
      CAUSEWAY_RELAYER_KEY: keys[i]?.key ?? expect.unreachable(),
      DATABASE_URL: url,
    });
  const agents = keys.map((_, i) => start(i));
  const sent: Record<"alpha" | "beta", Sent[]> = { alpha: [], beta: [] };
  const deliveries = async () =>
    (await processed(world.chains.alpha)).length + (await processed(world.chains.beta)).length;
  const all = () => sent.alpha.length + sent.beta.length;

  for (let round = 0; round < ROUNDS; round++) {
    for (const name of CHAIN_NAMES) sent[name].push(...(await world.sendMany(name, bodies(BURST, sent[name].length))));
    await world.tick();
    // In the middle of the burst: some of it is delivered, some is signed, stored, or only leased.
    const moment = Math.min(all(), all() - 2 * BURST + 1 + pick(2 * BURST));
    await eventually(async () => (await deliveries()) >= moment, { what: `${moment} delivered`, agents });
    const victim = pick(RELAYERS);
    const agent = agents[victim] ?? expect.unreachable();
    if (random() < 0.3) {
      agent.hold(); // longer than its leases last: the others take over, and it does not know
      const held = all();
      await eventually(async () => (await deliveries()) >= held, { what: "delivered by the others", agents });
      agent.letGo();
    } else {
      await agent.kill();
      agents[victim] = start(victim);
    }
  }
  await eventually(async () => (await deliveries()) >= all(), { what: "all delivered", agents });
  await using store = await openRelayerStore({ file: url, readonly: true });
  const settled = async () => (await listMessages(store.db, { state: "delivered", limit: 2 * all() })).length === all();
  await eventually(settled, { what: "settled", agents });
  for (const agent of agents) await agent.terminate();

  const accounts = keys.map(({ account }) => account.address);
  await expectPaidOnceByAll(world, accounts, sent);
});
