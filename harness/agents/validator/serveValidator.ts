import type { Logger } from "pino";
import { pauseCommands } from "../../control/commands.ts";
import { type HttpOptions, type Served, serve } from "../../control/serve.ts";
import { steadyNow } from "../steadyNow.ts";
import type { OpenedValidator } from "./openValidator.ts";
import type { createValidatorSight } from "./sight.ts";

/** Serves a validator's health and metrics, and takes commands to pause and to go on. @throws Error when the port can not be had */
export function serveValidator(parameters: {
  http: HttpOptions;
  validator: OpenedValidator;
  sight: ReturnType<typeof createValidatorSight>;
  log: Logger;
}): Promise<Served> {
  const { http, validator, sight, log } = parameters;
  return serve(http, {
    metrics: sight.metrics,
    beforeScrape: async () => sight.refresh(validator),
    health: async () => sight.health(validator),
    ready: async () => sight.ready(validator),
    observe: sight.observe,
    commands: pauseCommands(validator.store.db, steadyNow),
    log,
  });
}
