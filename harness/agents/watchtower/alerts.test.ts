import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore, type Store } from "../../store/openStore.ts";
import { type Alert, type AlertMessage, type Alerts, createAlerts } from "./alerts.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { type TowerTables, towerMigrations } from "./schema.ts";

let directory: string;
let store: Store<TowerTables>;
let time: number;
let told: AlertMessage[];
let logged: { level: number; alert?: string; msg: string }[];
let fails: boolean;
let metrics: Metrics;
let alerts: Alerts;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "alerts-"));
  store = await openStore({ file: join(directory, "tower.db"), migrations: towerMigrations });
  [time, told, logged, fails, metrics] = [1_000_000, [], [], false, createMetrics()];
  alerts = open();
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

function open(withWebhook = true): Alerts {
  return createAlerts({
    db: store.db,
    log: pino({ level: "info" }, { write: (line: string) => logged.push(JSON.parse(line)) }),
    metrics,
    now: () => time,
    options: { repeatAlertMs: 60_000, webhookAttempts: 3, retryBaseMs: 100, retryCapMs: 1_000 },
    ...(withWebhook && {
      notify: async (message) => {
        if (fails) throw new Error("down");
        told.push(message);
      },
    }),
  });
}

const alert: Alert = {
  key: "a",
  kind: "equivocation",
  severity: "critical",
  text: "signed twice",
  details: { index: 7 },
};

it("tells of a thing once, with all there is to know", async () => {
  await alerts.raise(alert);
  await alerts.send();
  await alerts.raise(alert);
  await alerts.send();
  expect(told).toEqual([
    {
      source: "causeway watchtower",
      id: "a",
      kind: "equivocation",
      severity: "critical",
      text: "signed twice",
      times: 1,
      firstAt: new Date(1_000_000).toISOString(),
      lastAt: new Date(1_000_000).toISOString(),
      details: { index: 7 },
    },
  ]);
  expect(logged.map(({ level, alert: kind }) => [level, kind])).toEqual([[50, "equivocation"]]);
  expect(metrics.snapshot()).toEqual({ alerts_sent: 1, 'alerts_raised{kind="equivocation"}': 2 });
});

it("tells of it again after a while, with how often it has happened", async () => {
  await alerts.raise(alert);
  await alerts.send();
  for (let i = 0; i < 5; i++) await alerts.raise(alert);
  time += 60_000;
  await alerts.raise({ ...alert, text: "and again" });
  await alerts.send();
  expect(told.map(({ times, text }) => [times, text])).toEqual([
    [1, "signed twice"],
    [7, "and again"],
  ]);
  expect(logged).toHaveLength(2);
});

it("tells at once when it has become worse", async () => {
  await alerts.raise({ ...alert, severity: "warning" });
  await alerts.send();
  await alerts.raise(alert);
  await alerts.send();
  expect(told.map(({ severity }) => severity)).toEqual(["warning", "critical"]);
});

it("tries again, each time later, and gives up until it happens again", async () => {
  fails = true;
  await alerts.raise(alert);
  for (const pause of [0, 199, 1, 399, 1, 100_000]) {
    time += pause;
    await alerts.send();
  }
  expect(metrics.snapshot()).toMatchObject({ alerts_send_failures: 3 });
  fails = false;
  await alerts.raise(alert);
  await alerts.send();
  expect(told).toHaveLength(1);
});

it("forgets nothing over a restart", async () => {
  fails = true;
  await alerts.raise(alert);
  await alerts.send();
  fails = false;
  time += 1_000;
  alerts = open();
  await alerts.raise(alert);
  await alerts.send();
  expect(told.map(({ times }) => times)).toEqual([2]);
});

it("needs no webhook: then the log repeats it", async () => {
  alerts = open(false);
  for (const pause of [0, 1_000, 60_000]) {
    time += pause;
    await alerts.raise({ ...alert, severity: "info" });
    await alerts.send();
  }
  expect(logged.map(({ level }) => level)).toEqual([30, 30]);
});

it("keeps control characters and endless text out of the log and the webhook", async () => {
  await alerts.raise({ ...alert, text: `\u001b[31m${"x".repeat(5_000)}` });
  await alerts.send();
  expect(told[0]?.text).toMatch(/^\[31mx+…$/);
  expect(told[0]?.text.length).toBeLessThan(1_100);
});

it("raises the same alert from two places at once without losing either's reason to be there", async () => {
  await Promise.all([alerts.raise(alert), alerts.raise(alert)]);
  await alerts.send();
  expect(told).toHaveLength(1);
});

it("tells of what is critical before warnings that anybody can bring about", async () => {
  for (let i = 0; i < 30; i++) await alerts.raise({ ...alert, key: `w${i}`, kind: "noise", severity: "warning" });
  time += 1;
  await alerts.raise(alert);
  await alerts.send();
  expect(told.map(({ kind }) => kind)).toContain("equivocation");
});
