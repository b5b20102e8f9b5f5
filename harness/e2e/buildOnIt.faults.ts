import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resolveTool } from "../toolchain/resolve.ts";
import { ROOT } from "../toolchain/runCommand.ts";

const run = promisify(execFile);
let project: string;

// A project of its own, made of the package and of what stands in the page, and of nothing else of this repository. Its other
// packages are ours, linked: npm would install the same.
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "causeway-build-"));
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", project], { cwd: ROOT });
  const modules = join(project, "node_modules");
  await mkdir(join(modules, "causeway"), { recursive: true });
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (!name.startsWith(".") || name === ".bin") await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
  const tarball = join(project, stdout.trim());
  await run("tar", ["-xzf", tarball, "-C", join(modules, "causeway"), "--strip-components=1"]);
  await chmod(join(modules, "causeway/harness/toolchain/solc"), 0o755);

  const page = await readFile(join(ROOT, "docs/build-on-it.md"), "utf8");
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  for (const [, name = "", text = ""] of page.matchAll(/^```\w+ title="(.+)"\n([\s\S]*?)^```/gm)) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }
}, 120_000);

afterAll(() => rm(project, { recursive: true, force: true }));

it("the application of the page passes its test", { timeout: 300_000 }, async () => {
  const { stdout } = await run(resolveTool("forge"), ["test"], { cwd: project, maxBuffer: 2 ** 26 });
  expect(stdout).toContain("2 tests passed, 0 failed");
});

it("and its test on real chains", { timeout: 120_000 }, async () => {
  const { stdout } = await run("npx", ["vitest", "run", "--no-color"], { cwd: project, maxBuffer: 2 ** 26 });
  expect(stdout).toMatch(/Tests\s+1 passed/);
});
