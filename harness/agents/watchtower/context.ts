import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { Alerts } from "./alerts.ts";
import type { Metrics } from "./metrics.ts";
import type { WatchtowerOptions } from "./options.ts";
import type { TowerTables } from "./schema.ts";

/** What every part of the watchtower works with. */
export type TowerContext = {
  db: Kysely<TowerTables>;
  log: Logger;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  alerts: Alerts;
  metrics: Metrics;
  options: WatchtowerOptions;
};
