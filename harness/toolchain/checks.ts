import { join } from "node:path";
import { resolveTool } from "./resolve.ts";
import { ROOT, runCommand } from "./runCommand.ts";

type Check = { name: string; command: string; args: readonly string[] };

const npm = (name: string) => join(ROOT, "node_modules", ".bin", name);
const script = (file: string, ...args: string[]) => ({
  command: process.execPath,
  args: ["--import", "tsx", join("harness", file), ...args],
});

/** The checks, in lanes that run side by side: what a lane needs of itself comes first. */
function lanes(): Check[][] {
  const forge = resolveTool("forge");
  return [
    [
      { name: "build", command: forge, args: ["build"] },
      { name: "lint: forge", command: forge, args: ["lint", "--deny", "notes"] },
      { name: "generated ABIs", ...script("contracts/generate.ts", "--check") },
    ],
    [
      { name: "format: forge", command: forge, args: ["fmt", "--check"] },
      { name: "format: prettier", ...script("toolchain/formatSolidity.ts", "--check") },
      { name: "format, lint: biome", command: resolveTool("biome"), args: ["check", "--error-on-warnings"] },
      {
        name: "lint: solhint",
        command: npm("solhint"),
        // The cache counts by content and configuration.
        args: [
          ...["--disc", "--noPoster", "--max-warnings", "0", "--cache", "--cache-location", "cache/solhint.json"],
          "{src,test,script}/**/*.sol",
        ],
      },
      { name: "types", command: npm("tsc"), args: [] },
    ],
  ];
}

/**
 * Runs every check that is not a test, says how each went, and what a failing one printed.
 *
 * @returns names of those that failed
 */
export async function runChecks(): Promise<string[]> {
  const failed: string[] = [];
  const runLane = async (lane: readonly Check[]) => {
    for (const { name, command, args } of lane) {
      const since = performance.now();
      const { ok, output } = await runCommand({ command, args });
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      console.log(`${ok ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
      if (ok) continue;
      failed.push(name);
      console.log(output.replaceAll(/^/gm, "       "));
    }
  };
  await Promise.all(lanes().map(runLane));
  return failed;
}
