import { Command } from "commander";
import { createChainClient } from "../../chains/client.ts";
import { createDeployer } from "../../contracts/deployer.ts";
import { analyzeIsm } from "../../ism/analyzeIsm.ts";
import { assertSafeModule } from "../../ism/assertSafeModule.ts";
import { configTree } from "../../ism/configTree.ts";
import { deployIsm } from "../../ism/deployIsm.ts";
import { ismConfigSchema } from "../../ism/ismConfig.ts";
import { chainNamed, readConfig } from "../config.ts";
import { readJson } from "../readJson.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type Options = { chain: string; keyFile?: string; development: boolean };

export function ismDeployCommand(): Command {
  return new Command("deploy")
    .description("deploy a module, with all that are below it, as a JSON file describes it; prints its address as JSON")
    .argument("<file>", "the description: see docs/security-modules.md")
    .requiredOption("--chain <name>", "chain of the configuration to deploy to")
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .option("--development", "a chain without value: allow modules that one party could forge through", false)
    .action(async (file: string, options: Options, command: Command) => {
      const chain = chainNamed(readConfig(command.optsWithGlobals().config), options.chain);
      if (chain.ismFactories === undefined) {
        throw new UsageError(
          `${chain.name} has no "ismFactories" in the configuration: copy what \`causeway deploy\` printed`,
        );
      }
      const config = readJson(file, ismConfigSchema, "no module");
      const tree = await configTree(createChainClient(chain), config, chain.mailbox);
      const analysis = analyzeIsm({ tree });
      assertSafeModule(analysis, options.development);
      for (const { text } of analysis.warnings) console.error(`warning: ${text}`);
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_DEPLOYER_KEY" } : { file: options.keyFile },
      );
      const deployer = await createDeployer({ rpcUrl: chain.rpcUrl, account, onStep: (step) => console.error(step) });
      const { mailbox, ismFactories: factories } = chain;
      const address = await deployIsm({ deployer, config, mailbox, factories });
      console.log(JSON.stringify({ chain: chain.name, domain: chain.domain, address }, null, 2));
    });
}
