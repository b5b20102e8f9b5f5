import { type Logger, pino } from "pino";

/** JSON lines on stderr, for stdout is for results. The level is CAUSEWAY_LOG_LEVEL, by default info. */
export function createLogger(env: NodeJS.ProcessEnv = process.env): Logger {
  return pino({ level: env.CAUSEWAY_LOG_LEVEL ?? "info" }, pino.destination(2));
}
