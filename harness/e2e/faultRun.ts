import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Hash, type Hex, parseGwei, stringToHex } from "viem";
import { expect } from "vitest";
import { localAccounts, localKey } from "../chains/localChains.ts";
import { mailboxAbi } from "../contracts/abi.ts";
import { CHAIN_NAMES, type ChainName, createWorld, other } from "../world/createWorld.ts";
import { type AgentProcess, eventually, seededRandom, startAgent } from "./agentProcess.ts";
import { control, processed } from "./kit.ts";
import { hangs, refuses, stuckAt, withoutLastLog, withoutLogs } from "./lies.ts";
import { type Lie, type LyingRpc, startLyingRpc } from "./lyingRpc.ts";

export type FaultRunParameters = {
  /** The same seed, the same faults in the same order. */
  seed: number;
  /** Blocks of alpha, a second each; with each of them comes a fault, or messages. */
  steps: number;
};

/** Deeper than any reorganisation of a run, so that nothing is signed that vanishes. */
const FINALITY = 3;
const MAX_REORG = 2;
/** A fault that lasts is over after so many steps at most. */
const MAX_DURATION = 5;
/** What is late has been put off for as long as the faults lasted, at most; a transaction that is stuck is replaced after a minute. */
const SETTLE_MS = 180_000;

