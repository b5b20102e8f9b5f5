import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { getMessage } from "../agents/relayer/messageStatus.ts";
import { serveRelayer } from "../agents/relayer/serveRelayer.ts";
import { createSight, type Sight } from "../agents/relayer/sight/createSight.ts";
import { createRelayerMetrics } from "../agents/relayer/sight/relayerMetrics.ts";
import { serveValidator } from "../agents/validator/serveValidator.ts";
import { createValidatorSight } from "../agents/validator/sight.ts";
import { createTowerMetrics } from "../agents/watchtower/towerMetrics.ts";
import { localAccounts, localKey } from "../chains/localChains.ts";
import type { Served } from "../control/serve.ts";
import { createWorld, type World } from "../world/createWorld.ts";
import { recipientOn, statusOf } from "./kit.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const http = { host: "127.0.0.1", port: 0, hosts: [], token: TOKEN };

const logged: string[] = [];
const log = pino(
  { level: "trace" },
  new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  }),
);
let world: World;
let sight: Sight;
let relayerServer: Served;

beforeAll(async () => {
  world = await createWorld({
    log,
    onRelayerEvent: (event) => sight?.onEvent(event),
  });
  const both = [world.chains.alpha.config, world.chains.beta.config];
  sight = createSight({
    origins: both,
    destinations: both,
    account: localAccounts.relayer.address,
    allowLocal: true,
    now: world.now,
    metrics: createRelayerMetrics({ withProcess: true }),
  });
  relayerServer = await serveRelayer({ http, relayer: world.relayer, sight, allowLocal: true, log, now: world.now });
});

