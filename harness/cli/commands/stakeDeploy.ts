import { readFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { createDeployer } from "../../contracts/deployer.ts";
import { deployStake } from "../../staking/deployStake.ts";
import { type StakeConfig, stakeConfigSchema } from "../../staking/stakeConfig.ts";
import { chainNamed, readConfig } from "../config.ts";
import { readKey } from "../readKey.ts";
import { UsageError } from "../usageError.ts";

type Options = { chain: string; keyFile?: string };

export function stakeDeployCommand(): Command {
  return new Command("deploy")
    .description("deploy the staking of a chain's Mailbox, as a JSON file says; prints the addresses as JSON")
    .argument("<file>", "the constants, which never change: see docs/staking.md")
    .requiredOption("--chain <name>", "chain of the configuration to deploy to")
    .option("--key-file <file>", "private key that pays (default: the environment variable CAUSEWAY_DEPLOYER_KEY)")
    .action(async (file: string, options: Options, command: Command) => {
      const chain = chainNamed(readConfig(command.optsWithGlobals().config), options.chain);
      const config = readStakeConfig(file);
      const account = readKey(
        options.keyFile === undefined ? { env: "CAUSEWAY_DEPLOYER_KEY" } : { file: options.keyFile },
      );
      const deployer = await createDeployer({ rpcUrl: chain.rpcUrl, account, onStep: (step) => console.error(step) });
      const deployment = await deployStake({ deployer, mailbox: chain.mailbox, config });
      console.log(JSON.stringify({ chain: chain.name, domain: chain.domain, ...deployment }, null, 2));
    });
}

/** @throws UsageError that names the file and what is wrong with it */
function readStakeConfig(file: string): StakeConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UsageError(`can not read ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const parsed = stakeConfigSchema.safeParse(json);
  if (!parsed.success) throw new UsageError(`${file} describes no staking:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
