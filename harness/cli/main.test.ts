import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("causeway.mjs", import.meta.url));

it("ends in silence when nobody reads what it prints", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cli-"));
  const file = join(directory, "secret");
  const child = spawn(process.execPath, [main, "bls", "new", file], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(said).toBe("");
  expect(code).toBe(0);
  expect(existsSync(file)).toBe(true);
  rmSync(directory, { recursive: true });
});
