import type { Logger } from "pino";
import type { RelayerEvent } from "./events.ts";

const LEVELS = {
  recorded: "info",
  signed: "debug",
  waiting: "info",
  failed: "info",
  preparing: "info",
  prepared: "info",
  submitted: "info",
  included: "debug",
  delivered: "info",
} as const satisfies Record<RelayerEvent["type"], "debug" | "info">;

/** One line per event; the message's id is `id` in all of them, so that its way can be found in a log. */
export function logEvent(log: Logger, { type, ...details }: RelayerEvent): void {
  log[LEVELS[type]](details, type);
}
