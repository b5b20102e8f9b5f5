import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findOnPath } from "../toolchain/findOnPath.ts";
import { CHAIN_NAMES, type World } from "../world/createWorld.ts";

const CLI = fileURLToPath(new URL("../cli/causeway.mjs", import.meta.url));
const KEPT_OUTPUT = 4_000;
const POLL_MS = 5;

export type AgentProcess = {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: it hangs until it is let go on. */
  hold(): void;
  letGo(): void;
  /** SIGTERM; resolves with its exit code. */
  terminate(): Promise<number | null>;
  isRunning(): boolean;
  /** @throws Error with its last words when it has ended by itself */
  assertRunning(): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Writes a configuration of the command line for a world, with one agent in it. Returns the file. */
export function writeConfig(world: Pick<World, "chains" | "directory">, name: string, agent: object): string {
  const chains = CHAIN_NAMES.map((chain) => {
    const { name: _, ...config } = world.chains[chain].config;
    return [chain, config];
  });
  const file = join(world.directory, `${name}.json`);
  writeFileSync(file, JSON.stringify({ chains: Object.fromEntries(chains), ...agent }));
  return file;
}

/** Starts an agent as an operator does: the command in a process of its own, its key in the environment. */
export function startAgent(
  agent: "validator" | "relayer" | "watchtower",
  config: string,
  env: Record<string, string>,
  onOutput: (text: string) => void = () => {},
): AgentProcess {
  // The kernel ends it with this process, where it can be asked to.
  const setpriv = process.platform === "linux" ? findOnPath("setpriv") : undefined;
  const [command = process.execPath, ...args] = [
    ...(setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL"]),
    process.execPath,
    ...[CLI, "--config", config, agent],
  ];
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT_OUTPUT);
    onOutput(chunk.toString());
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      said += error.message;
      resolve(null);
    });
    child.once("close", resolve);
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    isRunning,
    kill: async () => void (await end("SIGKILL")),
    hold: () => void child.kill("SIGSTOP"),
    letGo: () => void child.kill("SIGCONT"),
    terminate: () => end("SIGTERM"),
    assertRunning() {
      if (isRunning()) return;
      throw new Error(`the ${agent} has ended with ${child.signalCode ?? `code ${child.exitCode}`}:\n${said}`);
    },
    [Symbol.asyncDispose]: async () => void (await end("SIGKILL")),
  };
}

/**
 * Looks until the condition holds, while processes of their own work on it.
 * @throws Error when one of them ends, or after `timeoutMs`
 */
export async function eventually(
  condition: () => Promise<boolean> | boolean,
  { what, agents, timeoutMs = 200_000 }: { what: string; agents: readonly AgentProcess[]; timeoutMs?: number },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    for (const agent of agents) agent.assertRunning();
    if (Date.now() > deadline) throw new Error(`not ${what} after ${timeoutMs} ms`);
    await pause(POLL_MS);
  }
}

/** Numbers that look random and are the same in every run: uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
