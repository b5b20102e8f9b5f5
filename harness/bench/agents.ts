// npm run bench:agents [-- --burst 1000 --catch-up 10000 --indexed 1000000]: what the agents achieve, as a Markdown table, each beside what
// this machine achieves at the same moment without them. Two anvils, all agents and this program share the machine.
import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { pino } from "pino";
import { type Hex, keccak256, toHex } from "viem";
import { batchOptionsSchema } from "../agents/relayer/batch/batchOptions.ts";
import type { RelayerOptions } from "../agents/relayer/options.ts";
import { openValidator } from "../agents/validator/openValidator.ts";
import { type LocalChain, localKey } from "../chains/localChains.ts";
import { bodies, control, recipientOn } from "../e2e/kit.ts";
import { createLocalSigner } from "../protocol/localSigner.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { fillStore } from "./fillStore.ts";

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    burst: { type: "string", default: "1000" },
    "catch-up": { type: "string", default: "10000" },
    indexed: { type: "string", default: "1000000" },
  },
});
const [burst, catchUp, indexed] = [values.burst, values["catch-up"], values.indexed].map(Number) as [
  number,
  number,
  number,
];
const GAS_LIMIT = 30_000_000n;
const LATENCY_SAMPLES = 5;
const BATCH = 250;

type Row = { measure: string; value: string; ceiling?: string; goal: string; met: boolean };
const rows: Row[] = [];
const round = (value: number, digits = 0) => value.toFixed(digits);
const log = pino({ level: "silent" });

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1_000;
}

/** Looks until it holds, without much load of its own. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("it has taken five minutes: given up");
    await pause(100);
  }
}

/** Asks the recipient, which costs this process little: it is measured, too. */
const delivered = async (chain: LocalChain, count: number) =>
  Number((await recipientOn(chain).view()).received) >= count;

/** Delivers a burst of messages that are signed already; seconds, and milliseconds of this process's CPU for each. */
async function deliverBurst(world: World): Promise<{ took: number; cpuMs: number }> {
  const before = process.cpuUsage();
  world.relayer.start();
  const took = await seconds(() => until(() => delivered(world.chains.beta, burst)));
  const { user, system } = process.cpuUsage(before);
  return { took, cpuMs: (user + system) / 1_000 / burst };
}

async function prepareBurst(world: World): Promise<void> {
  await world.sendMany("alpha", bodies(burst));
  for (const validator of world.validators) await validator.tick();
}

/** A burst with a relayer, then the very same transactions on the same state without one. Returns what those achieve a second. */
async function measureBurst(world: World): Promise<number> {
  const { beta } = world.chains;
  await prepareBurst(world);
  const node = control(beta);
  const snapshot = await node.snapshot();
  const { took, cpuMs } = await deliverBurst(world);
  const raws = await world.relayer.store.db
    .selectFrom("transaction")
    .select("raw")
    .where("destination", "=", beta.config.domain)
    .orderBy("nonce")
    .execute();
  await world.removeRelayer();
  await node.revert({ id: snapshot });
  const raw = raws.map((row) => row.raw);
  const ceiling = await seconds(async () => {
    for (let start = 0; start < raw.length; start += BATCH) await sendRaw(beta, raw.slice(start, start + BATCH));
    await until(() => delivered(beta, burst));
  });
  rows.push(
    {
      measure: `messages delivered per second, burst of ${burst}, single \`process\``,
      value: round(burst / took),
      ceiling: `${round(burst / ceiling)} (the same transactions, no relayer)`,
      goal: "60 % of the ceiling",
      met: ceiling / took >= 0.6,
    },
    { measure: "relayer CPU per message, ms", value: round(cpuMs, 1), goal: "under 5", met: cpuMs < 5 },
  );
  return burst / ceiling;
}

/** The same burst, delivered together. */
async function measureBatches(ceiling: number): Promise<void> {
  await using world = await createBenchWorld({ batch: batchOptionsSchema.parse({}) });
  await prepareBurst(world);
  const { took, cpuMs } = await deliverBurst(world);
  rows.push(
    {
      measure: `messages delivered per second, burst of ${burst}, batched`,
      value: round(burst / took),
      ceiling: `${round(ceiling)} (single \`process\`, no relayer)`,
      goal: "above that",
      met: burst / took > ceiling,
    },
    { measure: "relayer CPU per message, batched, ms", value: round(cpuMs, 1), goal: "under 5", met: cpuMs < 5 },
  );
}

