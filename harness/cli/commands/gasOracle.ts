import { Command } from "commander";
import {
  createGasOracle,
  describeChange,
  type GasOracleChain,
  type GasOracleReport,
  type GasOracleTarget,
} from "../../agents/gasOracle/createGasOracle.ts";
import { readTokenPrices } from "../../agents/gasOracle/tokenPrices.ts";
import { createChainClient } from "../../chains/client.ts";
import { type Config, chainNamed, type GasOracleConfig, readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { readKey } from "../readKey.ts";
import { untilSignal } from "../untilSignal.ts";
import { UsageError } from "../usageError.ts";

type Options = { once: boolean; dryRun: boolean; acceptJump: boolean };

export function gasOracleCommand(): Command {
  return new Command("gas-oracle")
    .description(
      "keep what paymasters say of gas on other chains near what it costs; part `gasOracle` of the configuration",
    )
    .option("--once", "look once; ends with 1 if a price had to stay as it is", false)
    .option("--dry-run", "look once, and say what would be written", false)
    .option(
      "--accept-jump",
      "with one of these: write also what moved by more than maxChange; have a look at it first",
      false,
    )
    .action(async ({ once, dryRun, acceptJump }: Options, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      if (config.gasOracle === undefined) throw new UsageError(`${config.file} has no part "gasOracle"`);
      if (acceptJump && !once && !dryRun)
        throw new UsageError("--accept-jump is for one look: give --once or --dry-run");
      const { key, prices: file, maxPriceAge, threshold, margin, interval } = config.gasOracle;
      const maxChange = acceptJump ? Number.POSITIVE_INFINITY : config.gasOracle.maxChange;
      const targets = targetsOf(config, config.gasOracle);
      const log = createLogger();
      const oracle = createGasOracle({
        targets,
        account: readKey(key),
        readPrices: () => readTokenPrices({ file, maxAgeMs: maxPriceAge * 1_000, now: Date.now() }),
        log,
        options: { threshold, margin, maxChange, intervalMs: interval * 1_000, dryRun },
      });
      if (once || dryRun) {
        const reports = await oracle.tick();
        for (const report of reports) print(report, dryRun);
        if (reports.some(({ refusals }) => refusals.length > 0)) process.exitCode = 1;
        return;
      }
      log.info({ oracles: targets.map(({ origin, oracle }) => `${origin.chain.name} ${oracle}`) }, "gas oracle starts");
      oracle.start();
      await untilSignal();
      log.info("gas oracle stops");
      await oracle.stop();
    });
}

/** Each oracle, to know the prices of all the other chains. @throws UsageError when there is none, or a chain has no bounds */
function targetsOf(config: Config, { chains, oracles }: GasOracleConfig): GasOracleTarget[] {
  const known = new Map<string, GasOracleChain>(
    Object.entries(chains).map(([name, bounds]) => {
      const chain = chainNamed(config, name);
      return [name, { chain, client: createChainClient(chain), chainId: chain.domain, ...bounds }];
    }),
  );
  const addresses =
    oracles ?? Object.fromEntries(Object.values(config.chains).map((c) => [c.name, c.interchainGasPaymasters ?? []]));
  const targets = Object.entries(addresses).flatMap(([name, ofChain]) => {
    const origin = known.get(name);
    if (origin === undefined && ofChain.length > 0) {
      throw new UsageError(`${config.file} says nothing of what gas costs on ${name}: gasOracle.chains.${name}`);
    }
    const destinations = [...known.values()].filter(({ chain }) => chain.name !== name);
    return origin === undefined ? [] : ofChain.map((oracle) => ({ origin, oracle, destinations }));
  });
  if (targets.length === 0) {
    throw new UsageError(
      `${config.file} names nothing to write: give a chain its interchainGasPaymasters, or the gasOracle its oracles`,
    );
  }
  return targets;
}

function print({ origin, oracle, changes, transaction, refusals }: GasOracleReport, dryRun: boolean): void {
  const done = dryRun ? "would write" : transaction === undefined ? "did not write" : `wrote in ${transaction}`;
  if (changes.length === 0) console.log(`${origin} ${oracle}: nothing to write`);
  for (const change of changes) console.log(`${origin} ${oracle}: ${done} ${describeChange(change)}`);
  for (const refusal of refusals) console.log(`${origin} ${oracle}: ${refusal}`);
}
