import { Command } from "commander";
import { steadyNow } from "../../agents/steadyNow.ts";
import { openWatchtower } from "../../agents/watchtower/openWatchtower.ts";
import { towerHealth, towerReadiness } from "../../agents/watchtower/towerHealth.ts";
import { createTowerMetrics } from "../../agents/watchtower/towerMetrics.ts";
import { serve } from "../../control/serve.ts";
import { readConfig } from "../config.ts";
import { httpOptions } from "../httpConfig.ts";
import { createLogger } from "../logger.ts";
import { openAccount } from "../openAccount.ts";
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
  http         {"port": 9464} serves http://127.0.0.1:9464/metrics for Prometheus, /health and /ready
  webhook      a URL, or { "env": "NAME" }: is told of alerts by POST of JSON

docs/watchtower.md has an example.`,
    )
    .action(async (_options: unknown, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      const { watchtower } = config;
      if (watchtower === undefined) throw new UsageError(`${config.file} has no part "watchtower"`);
      const { key, guardianKey, store, allowLocalStorage, http } = watchtower;
      const chains = watchtowerChains(config, watchtower);
      const url = webhookUrl(watchtower);
      const log = createLogger();
      const listen = http && httpOptions(http);
      const metrics = createTowerMetrics({ withProcess: http !== undefined });
      await using tower = await openWatchtower({
        chains,
        modules: watchtowerModules(config, watchtower),
        ...(key && { reporter: await openAccount(key) }),
        ...(guardianKey && { guardian: await openAccount(guardianKey) }),
        storeFile: store,
        ...(url !== undefined && { webhookUrl: url }),
        log,
        metrics,
        options: { allowLocalStorage },
      });
      const since = steadyNow();
      await using _server =
        listen &&
        (await serve(listen, {
          metrics,
          health: async () => towerHealth(tower, { now: steadyNow(), since }),
          ready: () => towerReadiness(tower),
          observe: async () => {},
          log,
        }));
      log.info({ chains: chains.map(({ chain }) => chain.name) }, "watchtower starts");
      tower.start();
      await untilSignal();
      log.info(await metrics.snapshot(), "watchtower stops");
    });
}
