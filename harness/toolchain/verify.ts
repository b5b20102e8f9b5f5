// npm run check, npm test and its parts: `verify.ts check forge vitest [-- arguments of a single suite]`.
// The last line is `N passed, M failed`; whatever failed without a failing test, a check for instance, counts as one failure.
// Exits 0 only when nothing failed and every suite ran at least one test.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecks } from "./checks.ts";
import { countForgeTests, countVitestTests, type TestCounts } from "./countTests.ts";
import { resolveTool } from "./resolve.ts";
import { ROOT, runCommand } from "./runCommand.ts";

type SuiteResult = TestCounts & { ok: boolean };

const suites = {
  async forge(args: readonly string[]): Promise<SuiteResult> {
    const color = process.stdout.isTTY ? "always" : "never";
    const command = resolveTool("forge");
    const { ok, output } = await runCommand({ command, args: ["test", "--color", color, ...args], live: true });
    return { ok, ...countForgeTests(output) };
  },

  async vitest(args: readonly string[]): Promise<SuiteResult> {
    const folder = mkdtempSync(join(tmpdir(), "causeway-vitest-"));
    try {
      const report = join(folder, "report.json");
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const command = join(ROOT, "node_modules", ".bin", "vitest");
      const { ok } = await runCommand({ command, args: ["run", ...reporters, ...args], live: true });
      return {
        ok,
        ...(existsSync(report) ? countVitestTests(readFileSync(report, "utf8")) : { passed: 0, failed: 0 }),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

const separator = process.argv.indexOf("--");
const stages = process.argv.slice(2, separator === -1 ? undefined : separator);
const suiteArguments = separator === -1 ? [] : process.argv.slice(separator + 1);

const total: TestCounts = { passed: 0, failed: 0 };
const problems: string[] = [];

if (stages.includes("check")) {
  const failed = await runChecks();
  total.failed += failed.length;
  problems.push(...failed);
}

for (const name of ["forge", "vitest"] as const) {
  if (!stages.includes(name)) continue;
  if (problems.includes("build")) {
    problems.push(`${name}: not run, since the build failed`);
    continue;
  }
  console.log(`\n━━ ${name} ━━`);
  const { ok, passed, failed } = await suites[name](suiteArguments);
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) problems.push(`${name}: ${failed} of ${passed + failed} tests failed`);
  else if (passed === 0) problems.push(`${name}: no test ran`);
  else if (!ok) problems.push(`${name}: ended with an error beside the tests`);
  if (failed === 0 && (passed === 0 || !ok)) total.failed += 1;
}

for (const problem of problems) console.log(`FAILED ${problem}`);
const testsWanted = stages.some((stage) => stage !== "check");
console.log(testsWanted ? `${total.passed} passed, ${total.failed} failed` : `${total.failed} checks failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
