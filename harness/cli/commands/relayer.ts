import { Command } from "commander";
import { openRelayer } from "../../agents/relayer/openRelayer.ts";
import { chainNamed, readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { readKey } from "../readKey.ts";
import { untilSignal } from "../untilSignal.ts";
import { UsageError } from "../usageError.ts";

export function relayerCommand(): Command {
  return new Command("relayer")
    .description("deliver messages between chains, until stopped; part `relayer` of the configuration")
    .action(async (_options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.relayer === undefined) throw new UsageError(`${config.file} has no part "relayer"`);
      const { key, store, origins: from, destinations: to, ...options } = config.relayer;
      const all = Object.keys(config.chains);
      const origins = from ?? all;
      const destinations = to ?? all;
      const log = createLogger();
      await using relayer = await openRelayer({
        origins: origins.map((name) => chainNamed(config, name)),
        destinations: destinations.map((name) => chainNamed(config, name)),
        account: readKey(key),
        storeFile: store,
        log,
        options,
      });
      log.info({ origins, destinations }, "relayer starts");
      if (options.paymentRules.length === 0) log.info("no payment rules: every message is delivered, paid for or not");
      relayer.start();
      await untilSignal();
      log.info("relayer stops");
    });
}
