import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type RunCommandParameters = {
  command: string;
  args: readonly string[];
  /** Shows the output while it comes, too. Default: false. */
  live?: boolean;
};

export type RunCommandReturnType = {
  /** Whether it ended by itself, with code 0. */
  ok: boolean;
  /** stdout and stderr as they came. */
  output: string;
};

/** Runs a command in the repository's root to its end. Never rejects: what can not be started has failed. */
export function runCommand({ command, args, live = false }: RunCommandParameters): Promise<RunCommandReturnType> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    const end = (ok: boolean, reason = "") => resolve({ ok, output: Buffer.concat(chunks).toString() + reason });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (live) to.write(chunk);
      });
    }
    child.once("error", (error) => end(false, `${error.message}\n`));
    child.once("close", (code, signal) => end(code === 0, signal === null ? "" : `${command}: ended by ${signal}\n`));
  });
}
