import { Command } from "commander";
import { openRelayer } from "../../agents/relayer/openRelayer.ts";
import { serveRelayer } from "../../agents/relayer/serveRelayer.ts";
import { createSight } from "../../agents/relayer/sight/createSight.ts";
import { createRelayerMetrics } from "../../agents/relayer/sight/relayerMetrics.ts";
import { steadyNow } from "../../agents/steadyNow.ts";
import { chainNamed, readConfig } from "../config.ts";
import { httpOptions } from "../httpConfig.ts";
import { createLogger } from "../logger.ts";
import { openAccount } from "../openAccount.ts";
import { untilSignal } from "../untilSignal.ts";
import { UsageError } from "../usageError.ts";

export function relayerCommand(): Command {
  return new Command("relayer")
    .description("deliver messages between chains, until stopped; part `relayer` of the configuration")
    .action(async (_options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.relayer === undefined) throw new UsageError(`${config.file} has no part "relayer"`);
      const { key, store, leaseSeconds, origins: from, destinations: to, http, ...options } = config.relayer;
      const all = Object.keys(config.chains);
      const origins = from ?? all;
      const destinations = to ?? all;
      const log = createLogger();
      const listen = http && httpOptions(http);
      const account = await openAccount(key);
      const chains = {
        origins: origins.map((name) => chainNamed(config, name)),
        destinations: destinations.map((name) => chainNamed(config, name)),
      };
      const sight = createSight({
        ...chains,
        account: account.address,
        allowLocal: options.allowLocalStorage,
        now: steadyNow,
        metrics: createRelayerMetrics({ withProcess: http !== undefined }),
      });
      await using relayer = await openRelayer({
        ...chains,
        account,
        onEvent: sight.onEvent,
        onRequest: sight.onRequest,
        storeFile: store,
        ...(leaseSeconds !== undefined && { leaseMs: leaseSeconds * 1_000 }),
        log,
        options,
      });
      await using _server =
        listen && (await serveRelayer({ http: listen, relayer, sight, allowLocal: options.allowLocalStorage, log }));
      log.info({ origins, destinations }, "relayer starts");
      if (options.paymentRules.length === 0) log.info("no payment rules: every message is delivered, paid for or not");
      relayer.start();
      await untilSignal();
      log.info("relayer stops");
    });
}
