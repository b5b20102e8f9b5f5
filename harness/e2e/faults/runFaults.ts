import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Hash, type Hex, stringToHex } from "viem";
import { expect } from "vitest";
import { localAccounts, localKey } from "../../chains/localChains.ts";
import { mailboxAbi } from "../../contracts/abi.ts";
import { CHAIN_NAMES, type ChainName, createWorld, other, type World } from "../../world/createWorld.ts";
import { eventually, seededRandom } from "../agentProcess.ts";
import { control, processed } from "../kit.ts";
import { agentFaults, type Choice, chainFaults, FINALITY } from "./faultKinds.ts";
import { type Agent, checkpointsOf, startAgents } from "./startAgents.ts";

export type FaultRunParameters = {
  /** The same seed, the same faults in the same order. */
  seed: number;
  /** Blocks of alpha, a second each; with each of them comes a fault, or messages. */
  steps: number;
};

/** A fault that lasts is over after so many steps at most. */
const MAX_DURATION = 5;
/** What is late has been put off for as long as the faults lasted, at most; a transaction that is stuck is replaced after a minute, and again. */
const SETTLE_MS = 300_000;
/** Characters of the agents' output that a failure shows. */
const TOLD = 6_000;

/**
 * Lets messages flow between two chains, each agent in a process of its own, behind a node of its own, while what can go wrong
 * goes wrong at random; then ends the faults and waits until all is quiet.
 *
 * @throws Error with the seed and what happened, when a message was lost, one was delivered that nobody sent, a validator signed
 * twice for an index, or a key is in an agent's output
 */
export async function runFaults({ seed, steps }: FaultRunParameters): Promise<void> {
  const story: string[] = [];
  try {
    await tellFaults({ seed, steps }, (line) => void story.push(line));
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    const replay = `CAUSEWAY_FAULT_SEED=${seed} CAUSEWAY_FAULT_STEPS=${steps} runs it again`;
    throw new Error(`${told}\n${replay}; this had happened:\n${story.join("\n")}`, { cause: error });
  }
}

async function tellFaults({ seed, steps }: FaultRunParameters, tell: (line: string) => void): Promise<void> {
  const random = seededRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const choice: Choice = { below, oneOf: (all) => all[below(all.length)] as (typeof all)[number] };

  await using world = await createWorld({
    withoutAgents: true,
    validators: 2,
    finality: { blocks: FINALITY },
    blockTime: 1,
  });
  const opened: AsyncDisposable[] = [];
  await using _ = {
    async [Symbol.asyncDispose]() {
      for (const each of opened.reverse()) await each[Symbol.asyncDispose]();
    },
  };
  let output = "";
  const onOutput = (text: string) => {
    output += text;
  };
  const agents = await startAgents(world, { opened, onOutput });
  const signed = new Map<string, string>();
  const lifts: { at: number; agent: Agent; lift: () => Promise<void> | void }[] = [];

  // No reorganisation takes the contracts away.
  for (const name of CHAIN_NAMES) await control(world.chains[name]).mine({ blocks: FINALITY });
  for (let step = 0; step < steps; step++) {
    await nextBlock(world);
    for (const due of lifts.filter(({ at }) => at <= step)) await lift(due);
    await breakSomething(step);
    if (random() < 0.5) await sendSome(step);
    noteSignatures(agents, signed);
  }
  for (const due of [...lifts]) await lift(due);
  for (const name of CHAIN_NAMES) await world.sendMany(name, [{ body: stringToHex(`last of ${name}`) }]);

  const running = () => agents.flatMap(({ process }) => process ?? []);
  try {
    await eventually(() => isQuiet(world), { what: "all delivered", agents: running(), timeoutMs: SETTLE_MS });
  } catch (error) {
    for (const name of CHAIN_NAMES) tell(await describe(world, name));
    tell(`the last that was said: ${output.slice(-TOLD)}`);
    throw error;
  }
  for (let i = 0; i <= FINALITY; i++) await nextBlock(world);
  noteSignatures(agents, signed);
  for (const agent of running()) expect(await agent.terminate()).toBe(0);

  for (const name of CHAIN_NAMES) {
    const arrived = await processed(world.chains[other(name)]);
    expect(arrived.sort()).toEqual((await dispatched(world, name)).sort());
    expect(new Set(arrived).size).toBe(arrived.length);
  }
  expect(signed.size).toBeGreaterThan(0);
  expect(output).toContain("validator starts");
  for (const key of keysOf(world)) expect(output.toLowerCase().includes(key)).toBe(false);

  async function lift(due: (typeof lifts)[number]): Promise<void> {
    lifts.splice(lifts.indexOf(due), 1);
    await due.lift();
  }

  async function breakSomething(step: number): Promise<void> {
    const until = step + 1 + below(MAX_DURATION);
    const free = agents.filter((agent) => !lifts.some((due) => due.agent === agent));
    const name = choice.oneOf(CHAIN_NAMES);
    const chain = world.chains[name];
    if (free.length === 0 || random() < 0.3) {
      const { what } = await choice.oneOf(chainFaults)(chain, choice);
      tell(`${step}: ${name} ${what}`);
      return;
    }
    const agent = choice.oneOf(free);
    const { what, lift } = await choice.oneOf(agentFaults(agent, chain))(agent, choice);
    if (lift !== undefined) lifts.push({ at: until, agent, lift });
    tell(`${step}: ${agent.name} ${what}, until ${until}`);
  }

  async function sendSome(step: number): Promise<void> {
    const from = choice.oneOf(CHAIN_NAMES);
    const messages = Array.from({ length: 1 + below(10) }, (_, i) => ({ body: stringToHex(`${from} ${step} ${i}`) }));
    await world.sendMany(from, messages);
    tell(`${step}: ${messages.length} messages from ${from}`);
  }
}

