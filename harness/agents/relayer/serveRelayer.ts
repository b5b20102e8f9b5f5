import type { Logger } from "pino";
import { type Hash, isHash } from "viem";
import { z } from "zod";
import { pauseCommands } from "../../control/commands.ts";
import { type Command, CommandError } from "../../control/controlServer.ts";
import { type HttpOptions, type Served, serve } from "../../control/serve.ts";
import { explorerRoutes } from "../../explorer/explorerRoutes.ts";
import { steadyNow } from "../steadyNow.ts";
import { retryMessage } from "./messages.ts";
import type { OpenedRelayer, RelayerStore } from "./openRelayer.ts";
import type { Sight } from "./sight/createSight.ts";

/**
 * Serves a relayer's health, metrics and explorer, and takes commands: to pause, to go on, to try a message again.
 *
 * @throws Error when the port can not be had
 */
export function serveRelayer(parameters: {
  http: HttpOptions;
  relayer: OpenedRelayer;
  sight: Sight;
  /** Whether the explorer reads validators' folders on this machine. */
  allowLocal: boolean;
  log: Logger;
  now?: () => number;
}): Promise<Served> {
  const { http, relayer, sight, allowLocal, log, now = steadyNow } = parameters;
  return serve(http, {
    metrics: sight.metrics,
    beforeScrape: () => sight.refresh(relayer),
    health: async () => sight.health(relayer),
    ready: async () => sight.ready(relayer),
    observe: sight.observe,
    commands: { ...pauseCommands(relayer.store.db, now), "/v1/messages/:id/retry": retryCommand(relayer.store, now) },
    routes: explorerRoutes({ relayer, sight, allowLocal, now }),
    log,
  });
}

const idSchema = z.object({ id: z.custom<Hash>((id) => typeof id === "string" && isHash(id)) });

function retryCommand(store: RelayerStore, now: () => number): Command {
  return async ({ params }) => {
    const parsed = idSchema.safeParse(params);
    if (!parsed.success) throw new CommandError(400, "a message id is 0x and 64 hex digits");
    const id = parsed.data.id.toLowerCase() as Hash;
    if (!(await retryMessage(store.db, id, now()))) {
      throw new CommandError(409, `${id} can not be retried: it is delivered, under way, excluded or unknown`);
    }
    return { id, retried: true };
  };
}
