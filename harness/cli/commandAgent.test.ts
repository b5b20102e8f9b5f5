import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, expect, it } from "vitest";
import { CommandError, createControlServer } from "../control/controlServer.ts";
import { createMetrics } from "../control/metrics.ts";
import { commandAgent } from "./commandAgent.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const directory = mkdtempSync(join(tmpdir(), "command-"));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, "token");
writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
const other = join(directory, "other");
writeFileSync(other, "f".repeat(32), { mode: 0o600 });
const well = async () => ({ problems: [] });

function startServer(done: unknown[]) {
  return createControlServer({
    metrics: createMetrics({ prefix: "", catalogue: {} }),
    ...{ health: well, ready: well, log: pino({ level: "silent" }), token: TOKEN },
    commands: {
      "/v1/pause": async ({ body }) => {
        done.push(body);
        return {};
      },
      "/v1/refuse": async () => Promise.reject(new CommandError(409, "it is under way")),
    },
  });
}

it("asks the agent that runs, and tells what it says when it refuses", async () => {
  const done: unknown[] = [];
  await using server = startServer(done);
  const port = Number(new URL(await server.listen({ host: "127.0.0.1", port: 0 })).port);
  const offline = async () => expect.unreachable("the agent runs");
  const http = { host: "127.0.0.1", port, hosts: [], token: { file } };
  await commandAgent(http, { path: "/v1/pause", body: { reason: "x" }, offline });
  expect(done).toEqual([{ reason: "x" }]);
  await expect(commandAgent(http, { path: "/v1/refuse", offline })).rejects.toThrow(
    `the agent at http://127.0.0.1:${port} refused (409): it is under way`,
  );
  const wrong = { ...http, token: { file: other } };
  await expect(commandAgent(wrong, { path: "/v1/pause", offline })).rejects.toThrow(
    "refused (401): this needs the token",
  );
});

it("goes to the store where nobody listens, and where there is no token", async () => {
  let times = 0;
  const offline = async () => {
    times += 1;
  };
  await commandAgent(undefined, { path: "/v1/pause", offline });
  const server = startServer([]);
  const port = Number(new URL(await server.listen({ host: "127.0.0.1", port: 0 })).port);
  await server[Symbol.asyncDispose](); // so that nobody listens there
  await commandAgent({ host: "127.0.0.1", port, hosts: [] }, { path: "/v1/pause", offline });
  await commandAgent({ host: "127.0.0.1", port, hosts: [], token: { file } }, { path: "/v1/pause", offline });
  expect(times).toBe(3);
});
