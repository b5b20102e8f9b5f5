import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { resolveTool } from "../toolchain/resolve.ts";

export type StartAnvilParameters = {
  chainId: number;
  /** Default: any free port. */
  port?: number;
  /** Rich accounts of the well-known mnemonic. Default: 10. */
  accounts?: number;
  /** Seconds between blocks. Default: a block for each transaction. */
  blockTime?: number;
  /** Default: prague. */
  hardfork?: string;
  /** More arguments for the binary. */
  args?: readonly string[];
};

export type Anvil = {
  chainId: number;
  port: number;
  rpcUrl: string;
  pid: number;
  /** Ends the process; resolves when it has ended. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const START_TIMEOUT_MS = 30_000;

/**
 * Starts an anvil process on a port of the loopback interface. It ends with this process, also when that is killed.
 *
 * @throws Error with what anvil said when it does not come up
 * @example await using anvil = await startAnvil({ chainId: 31337 });
 */
export async function startAnvil(parameters: StartAnvilParameters): Promise<Anvil> {
  const { chainId, port = 0, accounts = 10, blockTime, hardfork = "prague", args = [] } = parameters;
  const options = ["--chain-id", chainId, "--port", port, "--accounts", accounts, "--hardfork", hardfork];
  if (blockTime !== undefined) options.push("--block-time", blockTime);
  const child = spawnBound(resolveTool("anvil"), [...options.map(String), ...args]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const boundPort = await listening(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL"); // nothing is kept, so nothing needs an orderly end
    await ended;
  };
  return {
    chainId,
    port: boundPort,
    rpcUrl: `http://127.0.0.1:${boundPort}`,
    pid: child.pid ?? 0,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Starts a process that the kernel kills with its parent, where util-linux's setpriv is there to ask for that. */
function spawnBound(command: string, args: readonly string[]): ChildProcess {
  const setpriv = (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "setpriv"))
    .find(isExecutable);
  const [file, all] = setpriv === undefined ? [command, args] : [setpriv, ["--pdeathsig", "KILL", command, ...args]];
  return spawn(file, all, { stdio: ["ignore", "pipe", "pipe"] });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The port that anvil says it listens on. Its later output is read and dropped, so that it never waits for a reader. */
function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`anvil did not start: ${why}\n${said.slice(-2000)}`));
    };
    const timer = setTimeout(() => fail(`silent for ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    const onExit = (code: number | null) => fail(`it ended with code ${code}`);
    const onData = (chunk: Buffer) => {
      said += chunk.toString();
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.off("exit", onExit);
      child.stdout?.off("data", onData).resume();
      resolve(Number(port));
    };
    child.once("error", (error) => fail(error.message));
    child.once("exit", onExit);
    child.stdout?.on("data", onData);
    child.stderr?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
  });
}
