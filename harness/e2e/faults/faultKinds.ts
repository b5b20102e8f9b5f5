import { rmSync } from "node:fs";
import { parseGwei } from "viem";
import type { LocalChain } from "../../chains/localChains.ts";
import type { Lie } from "../../chains/lyingRpc.ts";
import { control } from "../kit.ts";
import { hangs, limitsRate, refuses, stuckAt, withoutLastLog, withoutLogs } from "../lies.ts";
import type { Agent } from "./startAgents.ts";

/** Deeper than any reorganisation of a run, so that nothing is signed that vanishes. */
export const FINALITY = 3;
const MAX_REORG = 2;
const HOUR_MS = 3_600_000;
const SLOW_SYNC_MS = 700;
const SOUND = { clockMs: 0, syncMs: 0 };

/** Chooses as the seed says. */
export type Choice = { below(count: number): number; oneOf<T>(all: readonly T[]): T };

/** Something that goes wrong. It returns what has happened, for the story, and how it ends where it lasts. */
export type Fault<T> = (victim: T, choice: Choice) => Promise<{ what: string; lift?: () => Promise<void> | void }>;

/** What chains do to those who use them. */
export const chainFaults: readonly Fault<LocalChain>[] = [
  async (chain, { below }) => {
    const depth = 1 + below(MAX_REORG);
    await control(chain).request({ method: "anvil_reorg", params: [depth, []] } as never); // viem has no type for it
    return { what: `reorganises ${depth} blocks` };
  },
  async (chain) => {
    await control(chain).request({ method: "anvil_dropAllTransactions" } as never);
    return { what: "forgets the transactions in its pool" };
  },
  async (chain) => {
    await control(chain).setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei("200") });
    await control(chain).mine({ blocks: 1 }); // senders see what it costs
    return { what: "becomes expensive" };
  },
  async (chain) => {
    await control(chain).increaseTime({ seconds: 3_600 });
    return { what: "moves its clock an hour on" };
  },
  async (chain) => {
    await control(chain).mine({ blocks: 20 });
    return { what: "mines 20 blocks at once" };
  },
];

/** What machines, operators and nodes do to an agent. A disk can be full only where one could be mounted. */
export function agentFaults(agent: Agent, chain: LocalChain): readonly Fault<Agent>[] {
  const { disk } = agent;
  const full: Fault<Agent> = async () => {
    disk?.fill();
    const lift = () => {
      disk?.free();
      if (agent.process?.isRunning() === false) agent.process = agent.run(); // it was about to start
    };
    return { what: "has its disk full", lift };
  };
  return [killed, held, withLyingNode(chain), withWrongClock, withSlowDisk, ...(disk === undefined ? [] : [full])];
}

const killed: Fault<Agent> = async (agent, { below }) => {
  await agent.process?.kill();
  agent.process = undefined;
  const { cache } = agent;
  const forgets = cache !== undefined && below(10) < 3;
  const lift = () => {
    if (forgets) for (const end of ["", "-wal", "-shm"]) rmSync(`${cache}${end}`, { force: true });
    agent.process = agent.run();
  };
  return { what: forgets ? "is killed, its store deleted" : "is killed", lift };
};

const held: Fault<Agent> = async (agent) => {
  agent.process?.hold();
  return { what: "hangs", lift: () => agent.process?.letGo() };
};

/** The clock jumps there and, later, back. Half of the time, the agent is started anew in between. */
const withWrongClock: Fault<Agent> = async (agent, { below, oneOf }) => {
  const [what, clockMs] = oneOf([
    ["an hour ahead", HOUR_MS],
    ["an hour back", -HOUR_MS],
  ] as const);
  agent.setMachine({ ...SOUND, clockMs });
  const restarts = below(2) === 0;
  const restart = async () => {
    await agent.process?.kill();
    agent.process = agent.run();
  };
  if (restarts) await restart();
  return {
    what: `has its clock ${what}${restarts ? ", and is started anew then and after" : ""}`,
    lift: async () => {
      agent.setMachine(SOUND);
      if (restarts) await restart();
    },
  };
};

const withSlowDisk: Fault<Agent> = async (agent) => {
  agent.setMachine({ ...SOUND, syncMs: SLOW_SYNC_MS });
  return { what: "has a slow disk", lift: () => agent.setMachine(SOUND) };
};

/** What one node alone may say without having a validator stop for good. */
function withLyingNode(chain: LocalChain): Fault<Agent> {
  return async ({ nodes }, { oneOf }) => {
    const head = await control(chain).getBlockNumber();
    const [what, lie] = oneOf<readonly [string, Lie]>([
      ["hangs", hangs],
      ["refuses", refuses],
      ["limits the rate", limitsRate(5)],
      ["has no logs", withoutLogs],
      ["lacks the last logs", withoutLastLog],
      ["does not move", stuckAt(head > 5n ? head - 5n : 0n)],
    ]);
    const node = oneOf(nodes);
    node.setLie(lie);
    return { what: `has a node that ${what}`, lift: () => node.setLie() };
  };
}
