import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const RUN = ["--import", "tsx", fileURLToPath(new URL("run.ts", import.meta.url))];
const SOLC = fileURLToPath(new URL("solc", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "causeway-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("forge's failure is ours: a failing test exits 1, a passing one 0", () => {
  mkdirSync(join(folder, "test"));
  writeFileSync(join(folder, "foundry.toml"), `[profile.default]\nsolc = "${SOLC}"\noffline = true\n`);
  writeFileSync(
    join(folder, "test", "Two.t.sol"),
    "// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n" +
      'contract Two { function test_passes() external pure {} function test_fails() external pure { revert("x"); } }\n',
  );
  const forge = (name: string) =>
    spawnSync(process.execPath, [...RUN, "forge", "test", "--root", folder, "--match-test", name], {
      encoding: "utf8",
    });
  const passing = forge("test_passes");
  expect(passing.status, passing.stdout + passing.stderr).toBe(0);
  expect(passing.stdout).toContain("1 tests passed, 0 failed");
  const failing = forge("test_fails");
  expect(failing.status, failing.stdout + failing.stderr).toBe(1);
  expect(failing.stdout).toContain("0 tests passed, 1 failed");
});

test("a signal reaches the tool and ends both", async () => {
  const runner = spawn(process.execPath, [...RUN, "anvil", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  runner.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  while (!/Listening on \S+\n/.test(said)) await once(runner.stdout, "data");
  const url = `http://${/Listening on (\S+)/.exec(said)?.[1]}`;
  expect((await fetch(url)).status).toBeLessThan(500);

  const exited = once(runner, "exit");
  runner.kill("SIGTERM");
  await exited;
  await expect(fetch(url)).rejects.toThrow(); // had the runner died alone, anvil would still answer
});

test("an unknown tool is refused", () => {
  const { status, stderr } = spawnSync(process.execPath, [...RUN, "solc"], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("usage: run.ts forge|anvil|cast|biome");
});