type Agent = {
  name: string;
  run(): AgentProcess;
  process: AgentProcess | undefined;
  nodes: readonly LyingRpc[];
  /** Deleted together with the process that uses them, if they are a cache. */
  cache?: string;
};

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
  const oneOf = <T>(all: readonly T[]): T => all[below(all.length)] as T;

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
  const agents = await startAgents();
  const signed = new Map<string, string>();
  const lifts: { at: number; agent: Agent | undefined; lift: () => Promise<void> | void }[] = [];

  for (let step = 0; step < steps; step++) {
    await nextBlock();
    for (const due of lifts.filter(({ at }) => at <= step)) await lift(due);
    await breakSomething(step);
    if (random() < 0.5) await sendSome(step);
    noteSignatures();
  }
  for (const due of [...lifts]) await lift(due);
  for (const name of CHAIN_NAMES) await world.sendMany(name, [{ body: stringToHex(`last of ${name}`) }]);

  const running = () => agents.flatMap(({ process }) => process ?? []);
  await eventually(isQuiet, { what: "all delivered", agents: running(), timeoutMs: SETTLE_MS });
  for (let i = 0; i <= FINALITY; i++) await nextBlock();
  noteSignatures();
  for (const agent of running()) expect(await agent.terminate()).toBe(0);

  for (const name of CHAIN_NAMES) {
    const arrived = await processed(world.chains[other(name)]);
    expect(arrived.sort()).toEqual((await dispatched(name)).sort());
    expect(new Set(arrived).size).toBe(arrived.length);
  }
  expect(signed.size).toBeGreaterThan(0);
  expect(output).toContain("validator starts");
  for (const key of keys()) expect(output.toLowerCase().includes(key)).toBe(false);

  /** Validators of both chains and a relayer, as an operator starts them, each with nodes of its own. */
  async function startAgents(): Promise<readonly Agent[]> {
    const all: Agent[] = [];
    for (const name of CHAIN_NAMES) {
      for (const [i, account] of world.chains[name].validators.entries()) {
        const id = `${name}-validator-${i}`;
        const validator = { chain: name, storage: `file://${folderOf(id)}`, store: join(world.directory, `${id}.db`) };
        const env = { CAUSEWAY_VALIDATOR_KEY: localKey(account) };
        all.push(await createAgent(id, "validator", [name], { validator }, env));
      }
    }
    const store = join(world.directory, "relayer.db");
    const relayer = { store, allowLocalStorage: true };
    const env = { CAUSEWAY_RELAYER_KEY: localKey(localAccounts.relayer) };
    all.push(Object.assign(await createAgent("relayer", "relayer", CHAIN_NAMES, { relayer }, env), { cache: store }));
    for (const agent of all) agent.process = agent.run();
    return all;
  }

  async function createAgent(
    name: string,
    kind: "validator" | "relayer",
    on: readonly ChainName[],
    part: object,
    env: Record<string, string>,
  ): Promise<Agent> {
    const nodes: LyingRpc[] = [];
    const chains: Record<string, object> = {};
    for (const chain of on) {
      const { name: _, ...config } = world.chains[chain].config;
      const node = await startLyingRpc(config.rpcUrl);
      opened.push(node);
      nodes.push(node);
      chains[chain] = { ...config, rpcUrl: node.url };
    }
    const file = join(world.directory, `${name}.json`);
    writeFileSync(file, JSON.stringify({ chains, ...part }));
    const listen = (text: string) => {
      output += text;
    };
    const agent: Agent = { name, run: () => startAgent(kind, file, env, listen), process: undefined, nodes };
    opened.push({ [Symbol.asyncDispose]: async () => agent.process?.kill() });
    return agent;
  }

  async function lift(due: (typeof lifts)[number]): Promise<void> {
    lifts.splice(lifts.indexOf(due), 1);
    await due.lift();
  }

  async function breakSomething(step: number): Promise<void> {
    const until = step + 1 + below(MAX_DURATION);
    const free = agents.filter((agent) => !lifts.some((due) => due.agent === agent));
    const chain = oneOf(CHAIN_NAMES);
    const node = control(world.chains[chain]);
    const chainFaults: readonly (() => Promise<string>)[] = [
      async () => {
        const depth = 1 + below(MAX_REORG);
        await node.request({ method: "anvil_reorg", params: [depth, []] } as never); // viem has no type for it
        return `reorganises ${depth} blocks`;
      },
      async () => {
        await node.request({ method: "anvil_dropAllTransactions" } as never);
        return "forgets the transactions in its pool";
      },
      async () => {
        await node.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("200") });
        await node.mine({ blocks: 1 }); // senders see what it costs
        return "becomes expensive";
      },
      async () => {
        await node.increaseTime({ seconds: 3_600 });
        return "moves its clock an hour on";
      },
      async () => {
        await node.mine({ blocks: 20 });
        return "mines 20 blocks at once";
      },
    ];
    if (free.length === 0 || random() < 0.3) {
      tell(`${step}: ${chain} ${await oneOf(chainFaults)()}`);
      return;
    }
    const agent = oneOf(free);
    const agentFaults: readonly (() => Promise<string>)[] = [
      async () => {
        await agent.process?.kill();
        agent.process = undefined;
        const forget = agent.cache !== undefined && random() < 0.3;
        const restart = () => {
          if (forget) for (const end of ["", "-wal", "-shm"]) rmSync(`${agent.cache}${end}`, { force: true });
          agent.process = agent.run();
        };
        lifts.push({ at: until, agent, lift: restart });
        return forget ? "is killed, its store deleted" : "is killed";
      },
      async () => {
        agent.process?.hold();
        lifts.push({ at: until, agent, lift: () => agent.process?.letGo() });
        return "hangs";
      },
      async () => {
        const [what, lie] = oneOf(await lies(chain));
        const at = oneOf(agent.nodes);
        at.setLie(lie);
        lifts.push({ at: until, agent, lift: () => at.setLie() });
        return `has a node that ${what}`;
      },
    ];
    tell(`${step}: ${agent.name} ${await oneOf(agentFaults)()}, until ${until}`);
  }

  /** What one node alone may say without having a validator stop for good. */
  async function lies(chain: ChainName): Promise<readonly (readonly [string, Lie])[]> {
    const head = await control(world.chains[chain]).getBlockNumber();
    return [
      ["hangs", hangs],
      ["refuses", refuses],
      ["has no logs", withoutLogs],
      ["lacks the last logs", withoutLastLog],
      ["does not move", stuckAt(head > 5n ? head - 5n : 0n)],
    ];
  }

  async function sendSome(step: number): Promise<void> {
    const from = oneOf(CHAIN_NAMES);
    const messages = Array.from({ length: 1 + below(10) }, (_, i) => ({ body: stringToHex(`${from} ${step} ${i}`) }));
    await world.sendMany(from, messages);
    tell(`${step}: ${messages.length} messages from ${from}`);
  }

  async function nextBlock(): Promise<void> {
    const alpha = control(world.chains.alpha);
    const before = await alpha.getBlockNumber();
    await eventually(async () => (await alpha.getBlockNumber()) !== before, { what: "mined", agents: [] });
  }

  /** The messages that are dispatched by the chain as it is in the end. */
  async function dispatched(name: ChainName): Promise<Hash[]> {
    const chain = world.chains[name];
    const events = await control(chain).getContractEvents({
      address: chain.config.mailbox,
      abi: mailboxAbi,
      eventName: "DispatchId",
      fromBlock: 0n,
      strict: true,
    });
    return events.map(({ args }) => args.messageId);
  }

  async function isQuiet(): Promise<boolean> {
    const counts = await Promise.all(
      CHAIN_NAMES.map(async (name) => [
        (await dispatched(name)).length,
        (await processed(world.chains[other(name)])).length,
      ]),
    );
    return counts.every(([sent, arrived]) => sent === arrived);
  }

  /** Everything that was ever readable, by validator and index: none of it may change any more. */
  function noteSignatures(): void {
    for (const { name } of agents) {
      for (const file of checkpointFiles(folderOf(name))) {
        const key = `${name} ${file}`;
        const content = readFileSync(join(folderOf(name), file), "utf8");
        expect([key, content]).toEqual([key, signed.get(key) ?? content]);
        signed.set(key, content);
      }
    }
  }

  function folderOf(name: string): string {
    return join(world.directory, `${name}-checkpoints`);
  }

  /** Of all keys that agents were given, without the 0x. */
  function keys(): readonly string[] {
    const accounts = CHAIN_NAMES.flatMap((name) => world.chains[name].validators);
    return [...accounts, localAccounts.relayer].map((account) => (localKey(account) as Hex).slice(2));
  }
}

function checkpointFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith("_with_id.json"));
  } catch {
    return []; // the validator has not begun
  }
}
