// Formats Solidity: prettier first, which parenthesises mixed operators and opens up one-line blocks, then forge fmt, which
// has the last word on line breaks. They can not agree on those (`(bool ok,) = f()` and `(bool ok, ) = f()`), so the form
// to be kept is the one that this order of the two leaves as it is. With --check it changes nothing, and exits 1 naming the files.
// What was found formatted once is remembered by its hash in cache/: prettier takes a quarter of a second a file.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { format } from "prettier";
import { resolveTool } from "./resolve.ts";
import { ROOT, runCommand } from "./runCommand.ts";

const FOLDERS = ["src", "test", "script"];

const CACHE = join(ROOT, "cache", "formatted.json");
const tools = ["package-lock.json", "foundry.toml", "harness/toolchain/formatSolidity.ts"].map(read).join("");

const all = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sol"))
    .map((file) => join(folder, file)),
);
const known = new Set<unknown>(existsSync(CACHE) ? JSON.parse(readFileSync(CACHE, "utf8")) : []);
const files = all.filter((file) => !known.has(hashOf(file)));

const scratch = mkdtempSync(join(tmpdir(), "causeway-format-"));
try {
  cpSync(join(ROOT, "foundry.toml"), join(scratch, "foundry.toml"));
  for (const file of files) {
    mkdirSync(join(scratch, dirname(file)), { recursive: true });
    const source = readFileSync(join(ROOT, file), "utf8");
    const options = { filepath: file, plugins: ["prettier-plugin-solidity"], printWidth: 120, tabWidth: 4 };
    writeFileSync(join(scratch, file), await format(source, options));
  }
  const { ok, output } = await runCommand({ command: resolveTool("forge"), args: ["fmt", "--root", scratch] });
  if (!ok) throw new Error(`forge fmt failed:\n${output}`);

  const different = files.filter((file) => readFileSync(join(scratch, file), "utf8") !== read(file));
  if (process.argv.includes("--check")) {
    for (const file of different) console.log(`${file}: not formatted, run \`npm run fmt\``);
    if (different.length > 0) process.exitCode = 1;
  } else {
    for (const file of different) cpSync(join(scratch, file), join(ROOT, file));
  }
  mkdirSync(dirname(CACHE), { recursive: true });
  writeFileSync(CACHE, JSON.stringify(all.filter((file) => !different.includes(file)).map(hashOf)));
} finally {
  rmSync(scratch, { recursive: true });
}

function hashOf(file: string): string {
  return createHash("sha256").update(tools).update(read(file)).digest("hex");
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
