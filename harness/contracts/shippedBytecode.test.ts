import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

// test/unit/ShippedBytecode.t.sol shows that what Shipped.sol deploys is what ships; this, that tests deploy nothing else.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const artifactSchema = z.object({
  bytecode: z.object({ object: z.string() }),
  metadata: z.object({ settings: z.object({ compilationTarget: z.record(z.string(), z.string()) }) }),
});

/** The Solidity files below a folder, without line comments. */
function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sol"))
    .map((name) => ({
      file: join(folder, name),
      text: readFileSync(join(ROOT, folder, name), "utf8").replaceAll(/\/\/.*/g, ""),
    }));
}

/** Contracts of src that are neither abstract nor libraries. */
function deployable(): string[] {
  return sources("src")
    .filter(({ file }) => !file.startsWith("src/libraries/"))
    .map(({ file }) => basename(file, ".sol"))
    .filter((name) => {
      const artifact = join(ROOT, "out", `${name}.sol`, `${name}.json`);
      const { bytecode, metadata } = artifactSchema.parse(JSON.parse(readFileSync(artifact, "utf8")));
      return bytecode.object !== "0x" && Object.keys(metadata.settings.compilationTarget)[0]?.startsWith("src/");
    });
}

test("no test creates a contract of src as compiled for the test", () => {
  const names = deployable();
  expect(names).toContain("Mailbox");
  expect(names).not.toContain("MailboxClient");
  const creation = new RegExp(`\\bnew (${names.join("|")})\\b`);
  // The builder's kit is compiled by who uses it, as it is.
  const tests = sources("test").filter(({ file }) => !file.startsWith(join("test", "kit", "Interchain.")));
  expect(tests.flatMap(({ file, text }) => creation.exec(text)?.[0].concat(" in ", file) ?? [])).toEqual([]);
});

test("contracts that tests deploy by name are compiled once, as they ship", () => {
  const named = sources("test").flatMap(({ text }) => [...text.matchAll(/"(?:[^":]*\/)?(\w+\.sol):(\w+)"/g)]);
  const paths = named.map(([, file, name]) => `out/${file}/${name}`);
  expect(paths).toContain("out/Mailbox.sol/Mailbox");
  expect(paths.filter((path) => existsSync(join(ROOT, `${path}.tests.json`)))).toEqual([]);
});
