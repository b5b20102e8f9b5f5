import { request } from "node:http";
import { pino } from "pino";
import { afterEach, expect, it } from "vitest";
import {
  CommandError,
  type ControlServer,
  type ControlServerParameters,
  createControlServer,
} from "./controlServer.ts";
import { createMetrics } from "./metrics.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const metrics = createMetrics({ prefix: "test_", catalogue: { ticks: { type: "counter", help: "rounds" } } });
const well = async () => ({ problems: [] });
const log = pino({ level: "silent" });
const open: ControlServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function start(changes: Partial<ControlServerParameters> = {}): Promise<URL> {
  const server = createControlServer({ metrics, health: well, ready: well, log, ...changes });
  open.push(server);
  return new URL(await server.listen({ host: "127.0.0.1", port: 0 }));
}

type Ask = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** `fetch` would not let a test choose its Host. */
function ask(url: URL, { method = "GET", path = "/health", headers = {}, body }: Ask = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const asked = request({ host: url.hostname, port: url.port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const json = { "content-type": "application/json" };
const bearer = { authorization: `Bearer ${TOKEN}` };

it("tells of health and readiness with what is wrong, and of metrics that are brought up to date first", async () => {
  const url = await start({
    ready: async () => ({ problems: ["alpha was not read for 61 s"] }),
    beforeScrape: async () => metrics.count("ticks"),
  });
  const health = await ask(url);
  expect([health.status, JSON.parse(health.text)]).toEqual([200, { ok: true, problems: [] }]);
  const ready = await ask(url, { path: "/ready" });
  expect([ready.status, JSON.parse(ready.text)]).toEqual([
    503,
    { ok: false, problems: ["alpha was not read for 61 s"] },
  ]);
  const scraped = await ask(url, { path: "/metrics" });
  expect(scraped.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(scraped.text).toContain("test_ticks 1");
});

it("still has metrics when they can not be brought up to date", async () => {
  const url = await start({ beforeScrape: async () => Promise.reject(new Error("the store is locked")) });
  expect((await ask(url, { path: "/metrics" })).status).toBe(200);
});

it("takes no command without a token, and does not start with one that is too short", async () => {
  const commands = { "/v1/pause": async () => ({}) };
  const parameters = { metrics, health: well, ready: well, log, commands };
  expect(() => createControlServer(parameters)).toThrow("commands over HTTP need a token of at least 32 characters");
  expect(() => createControlServer({ ...parameters, token: "short" })).toThrow("need a token");
});

it("does what is asked with the token, and nothing without", async () => {
  const done: unknown[] = [];
  const url = await start({
    token: TOKEN,
    commands: {
      "/v1/pause": async ({ body }) => {
        done.push(body);
        return { paused: true };
      },
    },
  });
  const post = (headers: Record<string, string>, body = '{"reason":"x"}') =>
    ask(url, { method: "POST", path: "/v1/pause", headers: { ...json, ...headers }, body });
  const forged = [
    {},
    { authorization: "Bearer " },
    { authorization: TOKEN },
    { authorization: `Basic ${TOKEN}` },
    { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
    { authorization: `Bearer ${TOKEN}0` },
    { authorization: `Bearer ${TOKEN} x` },
    { authorization: `Bearer ${TOKEN.toUpperCase()}` },
    { cookie: `token=${TOKEN}` },
  ];
  for (const headers of forged) {
    const answer = await post(headers as Record<string, string>);
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  }
  expect((await ask(url, { method: "GET", path: "/v1/pause", headers: bearer })).status).toBe(404);
  expect(done).toEqual([]);

  expect((await post(bearer)).status).toBe(200);
  expect(done).toEqual([{ reason: "x" }]);
});

it("takes no form of another site, no body above 4 KiB, and nothing that is no JSON", async () => {
  const url = await start({ token: TOKEN, commands: { "/v1/pause": async () => ({}) } });
  const post = (type: string, body: string) =>
    ask(url, { method: "POST", path: "/v1/pause", headers: { ...bearer, "content-type": type }, body });
  expect((await post("text/plain", '{"reason":"x"}')).status).toBe(415);
  expect((await post("application/x-www-form-urlencoded", "reason=x")).status).toBe(415);
  expect((await post("application/json", `"${"x".repeat(4_096)}"`)).status).toBe(413);
  expect((await post("application/json", "{")).status).toBe(400);
  expect((await post("application/json", '{"__proto__":{"x":1}}')).status).toBe(400);
});

it("answers only who calls it by its own name: a page whose name was rebound to this machine reads nothing", async () => {
  let asked = 0;
  const url = await start({
    hosts: ["relayer.example"],
    token: TOKEN,
    commands: {
      "/v1/pause": async () => {
        asked += 1;
        return {};
      },
    },
  });
  const hosts = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:80", "a@localhost"];
  for (const host of hosts) {
    expect((await ask(url, { headers: { host } })).status).toBe(421);
    const command = { method: "POST", path: "/v1/pause", headers: { ...json, ...bearer, host }, body: "{}" };
    expect((await ask(url, command)).status).toBe(421);
  }
  expect(asked).toBe(0);
  for (const host of ["localhost", "LOCALHOST:9464", "127.0.0.1:1", "[::1]:9464", "10.1.2.3", "relayer.example:443"]) {
    expect((await ask(url, { headers: { host } })).status).toBe(200);
  }
});

it("lets no other site's script read it, and runs no script that is not its own", async () => {
  const url = await start();
  const preflight = { origin: "https://evil.example", "access-control-request-method": "POST" };
  for (const method of ["GET", "OPTIONS"]) {
    const { headers } = await ask(url, { method, headers: preflight });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  }
});

it("says why a command can not be done, and nothing of an error of its own", async () => {
  const url = await start({
    token: TOKEN,
    commands: {
      "/v1/refused": async () => Promise.reject(new CommandError(409, "it is under way")),
      "/v1/broken": async () => Promise.reject(new Error("secret of https://key@node")),
    },
  });
  const post = (path: string) => ask(url, { method: "POST", path, headers: { ...json, ...bearer }, body: "{}" });
  expect(await post("/v1/refused")).toMatchObject({ status: 409, text: '{"message":"it is under way"}' });
  expect(await post("/v1/broken")).toMatchObject({ status: 500, text: '{"message":"internal error, see the log"}' });
});

it("says which port it can not have", async () => {
  const { port } = await start();
  const second = createControlServer({ metrics, health: well, ready: well, log });
  open.push(second);
  await expect(second.listen({ host: "127.0.0.1", port: Number(port) })).rejects.toThrow(
    `can not listen at 127.0.0.1, port ${port}: `,
  );
});
