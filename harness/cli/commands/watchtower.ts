import { Command } from "commander";
import { openWatchtower } from "../../agents/watchtower/openWatchtower.ts";
import { serveMetrics } from "../../agents/watchtower/serveMetrics.ts";
import { readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { readKey } from "../readKey.ts";
import { untilSignal } from "../untilSignal.ts";
import { UsageError } from "../usageError.ts";
import { watchtowerChains, watchtowerModules, webhookUrl } from "../watchtowerParameters.ts";

export function watchtowerCommand(): Command {
  return new Command("watchtower")
    .description(
      "watch validators and deliveries, prove frauds, stop what is configured; until stopped; part `watchtower` of the configuration",
    )
    .addHelpText(
      "after",
      `
Every signature of the validators is kept and compared with what at least two nodes of its chain agree on; every delivery is looked
for among what its origin dispatched. It accuses nobody while nodes disagree.

  key          pays for fraud proofs and gets the rewards; without it frauds are only told of
  guardianKey  pauses and flags the modules listed; without it none is
  chains       for each: rpcUrls (nodes beside the chain's own, of other operators), quorum, validators (keys to watch beside
               those with a stake in the chain's validatorStake), recipients, verifiers (what is protected there, beside
               the Mailbox's default module)
  modules      what may be stopped, and when
  metricsPort  serves http://127.0.0.1:<port>/metrics for Prometheus
  webhook      a URL, or { "env": "NAME" }: is told of alerts by POST of JSON

docs/watchtower.md has an example.`,
    )
    .action(async (_options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      const { watchtower } = config;
      if (watchtower === undefined) throw new UsageError(`${config.file} has no part "watchtower"`);
      const { key, guardianKey, store, allowLocalStorage, metricsPort } = watchtower;
      const chains = watchtowerChains(config, watchtower);
      const url = webhookUrl(watchtower);
      const log = createLogger();
      await using tower = await openWatchtower({
        chains,
        modules: watchtowerModules(config, watchtower),
        ...(key && { reporter: readKey(key) }),
        ...(guardianKey && { guardian: readKey(guardianKey) }),
        storeFile: store,
        ...(url !== undefined && { webhookUrl: url }),
        log,
        options: { allowLocalStorage },
      });
      await using _metrics =
        metricsPort === undefined ? undefined : await serveMetrics({ port: metricsPort, metrics: tower.metrics });
      log.info({ chains: chains.map(({ chain }) => chain.name) }, "watchtower starts");
      tower.start();
      await untilSignal();
      log.info(tower.metrics(), "watchtower stops");
    });
}
