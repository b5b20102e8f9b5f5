// Runs a native tool in our place: `node --import tsx harness/toolchain/run.ts forge test -vvv`.
// Arguments, stdio, exit code and signals are the tool's own.
import { spawn } from "node:child_process";
import { isTool, resolveTool } from "./resolve.ts";

const [tool, ...args] = process.argv.slice(2);
if (tool === undefined || !isTool(tool)) {
  console.error("usage: run.ts forge|anvil|cast|biome [arguments]");
  process.exit(2);
}

const child = spawn(resolveTool(tool), args, { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`${tool} did not start: ${error.message}`);
  process.exit(1);
});
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
for (const signal of signals) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const passed of signals) process.removeAllListeners(passed);
  process.kill(process.pid, signal);
});
