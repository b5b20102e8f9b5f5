import type { Command } from "commander";
import type { Address } from "viem";
import { createDeployer } from "../contracts/deployer.ts";
import { type OpenedStake, openStake } from "../staking/openStake.ts";
import { type Config, chainNamed, type NamedChain, readConfig } from "./config.ts";
import { readKey } from "./readKey.ts";
import { UsageError } from "./usageError.ts";

/** Options of every command that acts in the staking of a chain. */
export type StakeOptions = { chain: string; keyFile?: string };

export type InStake = { config: Config; chain: NamedChain; stake: OpenedStake };

/** Adds the options that say where, and for whom. */
export function withStakeOptions(command: Command): Command {
  return command
    .requiredOption("--chain <name>", "chain of the configuration whose validators it is about")
    .option(
      "--key-file <file>",
      "private key that acts and pays (default: the environment variable CAUSEWAY_STAKE_KEY)",
    );
}

/** Opens the staking that a command acts in. @throws UsageError when the chain has none in the configuration */
export async function actInStake(options: StakeOptions, command: Command): Promise<InStake> {
  const config = readConfig(command.optsWithGlobals().config);
  const chain = chainNamed(config, options.chain);
  const address = stakeOf(chain);
  const account = readKey(options.keyFile === undefined ? { env: "CAUSEWAY_STAKE_KEY" } : { file: options.keyFile });
  const deployer = await createDeployer({ rpcUrl: chain.rpcUrl, account, onStep: (step) => console.error(step) });
  return { config, chain, stake: await openStake({ deployer, address }) };
}

/** The address of a chain's staking. @throws UsageError that says what to do when there is none */
export function stakeOf(chain: NamedChain): Address {
  if (chain.validatorStake === undefined) {
    throw new UsageError(
      `${chain.name} has no "validatorStake" in the configuration: copy what \`causeway stake deploy\` printed`,
    );
  }
  return chain.validatorStake;
}
