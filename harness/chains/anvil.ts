import { type ChildProcess, spawn } from "node:child_process";
import { findOnPath } from "../toolchain/findOnPath.ts";
import { resolveTool } from "../toolchain/resolve.ts";

export type StartAnvilParameters = {
  chainId: number;
  /** Default: any free port, chosen by the system. */
  port?: number;
  /** Rich accounts of the well-known mnemonic. Default: 10. */
  accounts?: number;
  /** Seconds between blocks. Default: a block for each transaction. */
  blockTime?: number;
  /** Default: prague. */
  hardfork?: string;
  /** More arguments for the binary. */
  args?: readonly string[];
  /** Path of the binary. Default: npm's, else the one on PATH. */
  binary?: string;
};

export type Anvil = {
  chainId: number;
  port: number;
  rpcUrl: string;
  pid: number;
  /** Ends the process at once; resolves when it has ended. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const START_TIMEOUT_MS = 30_000;
const KEPT_OUTPUT = 4000;

/**
 * Starts an anvil process on a port of the loopback interface. On Linux it ends with this process, also when that is killed.
 *
 * @throws Error that says what is missing when there is no anvil, or what anvil said when it does not come up
 * @example await using anvil = await startAnvil({ chainId: 31337 });
 */
export async function startAnvil(parameters: StartAnvilParameters): Promise<Anvil> {
  const { chainId, port = 0, accounts = 10, blockTime, hardfork = "prague", args = [] } = parameters;
  const options = ["--host", "127.0.0.1", "--port", port, "--chain-id", chainId];
  options.push("--accounts", accounts, "--hardfork", hardfork);
  if (blockTime !== undefined) options.push("--block-time", blockTime);
  const child = spawnBound(parameters.binary ?? resolveTool("anvil"), [...options.map(String), ...args]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { pid, boundPort } = await listening(child);
  const stop = () => {
    child.kill("SIGKILL"); // nothing is kept, so nothing needs an orderly end
    return ended;
  };
  return {
    chainId,
    port: boundPort,
    rpcUrl: `http://127.0.0.1:${boundPort}`,
    pid,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Starts a process that the kernel kills with its parent, where util-linux's setpriv is there to ask for that. Such a process
 * is out of the terminal's reach: Ctrl-C is for its parent, which may need the chain for an orderly end of its own.
 */
function spawnBound(command: string, args: readonly string[]): ChildProcess {
  const setpriv = process.platform === "linux" ? findOnPath("setpriv") : undefined;
  return setpriv === undefined
    ? spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] })
    : spawn(setpriv, ["--pdeathsig", "KILL", command, ...args], { stdio: ["ignore", "pipe", "pipe"], detached: true });
}

/** The port that anvil says it listens on. What it says later is read and dropped, so that it never waits for a reader. */
function listening(child: ChildProcess): Promise<{ pid: number; boundPort: number }> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`anvil did not start (${child.spawnargs.join(" ")}): ${why}\n${said}`));
    };
    const timer = setTimeout(() => fail(`not listening after ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.on("error", (error) => fail(error.message));
    // "close", not "exit": by then its last words have been read.
    child.once("close", (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}`));
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-KEPT_OUTPUT);
      const boundPort = /Listening on 127\.0\.0\.1:(\d+)\n/.exec(said)?.[1];
      if (boundPort === undefined || child.pid === undefined) return;
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off("data", listen).resume();
      resolve({ pid: child.pid, boundPort: Number(boundPort) });
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
  });
}