afterAll(async () => {
  await relayerServer?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

async function post(path: string, body?: object, token = TOKEN): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(path, relayerServer.url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function get(path: string, url = relayerServer.url): Promise<{ status: number; text: string }> {
  const response = await fetch(new URL(path, url));
  return { status: response.status, text: await response.text() };
}

it("pauses on command, stays paused over a restart, says why, and goes on", async () => {
  expect((await post("/v1/pause", { reason: "x" }, "f".repeat(32))).status).toBe(401);
  expect((await post("/v1/pause", { reason: "two\nlines" })).status).toBe(400);
  expect((await post("/v1/pause", {})).status).toBe(400);
  expect(await post("/v1/pause", { reason: "beta is upgraded" })).toEqual({ status: 200, body: { paused: true } });

  const { id } = await world.send({ from: "alpha", body: "0x01" });
  await world.rounds(4);
  expect(await world.delivered("beta", id)).toBe(false);
  expect(world.relayer.state().paused?.reason).toBe("beta is upgraded");
  expect(JSON.parse((await get("/ready")).text).problems).toContain("paused: beta is upgraded");
  expect((await get("/metrics")).text).toContain("causeway_relayer_paused 1");

  await world.removeRelayer();
  await world.addRelayer();
  await world.rounds(4);
  expect(world.relayer.state().paused?.reason).toBe("beta is upgraded");
  expect(await world.delivered("beta", id)).toBe(false);
  expect((await statusOf(world, id)).state).toBe("pending"); // the chains are read all the same

  await relayerServer[Symbol.asyncDispose]();
  relayerServer = await serveRelayer({ http, relayer: world.relayer, sight, allowLocal: true, log, now: world.now });
  expect(await post("/v1/resume")).toEqual({ status: 200, body: { paused: false, wasPaused: true } });
  await world.until(() => world.delivered("beta", id), "delivered");
});

it("shows its queue, its chains, its spending and what it sees of validators", async () => {
  await recipientOn(world.chains.beta).setRefuses(true);
  const { id } = await world.send({ from: "alpha", body: "0x02" });
  const attempted = async () => ((await getMessage(world.relayer.store.db, id))?.message.attempts ?? 0) > 0;
  await world.until(attempted, "attempted");
  await sight.observe();
  const { text } = await get("/metrics");
  const value = (series: string) => {
    const line = text.split("\n").find((one) => one.startsWith(`causeway_relayer_${series} `));
    return line === undefined ? undefined : Number(line.split(" ").at(-1));
  };
  expect(value('messages_queued{destination="beta",state="pending",reason="simulation"}')).toBe(1);
  expect(value('oldest_message_seconds{destination="beta"}')).toBeGreaterThan(0);
  expect(value('messages_delivered{destination="beta"}')).toBe(1);
  expect(value('balance_wei{chain="beta"}')).toBeGreaterThan(0);
  expect(value('indexed_messages{chain="alpha"}')).toBe(2);
  expect(value('index_lag_blocks{chain="alpha"}')).toBe(0);
  expect(value('rpc_requests{chain="alpha",result="ok"}')).toBeGreaterThan(0);
  for (const { address } of world.chains.alpha.validators) {
    const labels = `{origin="alpha",validator="${address.toLowerCase()}"}`;
    expect(value(`validator_signed_index${labels}`)).toBe(1);
    expect(value(`validator_behind${labels}`)).toBe(0);
  }

  const before = value('spent_wei{chain="beta"}') ?? 0;
  await recipientOn(world.chains.beta).setRefuses(false);
  expect(await post(`/v1/messages/${id}/retry`)).toEqual({ status: 200, body: { id, retried: true } });
  await world.until(async () => (await statusOf(world, id)).state === "delivered", "final");
  expect((await post(`/v1/messages/${id}/retry`)).status).toBe(409);
  expect((await post("/v1/messages/0x12/retry")).status).toBe(400);
  const after = /causeway_relayer_spent_wei\{chain="beta"\} (.*)/.exec((await get("/metrics")).text)?.[1];
  expect(Number(after)).toBeGreaterThan(before);
});

it("serves a validator: it pauses, watches on, and shows what it has not signed", async () => {
  const [validator] = world.validators;
  if (validator === undefined) throw new Error("there are validators");
  const { config } = world.chains.alpha;
  const own = createValidatorSight({ chain: config, account: validator.account.address, now: world.now });
  await using server = await serveValidator({ http, validator, sight: own, log });
  const command = (path: string, body?: object) =>
    fetch(new URL(path, server.url), {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const before = validator.state().signedIndex ?? -1;
  expect((await command("/v1/pause", { reason: "key ceremony" })).status).toBe(200);
  await world.send({ from: "alpha", body: "0x03" });
  await world.until(() => validator.state().final?.count === before + 2, "final");
  await own.observe();
  expect(validator.state()).toMatchObject({ signedIndex: before, paused: { reason: "key ceremony" } });
  const metrics = (await get("/metrics", server.url)).text;
  expect(metrics).toContain('causeway_validator_unsigned_messages{chain="alpha"} 1');
  expect(metrics).toContain("causeway_validator_paused 1");
  expect((await get("/ready", server.url)).status).toBe(503);

  expect((await command("/v1/resume")).status).toBe(200);
  await world.until(() => validator.state().signedIndex === before + 1, "signed");
  expect(await get("/ready", server.url)).toMatchObject({ status: 200 });
});

it("has every metric that the dashboard asks for", async () => {
  const { account } = world.validators[0] ?? {};
  if (account === undefined) throw new Error("there are validators");
  const validator = createValidatorSight({
    chain: world.chains.alpha.config,
    account: account.address,
    now: world.now,
  });
  const texts = [(await get("/metrics")).text, await validator.metrics.text(), await createTowerMetrics().text()];
  const served = new Set(texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)));
  const dashboard = readFileSync(new URL("../../docs/grafana.json", import.meta.url), "utf8");
  const expressions = [...dashboard.matchAll(/"expr": "(.*)"/g)].map(([, expression = ""]) => expression);
  const asked = expressions.flatMap((expression) => expression.match(/\b(causeway|process|nodejs)_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.filter((name) => !served.has(name))).toEqual([]);
});

it("has logged no key and no token, and the id of each message", async () => {
  const text = logged.join("").toLowerCase();
  expect(logged.length).toBeGreaterThan(10);
  const { alpha, beta } = world.chains;
  const secrets = [...Object.values(localAccounts), ...alpha.validators, ...beta.validators].map(localKey);
  for (const secret of secrets) expect(text).not.toContain(secret.slice(2).toLowerCase());
  expect(text).not.toContain(TOKEN);
  const lines = logged.map((line) => JSON.parse(line));
  const delivered = lines.find(({ msg }) => msg === "delivered") ?? expect.unreachable();
  const way = lines.filter(({ id }) => id === delivered.id).map(({ msg }) => msg);
  for (const step of ["recorded", "submitted", "delivered"]) expect(way).toContain(step);
});
