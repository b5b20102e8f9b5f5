import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localAccounts, localKey } from "../../chains/localChains.ts";
import { type LyingRpc, startLyingRpc } from "../../chains/lyingRpc.ts";
import { CHAIN_NAMES, type ChainName, type World } from "../../world/createWorld.ts";
import { type AgentProcess, startAgent } from "../agentProcess.ts";
import { mountSmallDisk, type SmallDisk } from "./smallDisk.ts";

/** Far more than an agent needs in a run. */
const DISK_MIB = 64;
const FAULTY_MACHINE = fileURLToPath(new URL("faultyMachine.mjs", import.meta.url));

/** What is wrong with an agent's machine: see faultyMachine.mjs. */
export type Machine = { clockMs: number; syncMs: number };

/** An agent in a process of its own, on a machine of its own, with nodes of its own. */
export type Agent = {
  readonly name: string;
  /** Where all its files are. */
  readonly directory: string;
  readonly nodes: readonly LyingRpc[];
  /** Its files' disk, where one could be mounted. */
  readonly disk: SmallDisk | undefined;
  /** What it can do without: lost, it is made anew. */
  readonly cache: string | undefined;
  process: AgentProcess | undefined;
  run(): AgentProcess;
  setMachine(machine: Machine): void;
};

/** The folder in which a validator publishes. */
export function checkpointsOf({ directory }: Pick<Agent, "directory">): string {
  return join(directory, "checkpoints");
}

/**
 * Starts the validators of both chains of a world and a relayer, as an operator starts them.
 * @param opened what must be disposed of after them, last first, is put there
 * @param onOutput told of everything that they print
 */
export async function startAgents(
  world: Pick<World, "chains" | "directory">,
  { opened, onOutput }: { opened: AsyncDisposable[]; onOutput: (text: string) => void },
): Promise<readonly Agent[]> {
  const all: Agent[] = [];
  for (const chain of CHAIN_NAMES) {
    for (const [i, account] of world.chains[chain].validators.entries()) {
      const env = { CAUSEWAY_VALIDATOR_KEY: localKey(account) };
      all.push(
        await createAgent(`${chain}-validator-${i}`, "validator", [chain], env, (directory) => ({
          config: { chain, storage: `file://${checkpointsOf({ directory })}`, store: join(directory, "validator.db") },
        })),
      );
    }
  }
  const env = { CAUSEWAY_RELAYER_KEY: localKey(localAccounts.relayer) };
  all.push(
    await createAgent("relayer", "relayer", CHAIN_NAMES, env, (directory) => {
      const store = join(directory, "relayer.db");
      return { config: { store, allowLocalStorage: true }, cache: store };
    }),
  );
  for (const agent of all) agent.process = agent.run();
  return all;

  async function createAgent(
    name: string,
    kind: "validator" | "relayer",
    on: readonly ChainName[],
    env: Record<string, string>,
    describe: (directory: string) => { config: object; cache?: string },
  ): Promise<Agent> {
    const directory = join(world.directory, name);
    const disk = await mountSmallDisk(directory, DISK_MIB);
    if (disk !== undefined) opened.push(disk);

    const nodes: LyingRpc[] = [];
    const chains: Record<string, object> = {};
    for (const chain of on) {
      const { name: _, ...config } = world.chains[chain].config;
      const node = await startLyingRpc(config.rpcUrl);
      opened.push(node);
      nodes.push(node);
      chains[chain] = { ...config, rpcUrl: node.url };
    }
    const { config, cache } = describe(directory);
    const file = join(world.directory, `${name}.json`);
    writeFileSync(file, JSON.stringify({ chains, [kind]: config }));

    const machine = join(world.directory, `${name}-machine.json`);
    const environment = { ...env, NODE_OPTIONS: `--import ${FAULTY_MACHINE}`, CAUSEWAY_TEST_MACHINE: machine };
    const agent: Agent = {
      ...{ name, directory, nodes, disk, cache, process: undefined },
      run: () => startAgent(kind, file, environment, onOutput),
      setMachine: (now) => writeFileSync(machine, JSON.stringify(now)),
    };
    opened.push({ [Symbol.asyncDispose]: async () => agent.process?.kill() });
    return agent;
  }
}
