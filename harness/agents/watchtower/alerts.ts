import type { Kysely } from "kysely";
import type { Logger } from "pino";
import { errorText, printable } from "../relayer/rpcError.ts";
import type { Metrics } from "./metrics.ts";
import type { WatchtowerOptions } from "./options.ts";
import type { TowerTables } from "./schema.ts";

/** `critical`: somebody cheats, or may. `warning`: the watch is worse than it should be. `info`: good to know. */
export type Severity = "critical" | "warning" | "info";

export type Alert = {
  /** What it is about. The same thing is told once, then counted, and told again after a while. */
  key: string;
  /** A fixed word, for metrics and filters. */
  kind: string;
  severity: Severity;
  text: string;
  details?: Readonly<Record<string, string | number | null>>;
};

/** What a webhook is given as JSON. */
export type AlertMessage = Omit<Alert, "key"> & {
  source: "causeway watchtower";
  id: string;
  /** How often it has happened so far. */
  times: number;
  /** ISO 8601. */
  firstAt: string;
  lastAt: string;
};

export type Alerts = {
  /** Logs and stores an alert; `send` tells the webhook. Never throws. */
  raise(alert: Alert): Promise<void>;
  /** Tells the webhook what is due, a few at a time. Never throws. */
  send(): Promise<void>;
};

/** Gives an alert to somebody. @throws Error when that may not have worked */
export type Notify = (message: AlertMessage) => Promise<void>;

const SENT_AT_ONCE = 20;
const MAX_TEXT = 1_000;

/** Keeps alerts until they are told, across restarts; each thing once, however often it happens. */
export function createAlerts(parameters: {
  db: Kysely<TowerTables>;
  log: Logger;
  metrics: Metrics;
  now: () => number;
  options: Pick<WatchtowerOptions, "repeatAlertMs" | "webhookAttempts" | "retryBaseMs" | "retryCapMs">;
  /** Default: nobody but the log is told. */
  notify?: Notify;
}): Alerts {
  const { db, log, metrics, now, options, notify } = parameters;

  async function store(alert: Alert): Promise<boolean> {
    const time = now();
    const details = JSON.stringify(alert.details ?? {});
    const telling = notify === undefined ? { sent_at: time } : { attempts: 0, next_attempt_at: time };
    const known = await db.selectFrom("tower_alert").selectAll().where("key", "=", alert.key).executeTakeFirst();
    if (known === undefined) {
      const { key, kind, severity } = alert;
      const fresh = { times: 1, first_at: time, last_at: time, sent_times: 0, attempts: 0, next_attempt_at: null };
      const row = { key, kind, severity, text: printable(alert.text, MAX_TEXT), details, ...fresh };
      await db
        .insertInto("tower_alert")
        .values({ ...row, ...telling })
        .onConflict((conflict) => conflict.column("key").doNothing()) // somebody else raised it meanwhile
        .execute();
      return true;
    }
    const changed = known.severity !== alert.severity;
    const again = changed || time - (known.sent_at ?? known.first_at) >= options.repeatAlertMs;
    const isWaiting = known.next_attempt_at !== null;
    await db
      .updateTable("tower_alert")
      .set({
        times: known.times + 1,
        last_at: time,
        severity: alert.severity,
        // What is waiting to be told is told as it was found.
        ...(!isWaiting && again && { text: printable(alert.text, MAX_TEXT), details, ...telling }),
      })
      .where("key", "=", alert.key)
      .execute();
    return !isWaiting && again;
  }

  async function sendOne(notifyOne: Notify, row: TowerTables["tower_alert"]): Promise<void> {
    const { key: id, kind, text, times } = row;
    const severity = row.severity as Severity;
    const [firstAt, lastAt] = [row.first_at, row.last_at].map((time) => new Date(time).toISOString()) as [
      string,
      string,
    ];
    const details = JSON.parse(row.details);
    try {
      await notifyOne({ source: "causeway watchtower", id, kind, severity, text, times, firstAt, lastAt, details });
      metrics.count("alerts_sent");
      await update(row, { sent_times: times, sent_at: now(), attempts: 0, next_attempt_at: null });
    } catch (error) {
      metrics.count("alerts_send_failures");
      const attempts = row.attempts + 1;
      const giveUp = attempts >= options.webhookAttempts;
      const pause = Math.min(options.retryBaseMs * 2 ** attempts, options.retryCapMs);
      const next_attempt_at = giveUp ? null : now() + pause;
      log.warn({ alert: row.kind, attempts, giveUp, error: errorText(error) }, "the webhook was not told of an alert");
      await update(row, { attempts, next_attempt_at, ...(giveUp && { sent_at: now() }) });
    }
  }

  async function update(row: { key: string }, set: Partial<TowerTables["tower_alert"]>): Promise<void> {
    await db.updateTable("tower_alert").set(set).where("key", "=", row.key).execute();
  }

  return {
    async raise(alert) {
      metrics.count("alerts_raised", { kind: alert.kind });
      try {
        if (!(await store(alert))) return;
      } catch (error) {
        log.error({ error: errorText(error) }, "an alert could not be stored");
      }
      const { kind, severity, details } = alert;
      const level = severity === "critical" ? "error" : severity === "warning" ? "warn" : "info";
      log[level]({ alert: kind, ...details }, printable(alert.text, MAX_TEXT));
    },

    async send() {
      if (notify === undefined) return;
      try {
        const due = await db
          .selectFrom("tower_alert")
          .selectAll()
          .where("next_attempt_at", "<=", now())
          // Whoever can bring about warnings must not stand before what is critical, which is first in the alphabet, too.
          .orderBy("severity")
          .orderBy("next_attempt_at")
          .limit(SENT_AT_ONCE)
          .execute();
        await Promise.all(due.map((row) => sendOne(notify, row)));
      } catch (error) {
        log.error({ error: errorText(error) }, "the alerts could not be read");
      }
    },
  };
}
