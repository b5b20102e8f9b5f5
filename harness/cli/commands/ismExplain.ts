import { Command } from "commander";
import type { Address } from "viem";
import { explainIsm, NothingToExplainError } from "../../ism/explainIsm.ts";
import { explanationJson } from "../../ism/explanationJson.ts";
import { printExplanation } from "../../ism/printExplanation.ts";
import { chainNames, domainOf } from "../chainNames.ts";
import { chainNamed, readConfig } from "../config.ts";
import { addressArgument, amountArgument } from "../parseArgument.ts";
import { UsageError } from "../usageError.ts";

type Options = { chain: string; origin?: string; amount?: bigint; json: boolean };

export function ismExplainCommand(): Command {
  return new Command("explain")
    .description(
      "who vouches for messages to a recipient or through a module, who could forge or stop them, and what to know",
    )
    .argument("<address>", "a module or a recipient", addressArgument)
    .requiredOption("--chain <name>", "chain of the configuration that it is on")
    .option("--origin <name>", "messages from this chain or domain only")
    .option("--amount <n>", "messages of this amount of tokens only", amountArgument)
    .option("--json", "machine-readable", false)
    .action(async (target: Address, options: Options, command: Command) => {
      const config = readConfig(command.optsWithGlobals().config);
      const names = chainNames(config);
      const explanation = await explainIsm({
        chains: Object.values(config.chains),
        chain: chainNamed(config, options.chain),
        target,
        origin: options.origin === undefined ? undefined : domainOf(config, options.origin),
        amount: options.amount,
        allowLocal: config.relayer?.allowLocalStorage ?? false,
        now: Date.now,
      }).catch((error: unknown) => {
        throw error instanceof NothingToExplainError ? new UsageError(error.message, { cause: error }) : error;
      });
      if (options.json) return console.log(JSON.stringify(explanationJson(explanation, names), null, 2));
      const chainName = (domain: number) => names.get(domain) ?? `domain ${domain}`;
      console.log(printExplanation(explanation, { chainName, now: Date.now() }));
    });
}