async function nextBlock({ chains }: World): Promise<void> {
  const alpha = control(chains.alpha);
  const before = await alpha.getBlockNumber();
  await eventually(async () => (await alpha.getBlockNumber()) !== before, { what: "mined", agents: [] });
}

/** The messages that are dispatched by the chain as it is in the end. */
async function dispatched({ chains }: World, name: ChainName): Promise<Hash[]> {
  const { mailbox } = chains[name].config;
  const dispatches = {
    address: mailbox,
    abi: mailboxAbi,
    eventName: "DispatchId",
    fromBlock: 0n,
    strict: true,
  } as const;
  const events = await control(chains[name]).getContractEvents(dispatches);
  return events.map(({ args }) => args.messageId);
}

/** What is missing on a chain, and what its node knows of the relayer's transactions. */
async function describe(world: World, name: ChainName): Promise<string> {
  const node = control(world.chains[name]);
  const arrived = new Set(await processed(world.chains[name]));
  const missing = (await dispatched(world, other(name))).filter((id) => !arrived.has(id));
  const account = { address: localAccounts.relayer.address };
  const [latest, pending] = await Promise.all([
    node.getTransactionCount(account),
    node.getTransactionCount({ ...account, blockTag: "pending" }),
  ]);
  const pool = JSON.stringify(await node.getTxpoolStatus(), (_, value) =>
    typeof value === "bigint" ? Number(value) : value,
  );
  return `${name}: ${missing.length} missing: ${missing.slice(0, 5)}; nonces ${latest}, ${pending}; pool ${pool}`;
}

async function isQuiet(world: World): Promise<boolean> {
  const counts = await Promise.all(
    CHAIN_NAMES.map(async (name) => [
      (await dispatched(world, name)).length,
      (await processed(world.chains[other(name)])).length,
    ]),
  );
  return counts.every(([sent, arrived]) => sent === arrived);
}

/** Everything that was ever readable, by validator and index: none of it may change any more. */
function noteSignatures(agents: readonly Agent[], signed: Map<string, string>): void {
  for (const agent of agents) {
    const folder = checkpointsOf(agent);
    for (const file of checkpointFiles(folder)) {
      const key = `${agent.name} ${file}`;
      const content = readFileSync(join(folder, file), "utf8");
      expect([key, content]).toEqual([key, signed.get(key) ?? content]);
      signed.set(key, content);
    }
  }
}

function checkpointFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith("_with_id.json"));
  } catch {
    return []; // the validator has not begun
  }
}

/** Of all keys that agents were given, without the 0x. */
function keysOf({ chains }: World): readonly string[] {
  const accounts = CHAIN_NAMES.flatMap((name) => chains[name].validators);
  return [...accounts, localAccounts.relayer].map((account) => (localKey(account) as Hex).slice(2));
}
