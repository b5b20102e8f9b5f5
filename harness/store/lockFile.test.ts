import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFile } from "./lockFile.ts";
import { type Migrations, openStore, StoreError } from "./openStore.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lock-"));
  file = join(directory, "agent.db");
});
afterEach(() => rmSync(directory, { recursive: true }));

const migrations: Migrations = {
  thing_0001_create: { up: (db) => db.schema.createTable("thing").addColumn("id", "bigint").execute() },
};

it("has one holder at a time, also within a process", () => {
  const path = join(directory, "lock");
  const first = lockFile(path);
  expect(lockFile(path)).toBeUndefined();
  expect(lockFile(path)).toBeUndefined();
  first?.release();
  const second = lockFile(path);
  expect(second).toBeDefined();
  second?.release();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it("says what it can not lock", () => {
  const path = join(directory, "notes");
  writeFileSync(path, "these are my notes ".repeat(1_000));
  expect(() => lockFile(path)).toThrow(/not a database/);
  expect(readFileSync(path, "utf8")).toMatch(/^these are my notes/);
});

it("refuses a second owner of a store, in whatever process, until the first is gone, even by SIGKILL", async () => {
  const lockModule = fileURLToPath(new URL("./lockFile.ts", import.meta.url));
  const script = `import { lockFile } from ${JSON.stringify(lockModule)};
    console.log(lockFile(${JSON.stringify(`${file}.lock`)}) !== undefined);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  const [said] = await once(child.stdout, "data");
  expect(String(said)).toBe("true\n");

  await expect(openStore({ file, migrations, exclusive: true })).rejects.toThrow(StoreError);
  await expect(openStore({ file, migrations, exclusive: true })).rejects.toThrow(
    /another process works with the store .*agent\.db.*Stop the other/,
  );
  // Looking on, and what an operator writes beside the agent, goes on.
  await (await openStore({ file, migrations })).close();
  await (await openStore({ file, migrations, readonly: true })).close();

  child.kill("SIGKILL");
  await once(child, "exit");
  await using store = await openStore({ file, migrations, exclusive: true });
  await expect(openStore({ file, migrations, exclusive: true })).rejects.toThrow(StoreError);
  await store.close();
  await (await openStore({ file, migrations, exclusive: true })).close();
});