async function createBenchWorld(relayerOptions: Partial<RelayerOptions> = {}): Promise<World> {
  const intervals = { pollIntervalMs: 200 };
  const world = await createWorld({ blockTime: 1, ...intervals, relayerOptions: { ...intervals, ...relayerOptions } });
  for (const chain of Object.values(world.chains)) await control(chain).setBlockGasLimit({ gasLimit: GAS_LIMIT });
  return world;
}

async function sendRaw({ config }: LocalChain, raws: readonly Hex[]): Promise<void> {
  const calls = raws.map((raw, id) => ({ jsonrpc: "2.0", id, method: "eth_sendRawTransaction", params: [raw] }));
  const response = await fetch(config.rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(calls),
  });
  await response.arrayBuffer();
}

/** One message at a time through agents that run as they do for an operator. */
async function measureLatency(world: World): Promise<void> {
  const { beta } = world.chains;
  await world.addRelayer();
  world.relayer.start();
  for (const validator of world.validators) void validator.start();
  const blocks: number[] = [];
  for (let i = 0; i < LATENCY_SAMPLES; i++) {
    const count = Number((await recipientOn(beta).view()).received);
    await world.send({ from: "alpha", body: toHex(`latency ${i}`) });
    const since = Date.now();
    await until(() => delivered(beta, count + 1));
    blocks.push((Date.now() - since) / 1_000);
  }
  const mean = blocks.reduce((sum, one) => sum + one, 0) / blocks.length;
  rows.push({ measure: "dispatch to delivery, blocks of 1 s", value: round(mean, 1), goal: "under 3", met: mean < 3 });
}

/** A validator whose chain has many messages that it has not signed. */
async function measureCatchUp(directory: string): Promise<void> {
  await using world = await createWorld({ withoutAgents: true });
  await world.sendMany("alpha", bodies(catchUp));
  const [first] = world.chains.alpha.validators;
  if (first === undefined) throw new Error("there are validators");
  const account = createLocalSigner(localKey(first));
  const signer = await seconds(async () => {
    for (let i = 0; i < 500; i++) await account.signMessage({ message: { raw: keccak256(toHex(i)) } });
  });
  const synced = await seconds(async () => {
    for (let i = 0; i < 50; i++) {
      await using file = await open(join(directory, `sync-${i}`), "w");
      await file.writeFile("x".repeat(600));
      await file.datasync();
    }
  });
  await using validator = await openValidator({
    ...{ chain: world.chains.alpha.config, account, log },
    location: `file://${join(directory, "checkpoints")}`,
    storeFile: join(directory, "validator.db"),
  });
  const took = await seconds(() => validator.tick());
  if (validator.state().signedIndex !== catchUp - 1) throw new Error("it has not signed them all");
  rows.push({
    measure: "checkpoints signed per second while catching up, with indexing and files",
    value: round(catchUp / took),
    ceiling: `${round(500 / signer)} signatures, ${round(50 / synced)} files synced one by one`,
    goal: "above 2,000",
    met: catchUp / took > 2_000,
  });
}

/** How memory, start-up and proofs grow with what is indexed. */
async function measureIndexed(directory: string): Promise<void> {
  for (let count = 1_000; count <= indexed; count *= 10) {
    const file = join(directory, `indexed-${count}.db`);
    await fillStore({ file, domain: 7, count });
    const script = fileURLToPath(new URL("million.ts", import.meta.url));
    const { stdout } = await run(process.execPath, ["--import", "tsx", script, file, "7"]);
    const { openMs, proofMs, peakMb } = JSON.parse(stdout);
    const of = count.toLocaleString("en");
    rows.push(
      { measure: `memory with ${of} indexed messages, MB`, value: round(peakMb), goal: "under 400", met: peakMb < 400 },
      { measure: `start-up with ${of}, s`, value: round(openMs / 1_000, 1), goal: "under 10", met: openMs < 10_000 },
      { measure: `a proof out of ${of}, ms`, value: round(proofMs, 2), goal: "under 1", met: proofMs < 1 },
    );
    await rm(file);
  }
}

const directory = await mkdtemp(join(tmpdir(), "causeway-bench-"));
try {
  let ceiling: number;
  {
    await using world = await createBenchWorld();
    ceiling = await measureBurst(world);
    await measureLatency(world);
  }
  await measureBatches(ceiling);
  await measureCatchUp(directory);
  await measureIndexed(directory);
} finally {
  await rm(directory, { recursive: true, force: true });
}
console.log("| measure | here | ceiling of this machine | goal | |\n|---|---|---|---|---|");
for (const { measure, value, ceiling = "", goal, met } of rows) {
  console.log(`| ${measure} | ${value} | ${ceiling} | ${goal} | ${met ? "met" : "missed"} |`);
}
