import { Command } from "commander";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployHook } from "../../hooks/deployHook.ts";
import { hookConfigSchema } from "../../hooks/hookConfig.ts";
import { chainNamed, readConfig } from "../config.ts";
import { readJson } from "../readJson.ts";
import { readKey } from "../readKey.ts";

type Options = { chain: string; keyFile?: string };

export function hookCommand(): Command {
  return new Command("hook")
    .description("post-dispatch hooks: what a dispatch pays and does besides")
    .addCommand(hookDeployCommand());
}

function hookDeployCommand(): Command {
  return new Command("deploy")
    .description("deploy a hook, with all that are below it, as a JSON file describes it; prints its address as JSON")
    .argument("<file>", "the description: see docs/hooks.md")
    .requiredOption("--chain <name>", "chain of the configuration to deploy to")
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .action(async (file: string, options: Options, command: Command) => {
      const chain = chainNamed(readConfig(command.optsWithGlobals().config), options.chain);
      const config = readJson(file, hookConfigSchema, "no hook");
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_DEPLOYER_KEY" } : { file: options.keyFile },
      );
      const deployer = await createDeployer({ rpcUrl: chain.rpcUrl, account, onStep: (step) => console.error(step) });
      const { mailbox, merkleTreeHook, aggregationHookFactory } = chain;
      const address = await deployHook({ deployer, config, mailbox, merkleTreeHook, aggregationHookFactory });
      console.log(JSON.stringify({ chain: chain.name, domain: chain.domain, address }, null, 2));
    });
}
